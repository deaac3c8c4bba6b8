"""Which resources of a machine were exhausted: what was measured of each against the limits in rules/watched.py.

USE (Gregg): utilisation, saturation and errors, each at light load, around the knee and on the plateau. A resource
that was as busy, or as faulty, at light load is not what the load ran into.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from rules import resources
from rules.names import ROLE_BOTH
from rules.plateau import Plateau
from rules.series import Floats
from rules.statistics.utilisation_law import demand
from rules.statistics.windows import Mask, width
from rules.timeline import Host, Resource, Timeline
from rules.watched import CORE, WATCHED, Watched

ROSE: Final = 0.1
"""Utilisation or waiting that gained less than this from light load to the plateau did not rise with the load."""
NEARLY_FULL: Final = 0.8
"""A resource less busy than its limit, but at least this much, is exhausted where more says so: tasks that wait for it,
or the utilisation law, by which it is full at the plateau's goodput. A pause or a slump pulls its mean down."""
FORETOLD: Final = 1.05
"""How far above the plateau that forecast may lie; the law is good to a few per cent."""
ERRORS_GREW: Final = 10.0
"""Errors per request on the plateau against light load: from there, they began with the queue."""
WELL_BELOW: Final = 0.85
"""Of the plateau's goodput; nearer to it a queue may have begun, and with it other costs per request."""
KNEE_SECONDS: Final = 30.0
OTHER_CORES: Final = 0.6
"""One core is the limit, not the CPU, where the others are on average at most this busy."""


@dataclass(frozen=True, eq=False)
class Phases:
    """The parts of a run that are compared; masks of shape (n,). ``light`` may be empty."""

    light: Mask
    knee: Mask
    plateau: Mask
    unqueued: Mask
    """Bins whose requests did not queue: a resource's demand is learnt from them."""
    goodput: float
    """Of the plateau, requests/s."""


@dataclass(frozen=True)
class Levels:
    """Means at light load, around the knee and on the plateau; None where no bin of that part was covered."""

    light: float | None
    knee: float | None
    plateau: float | None

    def rose(self, by: float, *, unseen: bool = True) -> bool:
        """Whether the plateau is that much above light load; ``unseen`` where nobody saw the light load."""
        if self.plateau is None:
            return False
        return unseen if self.light is None else self.plateau - self.light >= by


@dataclass(frozen=True, eq=False)
class Measured:
    """One resource of one host, against its limits."""

    host: Host
    watched: Watched
    used: Levels
    waited: Levels
    erred: Levels
    """Per request."""
    allowed: float | None
    """Goodput in requests/s at which it is full, by the utilisation law; None where light load does not tell."""
    goodput: float
    """On the plateau, requests/s."""
    of: str = ""
    """Which of several: a container's name."""

    @property
    def full(self) -> bool:
        """Used up to its limit, and more than at light load.

        Where light load was not seen, a machine of its own has the benefit of the doubt, and so has the limit of one
        container or process, which nobody else fills. What k6 shares may be full of others.
        """
        used, limit = self.used.plateau, self.watched.full
        own = self.host.role != ROLE_BOTH or bool(self.of)
        if used is None or limit is None or not self.used.rose(ROSE, unseen=own):
            return False
        foretold = self.allowed is not None and self.allowed <= FORETOLD * self.goodput
        return used >= limit or (used >= min(NEARLY_FULL, limit) and (self.queued or foretold))

    @property
    def near(self) -> bool:
        """As near to its limit as waiting and errors need it, where they do."""
        return self.watched.near is None or (self.used.plateau or 0.0) >= self.watched.near

    @property
    def queued(self) -> bool:
        """Waited for longer than its limit, and longer than at light load."""
        waited, limit = self.waited.plateau, self.watched.waiting
        return self.near and waited is not None and limit is not None and waited >= limit and self.waited.rose(ROSE)

    @property
    def failed(self) -> bool:
        """Errors that are many, and that began with the queue."""
        erred = self.erred.plateau
        if not self.near or self.watched.erring is None or erred is None or erred < self.watched.errors:
            return False
        return self.erred.light is None or erred >= ERRORS_GREW * self.erred.light

    @property
    def proof(self) -> tuple[float | None, float | None]:
        """What was measured, and the limit that it passed."""
        if self.full:
            return self.used.plateau, self.watched.full
        return (self.waited.plateau, self.watched.waiting) if self.queued else (self.erred.plateau, self.watched.errors)

    @property
    def exhausted(self) -> bool:
        # Waiting alone tells of memory; for CPU and disk it is normal long before they are full.
        return self.full or self.failed or (self.watched.full is None and self.queued)


def phases(timeline: Timeline, found: Plateau) -> Phases:
    """Light load: before the first queue, up to half of what came with it. The knee: half a minute about its VUs."""
    index = np.arange(timeline.vus.size)
    first = int(np.flatnonzero(found.saturated)[0])
    half = max(1, width(KNEE_SECONDS, timeline.step) // 2)
    queued = level(timeline.goodput, (index >= first) & (index < first + 2 * half))
    served = min(found.estimate.value, queued if queued is not None else np.inf)
    with np.errstate(invalid="ignore"):
        light = (index < first) & (timeline.goodput > 0) & (timeline.goodput <= 0.5 * served)
        passed = np.flatnonzero(timeline.vus >= found.knee_vus)
        unqueued = ~found.saturated & (timeline.goodput <= WELL_BELOW * found.estimate.value)
    middle = int(passed[0]) if passed.size else int(np.flatnonzero(found.bins)[0])
    return Phases(light, np.abs(index - middle) <= half, found.bins, unqueued, found.estimate.value)


def measure(timeline: Timeline, host: Host, parts: Phases) -> Iterator[Measured]:
    """Every watched resource that ``host`` reports, in the order of WATCHED."""
    told = _reported(host, parts.plateau)
    if host.role == ROLE_BOTH or timeline.loopback:
        told.pop(resources.EPHEMERAL_PORTS, None)  # k6's connections are among them
    goodput = np.where(parts.unqueued, timeline.goodput, np.nan)
    for watched in WATCHED:
        if (resource := told.get(watched.name)) is not None:
            used = resource.utilisation
            lawful = used is not None and watched.full is not None and watched.foretells
            law = demand(goodput, used) if used is not None and lawful else None
            yield Measured(
                host,
                watched,
                used=_levels(used, parts),
                waited=_levels(resource.saturation, parts),
                erred=_levels(_per_request(resource.errors, timeline), parts),
                allowed=law.rate_at(1.0) if law else None,
                goodput=parts.goodput,
                of=resource.of,
            )


def _reported(host: Host, plateau: Mask) -> dict[str, Resource]:
    """The host's resources with its CPU, and with its busiest core where the others are idle beside it."""
    told = dict(host.resources)
    waiting = told.pop(resources.CPU, None)
    busy, busiest = level(host.cpu, plateau), level(host.busiest_core, plateau)
    if busy is None or busiest is None:
        return told
    told[resources.CPU] = Resource(host.cpu, waiting.saturation if waiting else None)
    if host.cores > 1 and (busy * host.cores - busiest) / (host.cores - 1) <= OTHER_CORES * busiest:
        told[CORE] = Resource(host.busiest_core)
    return told


def _levels(values: Floats | None, parts: Phases) -> Levels:
    return Levels(*(level(values, mask) for mask in (parts.light, parts.knee, parts.plateau)))


def level(values: Floats | None, mask: Mask) -> float | None:
    """The mean of ``values`` over the bins of ``mask``; None where none of them is known."""
    if values is None:
        return None
    seen = values[mask]
    known = seen[np.isfinite(seen)]
    return float(known.mean()) if known.size else None


def _per_request(errors: Floats | None, timeline: Timeline) -> Floats | None:
    if errors is None:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(timeline.throughput > 0, errors / timeline.throughput, np.nan)
