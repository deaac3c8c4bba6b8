"""Rule: was the load generator the limit?

First its pulse (rules/pulse.py), which needs no host metric and is proof either way; then, where the pulse cannot be
told, the CPU of its host, of all cores and of the busiest; and iterations that k6 dropped. Where it was the limit,
what was measured is its own rate, and the system's capacity is "at least" that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rules import plateau, pulse, unloaded
from rules.answer import Event, Generator, Objective
from rules.finding import Finding, Outcome, Verdict
from rules.names import ROLE_BOTH, ROLE_GENERATOR
from rules.series import Floats
from rules.signals.host import GENERATOR, cpu_ratio
from rules.statistics.windows import Mask
from rules.timeline import Host, Timeline
from rules.wording import moment, share, whole

RULE = "generator"
CPU_LIMIT = 0.9
CORE_LIMIT = 0.95
"""k6 spreads its work, but one pinned core, or one that serves all interrupts, stops it as well. Of the median bin:
VUs in step leave even a core that is the limit idle now and then."""
PULSE_LIMIT = 0.25
"""Of the lengthened cycle, how much may lie outside requests: 0.00 ± 0.02 when a server was the limit, 0.55 when
k6 was (k6 1.8.1 pinned to one core)."""
PULSE_STEADY = 0.1
"""Below this the pulse proves the generator innocent though a core, or the machine it shares with the server, is busy.
A generator's own machine at its limit leaves "at least" all the same: k6's timings inflate there."""
DROPPED_LIMIT = 0.01


@dataclass(frozen=True)
class Measured:
    """What is known of the generator on the plateau; None is unknown. Shares, 0 to 1."""

    pulse: float | None
    cpu: float | None
    core: float | None
    dropped: float | None
    shared: bool
    """Server and generator are one machine, so its CPU alone tells nothing."""
    saturated: bool
    """There is a plateau whose limit may be the generator's."""
    turned_away: bool
    """There the system refused what the generator brought, so it was brought more than it could serve."""


def judge(timeline: Timeline, _objective: Objective) -> Finding:
    """``generator_limited`` where the pulse, the CPU or dropped iterations say so."""
    found = plateau.find(timeline)
    bins = found.bins if found else _last_third(timeline)
    seen = Measured(
        pulse=pulse.share_of_growth(timeline, found) if found else None,
        cpu=_busiest_host(timeline, bins, lambda host: host.cpu),
        core=_busiest_host(timeline, bins, lambda host: host.busiest_core),
        dropped=_dropped(timeline, found),
        shared=any(host.role == ROLE_BOTH for host in timeline.hosts),
        saturated=found is not None,
        turned_away=found is not None and _turned_away(timeline, bins),
    )
    limits, known = _limits(seen), _known(seen)
    verdict = "limited" if limits else "ok" if known else "unknown"
    answers = {
        "generator": Generator(verdict=verdict, cpu_ratio=seen.cpu, dropped_iterations=_dropped_count(timeline)),
        "events": [Event(rule=RULE, time=moment(_first(timeline, bins)), text="; ".join(limits))] if limits else [],
    }
    by_pulse = seen.pulse is not None
    return Finding(
        rule=RULE,
        verdict=Outcome.FAILED if limits else Outcome.OK if known else Outcome.UNKNOWN,
        concludes=Verdict.GENERATOR_LIMITED if limits else None,
        because=_sentence(limits, known, timeline),
        advice=_advice(limits, known),
        measured=seen.pulse if by_pulse else seen.cpu,
        limit=PULSE_LIMIT if by_pulse else CPU_LIMIT,
        unit="ratio",
        window=whole(timeline),
        query=cpu_ratio("1m", GENERATOR),
        answers=answers,
    )


def _limits(seen: Measured) -> list[str]:
    """Each way in which the generator was the limit."""
    said = []
    if seen.pulse is not None and seen.pulse > PULSE_LIMIT:
        said.append(f"{share(seen.pulse)} of the longer cycle was spent outside requests, in k6 itself")
    innocent = (seen.pulse is not None and seen.pulse < PULSE_STEADY) or (seen.shared and not seen.saturated)
    if seen.turned_away:
        pass  # however busy it was, it brought enough
    elif seen.cpu is not None and seen.cpu > CPU_LIMIT and not (innocent and seen.shared):
        said.append(f"the CPU of its host was at {share(seen.cpu)}")
    elif seen.core is not None and seen.core > CORE_LIMIT and not innocent:
        said.append(f"one core of its host was at {share(seen.core)}")
    if seen.dropped is not None and seen.dropped > DROPPED_LIMIT:
        said.append(f"k6 dropped {share(seen.dropped)} of its iterations for want of free VUs")
    return said


def _turned_away(timeline: Timeline, bins: Mask) -> bool:
    """Whether clearly fewer of the replies were good than at light load, though k6 sent more."""
    kept = unloaded.accepted(timeline)[bins]
    return bool(np.isfinite(kept).any()) and float(np.nanmean(kept)) < plateau.SATURATED_BELOW


def _known(seen: Measured) -> list[str]:
    """What speaks for its innocence."""
    said = [] if seen.pulse is None else [f"{share(max(seen.pulse, 0.0))} of the longer cycle was outside requests"]
    if seen.cpu is not None:
        said.append(
            f"the CPU of its host, which is the server too, was at {share(seen.cpu)}"
            if seen.shared
            else f"its CPU was at {share(seen.cpu)}"
        )
    return said


def _sentence(limits: list[str], known: list[str], timeline: Timeline) -> str:
    if limits:
        return "the load generator was the limit: " + "; ".join(limits)
    if known:
        return "the generator kept up: " + ", ".join(known)
    if timeline.iteration_durations is None:
        return 'k6 sent no native histograms and no host with role="generator" was scraped'
    return 'its pulse cannot be told in this run, and no host with role="generator" was scraped'


def _advice(limits: list[str], known: list[str]) -> str | None:
    if limits:
        return "Use a larger or a second machine for k6; where iterations were dropped, more VUs (maxVUs)."
    return None if known else 'Let Prometheus scrape the generator\'s host with the label role="generator".'


def _last_third(timeline: Timeline) -> Mask:
    """Where a ramp is highest."""
    return np.arange(timeline.vus.size) >= timeline.vus.size * 2 // 3


def _first(timeline: Timeline, bins: Mask) -> float:
    where = np.flatnonzero(bins)
    return timeline.start + (float(where[0]) if where.size else 0.0) * timeline.step


def _busiest_host(timeline: Timeline, bins: Mask, level: Callable[[Host], Floats]) -> float | None:
    """The highest median over ``bins`` among the generator's hosts."""
    levels = [level(host)[bins] for host in timeline.hosts if host.role in (ROLE_GENERATOR, ROLE_BOTH)]
    typical = [float(np.nanmedian(values)) for values in levels if np.isfinite(values).any()]
    return max(typical) if typical else None


def _dropped_count(timeline: Timeline) -> int | None:
    if timeline.dropped_iterations is None:
        return None
    return round(float(np.nansum(timeline.dropped_iterations)) * timeline.step)


def _dropped(timeline: Timeline, found: plateau.Plateau | None) -> float | None:
    """Dropped iterations as a share of those that were due; none, if most were dropped while the system had a queue.

    VUs run out there because the system holds them (N = X·(R + Z)): it is the limit, and more VUs would only wait.
    """
    if timeline.dropped_iterations is None or timeline.iterations is None:
        return None
    dropped, ran = float(np.nansum(timeline.dropped_iterations)), float(np.nansum(timeline.iterations))
    if dropped + ran <= 0:
        return None
    queueing = 0.0
    if found is not None and timeline.iteration_durations is not None:  # else VUs that idle look like VUs that wait
        queueing = float(np.nansum(timeline.dropped_iterations[found.saturated]))
    return 0.0 if queueing > dropped / 2 else dropped / (dropped + ran)
