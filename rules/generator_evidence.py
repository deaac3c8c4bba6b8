"""What speaks against the load generator, and for it: each limit that it may have run into, by what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rules import unsent
from rules.generator_usage import Usage
from rules.planned import Shortfall
from rules.pulse import Pulse
from rules.wording import share

CPU_LIMIT: Final = 0.9
CORE_LIMIT: Final = 0.95
"""k6 spreads its work, but one pinned core, or one that serves all interrupts, stops it as well. Of the median bin:
VUs in step leave even a core that is the limit idle now and then."""
DROPPED_LIMIT: Final = 0.01
UNSENT_LIMIT: Final = 0.01
PORTS_LIMIT: Final = 0.9
"""Beyond, finding a free one takes long, which k6 counts as waiting for the server; the pulse does not clear that."""
FILES_NEAR: Final = 0.9
"""Of the open files. No limit yet: up to the last one, k6 is not held up."""

LARGER: Final = "Use a larger or a second machine for k6."
UNLESS_TOLD: Final = f"{LARGER} Unless it was told to hold back: by --rps, or by a sleep that grows."
MORE_VUS: Final = "Where iterations were dropped, give it more VUs (maxVUs)."
MORE_FILES: Final = "Raise its limit of open files (ulimit -n)."
MORE_PORTS: Final = "Keep connections open, widen its net.ipv4.ip_local_port_range, or use a second machine for k6."
SERVER_TOO: Final = "which is the server too"


@dataclass(frozen=True)
class Measured:
    """What is known of the generator on the plateau; None is unknown. Shares, 0 to 1."""

    pulse: Pulse | None
    usage: Usage
    dropped: float | None
    unsent: float
    """Of the requests that k6 counted."""
    lacking: str
    """What most of those were lacking; empty where there are none."""
    shared: bool
    """Server and generator are one machine, so its CPU alone tells nothing."""
    saturated: bool
    """There is a plateau whose limit may be the generator's."""
    turned_away: bool
    """There the system refused what the generator brought, so it was brought more than it could serve."""
    refused: bool
    """It did so in words of its own, which clears the generator."""
    shortfall: Shortfall | None

    @property
    def innocent(self) -> bool:
        """Proven by the pulse, or by nothing being limited on a machine that the server keeps busy too."""
        return (self.pulse is not None and self.pulse.steady) or (self.shared and not self.saturated)

    @property
    def core_in_doubt(self) -> bool:
        """Whether one core of an idle machine is so busy that it is no limit yet, but may be all that k6 may use."""
        used = self.usage
        told = self.pulse is not None or used.own_cpu is not None or self.innocent or self.turned_away
        busy = used.core is not None and CPU_LIMIT < used.core <= CORE_LIMIT
        return busy and not told and used.cpu is not None and used.cpu <= CPU_LIMIT


@dataclass(frozen=True)
class Limit:
    """One way in which the generator was the limit, and what to do about it."""

    because: str
    advice: str


def limits(seen: Measured) -> Iterator[Limit]:
    """Each way in which the generator was the limit."""
    # A script that backs off from a refusal sleeps longer by its own will; and k6 had brought more than was served.
    if seen.pulse is not None and seen.pulse.limit and not seen.refused:
        yield Limit(
            f"{share(seen.pulse.share)} of the longer cycle was spent outside requests, in k6 itself", UNLESS_TOLD
        )
    yield from _cpu(seen)
    if seen.dropped is not None and seen.dropped > DROPPED_LIMIT:
        dropped = f"k6 dropped {share(seen.dropped)} of its iterations for want of free VUs"
        yield Limit(dropped, f"{LARGER} {MORE_VUS}")
    if seen.unsent > UNSENT_LIMIT:
        yield Limit(f"{share(seen.unsent)} of the requests never left it, for want of {seen.lacking}", _more(seen))
    # On one machine the server's sockets count too, and Linux gives ports on loopback again before their time.
    elif seen.usage.ports is not None and seen.usage.ports > PORTS_LIMIT and not seen.shared:
        yield Limit(f"{share(seen.usage.ports)} of its local ports were taken", MORE_PORTS)
    if seen.shortfall and seen.shortfall.fault and not seen.saturated:
        yield Limit(seen.shortfall.because, LARGER)


def _cpu(seen: Measured) -> Iterator[Limit]:
    if seen.turned_away:  # however busy it was, it brought enough
        return
    used, own = seen.usage, seen.usage.own_cpu
    excused = seen.innocent and seen.shared
    if used.cpu is not None and used.cpu > CPU_LIMIT and not excused:
        whose = f"its host, {SERVER_TOO}," if seen.shared else "its host"
        yield Limit(f"the CPU of {whose} was at {share(used.cpu)}", LARGER)
    elif used.core is not None and used.core > CORE_LIMIT and not seen.innocent:
        yield Limit(f"one core of its host was at {share(used.core)}", LARGER)
    if own is not None and own > CPU_LIMIT and not excused:
        yield Limit(f"k6 kept {share(own)} of the CPU busy that it may use", LARGER)


def _more(seen: Measured) -> str:
    both = {unsent.PORTS: MORE_PORTS, unsent.FILES: MORE_FILES}
    return both.get(seen.lacking, f"{MORE_FILES} {MORE_PORTS}")


def known(seen: Measured) -> Iterator[str]:
    """What speaks for its innocence."""
    used = seen.usage
    if seen.refused:
        yield "the system turned away a part of what it brought"
    if seen.pulse is not None and not seen.pulse.limit:
        yield f"{share(max(seen.pulse.share, 0.0))} of the longer cycle was outside requests"
    if used.cpu is not None and not seen.core_in_doubt:
        whose = f"the CPU of its host, {SERVER_TOO}," if seen.shared else "its CPU"
        by_k6 = f" ({share(used.of_machine)} by k6)" if seen.shared and used.of_machine is not None else ""
        yield f"{whose} was at {share(used.cpu)}{by_k6}"
    # Beside a busy server k6 may starve at less than all that it may use.
    elif used.own_cpu is not None and (seen.pulse is not None or not seen.shared):
        yield f"k6 kept {share(used.own_cpu)} of the CPU busy that it may use"


def remarks(seen: Measured) -> Iterator[str]:
    """What is no limit, and should be known."""
    if seen.shortfall and not (seen.shortfall.fault and not seen.saturated):
        yield seen.shortfall.because
    if 0 < seen.unsent <= UNSENT_LIMIT:
        yield f"{share(seen.unsent)} of the requests never left it, for want of {seen.lacking}"
    if seen.core_in_doubt:
        yield f"one core of its host was at {share(seen.usage.core or 0.0)}, which is nearly all if k6 may use no other"
    if seen.usage.files is not None and seen.usage.files > FILES_NEAR:
        yield f"{share(seen.usage.files)} of the files that it may open were open"
