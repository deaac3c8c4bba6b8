"""Whose clock is it? Scrapes are stamped by Prometheus's clock, and what k6 wrote by its own machine's.

A machine is busy when requests come, on both sides. Where its CPU follows the throughput closely, but some seconds
earlier or later, the two clocks differ by that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from rules import names
from rules.hosts import IDLE_MODES, Readings, Target
from rules.series import Floats, Series
from rules.statistics.counters import unwrap
from rules.statistics.lag import Lag, lag, unmoved

MOST_SECONDS: Final = 60.0
LEAST_SECONDS: Final = 15.0
"""A smaller difference moves no mean by much, and a server that warms up is busy that much earlier than it serves."""
NEAR_SECONDS: Final = 10.0
"""Differences that do as well as the best one are so near to it, or it is not known well enough to move anything."""
AGREED_SECONDS: Final = 3.0
COMMON_SECONDS: Final = 10.0
"""Machines that differ by less are scraped by one Prometheus: work that follows less closely shakes the others."""
FEWEST_BINS: Final = 12
COVERED: Final = 0.6
"""So much of the run the scrapes must cover, at each difference that is looked at."""
COARSEST_SECONDS: Final = 15.0
"""Wider bins do not show it, and it does not harm them."""


def ahead(
    edges: Floats, rates: Sequence[Floats], hosts: Mapping[Target, Readings], unknown_seconds: float
) -> dict[Target, float]:
    """Seconds by which the clock of each host's scrapes is ahead of k6's, where they are not about the same.

    ``rates`` are what a machine's work may follow, each (n,) per bin between ``edges`` (n + 1,): every request where it
    sends them, those that are worked on where it serves them. They are none before, but for the ``unknown_seconds`` of
    which k6 may not have told, and no difference is known better than those. A host that is too idle to tell has the
    clock of the others, if these have one.
    """
    step = float(edges[1] - edges[0]) if edges.size > 1 else np.inf
    if step > COARSEST_SECONDS:
        return {}
    told_apart = [rate for i, rate in enumerate(rates) if not any(np.array_equal(rate, one, True) for one in rates[:i])]
    longer, around = _with_rest(edges, told_apart, step, unknown_seconds)
    told = {host: _ahead(longer, around, readings, edges.size - 1) for host, readings in hosts.items()}
    known = [one for one in told.values() if one is not None]
    if not known:
        return {}
    apart = max(one.value for one in known) - min(one.value for one in known)
    common = min(known, key=lambda one: one.unexplained).value if apart <= COMMON_SECONDS else None
    found = {host: common if common is not None else one.value if one else 0.0 for host, one in told.items()}
    least = max(LEAST_SECONDS, unknown_seconds + step / 2)
    return {host: seconds for host, seconds in found.items() if abs(seconds) >= least}


def in_common(ahead: Mapping[Target, float]) -> float:
    """What the clocks of all hosts differ by, and so that of their Prometheus; 0 where they are several."""
    found = set(ahead.values())
    return found.pop() if len(found) == 1 else 0.0


def notes(ahead: Mapping[Target, float]) -> list[str]:
    """What was done about clocks that differ, for a reader."""
    told = []
    for seconds in sorted(set(ahead.values())):
        hosts = " and ".join(sorted(instance for (instance, _), apart in ahead.items() if apart == seconds))
        which = "ahead of" if seconds > 0 else "behind"
        told.append(
            f"the scrapes of {hosts} were stamped by a clock {abs(seconds):.0f} s {which} k6's; they were moved"
        )
    return told


def _with_rest(
    edges: Floats, rates: Sequence[Floats], step: float, unknown_seconds: float
) -> tuple[Floats, list[Floats]]:
    """With MOST_SECONDS before, in which there is no load. What is after is not known: last pushes may be lost."""
    before = step * np.arange(np.ceil(MOST_SECONDS / step), 0.0, -1.0)
    rest = np.where(before - step < unknown_seconds, np.nan, 0.0)
    return np.concatenate([edges[0] - before, edges]), [np.concatenate([rest, rate]) for rate in rates]


def _ahead(edges: Floats, rates: Sequence[Floats], readings: Readings, bins: int) -> Lag | None:
    """None where a rate does not tell, or two of them tell different things."""
    idle = [one for one in readings.get(names.NODE_CPU, ()) if one.labels.get(names.MODE) in IDLE_MODES]
    if not idle:
        return None
    together = _summed(idle)

    def busy(lags: Floats) -> Floats:  # but for a constant
        return -np.diff(sum((_at(edges + lags[:, None], *one) for one in together), np.zeros(1)), axis=1)

    lags = np.arange(-MOST_SECONDS, MOST_SECONDS + 1.0)
    fewest, rest = max(FEWEST_BINS, round(COVERED * bins)), edges.size - 1 - bins
    still = busy(np.zeros(1))[0]
    told = [unmoved(rate, still, fewest, rest) for rate in rates]
    if None in told:
        moved = busy(lags)
        told = [
            one or lag(rate, moved, lags, fewest, NEAR_SECONDS, rest) for one, rate in zip(told, rates, strict=True)
        ]
    found = [one for one in told if one is not None]
    if len(found) < len(told) or max(one.value for one in found) - min(one.value for one in found) > AGREED_SECONDS:
        return None
    return min(found, key=lambda one: one.unexplained)


def _summed(series: Sequence[Series]) -> list[tuple[Floats, Floats]]:
    """Times and totals; one for all that were scraped together, as the cores of a machine are."""
    together: dict[bytes, tuple[Floats, Floats]] = {}
    for one in series:
        times, before = together.get(one.times.tobytes(), (one.times, np.zeros(one.times.size)))
        together[one.times.tobytes()] = times, before + unwrap(one.values)[0]
    return list(together.values())


def _at(moments: Floats, times: Floats, totals: Floats) -> Floats:
    return np.asarray(np.interp(moments, times, totals, left=np.nan, right=np.nan))
