"""Rule: was the load generator the limit?

Its pulse needs no host metric: the time an iteration spends outside requests, ``iteration_duration − Σ(http_req_blocked
+ http_req_duration)``, is the script's own work and sleep. A server's limit leaves it alone; a generator that is
short of CPU lengthens even a sleep. A rise, as a share of how much the whole cycle grew, is proof against the run.
"""

from __future__ import annotations

import numpy as np

from rules import plateau
from rules.answer import Event, Generator, Objective
from rules.finding import Finding, Outcome, Verdict
from rules.names import ROLE_BOTH, ROLE_GENERATOR
from rules.signals.host import GENERATOR, cpu_ratio
from rules.statistics.windows import Mask
from rules.timeline import Timeline
from rules.wording import moment, share, whole

RULE = "generator"
CPU_LIMIT = 0.9
PULSE_SHARE = 0.25
"""Of the lengthened cycle, how much may lie outside requests: 0.00 ± 0.02 when a server was the limit, 0.55 when
k6 was (k6 1.8.1 pinned to one core)."""
PULSE_RISE = 0.05
DROPPED_SHARE = 0.01
TRANSPORT_ERRORS = 0.01
"""Above this share of requests without a reply the time outside requests is not the generator's alone."""


def judge(timeline: Timeline, _objective: Objective) -> Finding:
    """``generator_limited`` where the pulse, the CPU or dropped iterations say so."""
    found = plateau.find(timeline)
    bins = found.bins if found else _busiest(timeline)
    cpu = _cpu(timeline, bins)
    dropped = _dropped(timeline)
    pulse = _pulse_share(timeline, found) if found else None
    reasons = []
    if pulse is not None and pulse > PULSE_SHARE:
        reasons.append(f"{share(pulse)} of the longer cycle was spent outside requests, in k6 itself")
    if cpu is not None and cpu > CPU_LIMIT and (pulse is None or pulse > 0.1 or not _shared(timeline)):
        reasons.append(f"the generator's CPU was at {share(cpu)}")
    if dropped is not None and dropped > DROPPED_SHARE:
        reasons.append(f"k6 dropped {share(dropped)} of its iterations for want of free VUs")
    measured, limit, unit = (cpu, CPU_LIMIT, "ratio") if pulse is None else (pulse, PULSE_SHARE, "ratio")
    common = {
        "rule": RULE,
        "measured": measured,
        "limit": limit,
        "unit": unit,
        "window": whole(timeline),
        "query": cpu_ratio("1m", GENERATOR),
    }
    count = _dropped_count(timeline)
    if reasons:
        event = Event(rule=RULE, time=moment(_first(timeline, bins)), text="; ".join(reasons))
        told = Generator(verdict="limited", cpu_ratio=cpu, dropped_iterations=count)
        return Finding(
            verdict=Outcome.FAILED,
            concludes=Verdict.GENERATOR_LIMITED,
            because="the load generator was the limit: " + "; ".join(reasons),
            advice="Use a larger or a second machine for k6, or more VUs (maxVUs) where iterations were dropped.",
            answers={"generator": told, "events": [event]},
            **common,
        )
    known = [] if pulse is None else [f"{share(max(pulse, 0.0))} of the longer cycle was outside requests"]
    known += [] if cpu is None else [f"its CPU was at {share(cpu)}"]
    if found is None and cpu is not None:
        known = [f"its CPU was at {share(cpu)}"]
    told = Generator(verdict="ok" if known else "unknown", cpu_ratio=cpu, dropped_iterations=count)
    return Finding(
        verdict=Outcome.OK if known else Outcome.UNKNOWN,
        because="the generator kept up: " + ", ".join(known) if known else _unknown(timeline),
        advice=None
        if known
        else 'Let Prometheus scrape the generator\'s host (role="generator"), or send native histograms.',
        answers={"generator": told},
        **common,
    )


def _unknown(timeline: Timeline) -> str:
    if timeline.iteration_durations is None:
        return 'k6 sent no native histograms and no host with role="generator" was scraped'
    return 'the run has no saturated stretch to compare, and no host with role="generator" was scraped'


def _busiest(timeline: Timeline) -> Mask:
    """The last third of the run, where a ramp is highest."""
    return np.arange(timeline.vus.size) >= timeline.vus.size * 2 // 3


def _first(timeline: Timeline, bins: Mask) -> float:
    where = np.flatnonzero(bins)
    return timeline.start + (float(where[0]) if where.size else 0.0) * timeline.step


def _shared(timeline: Timeline) -> bool:
    return any(host.role == ROLE_BOTH for host in timeline.hosts)


def _cpu(timeline: Timeline, bins: Mask) -> float | None:
    """Mean CPU share of the busiest generator host over ``bins``, 0 to 1."""
    means = [
        float(np.nanmean(host.cpu[bins]))
        for host in timeline.hosts
        if host.role in (ROLE_GENERATOR, ROLE_BOTH) and np.isfinite(host.cpu[bins]).any()
    ]
    return max(means) if means else None


def _dropped_count(timeline: Timeline) -> int | None:
    if timeline.dropped_iterations is None:
        return None
    return round(float(np.nansum(timeline.dropped_iterations)) * timeline.step)


def _dropped(timeline: Timeline) -> float | None:
    """Dropped iterations as a share of those that were due."""
    if timeline.dropped_iterations is None or timeline.iterations is None:
        return None
    dropped, ran = float(np.nansum(timeline.dropped_iterations)), float(np.nansum(timeline.iterations))
    return dropped / (dropped + ran) if dropped + ran > 0 else None


def _pulse_share(timeline: Timeline, found: plateau.Plateau) -> float | None:
    """Share of the cycle's growth, light load to plateau, that lies outside requests; None where it cannot be told."""
    cycle, inside = timeline.iteration_durations, timeline.durations
    if cycle is None or inside is None or timeline.iterations is None or _transport_errors(timeline):
        return None
    per_iteration = plateau.requests_per_iteration(timeline)
    response = inside.mean() + (timeline.blocked.mean() if timeline.blocked is not None else 0.0)
    light = ~found.saturated & np.isfinite(cycle.mean()) & np.isfinite(response) & (_before(found))
    if light.sum() < 2:
        return None
    outside0 = float(np.median((cycle.mean() - per_iteration * response)[light]))
    if outside0 < 0:  # requests in parallel (http.batch) take longer together than the iteration
        return None
    # An iteration ends its think time after its requests did: compare it with the replies of that moment.
    earlier = np.interp(
        timeline.times - outside0, timeline.times[np.isfinite(response)], response[np.isfinite(response)]
    )
    outside = cycle.mean() - per_iteration * earlier
    top = found.bins & np.isfinite(outside)
    if top.sum() < 2:
        return None
    growth = float(np.mean(cycle.mean()[top]) - np.median(cycle.mean()[light]))
    rise = float(np.mean(outside[top])) - outside0
    if growth <= 0:
        return None
    return rise / growth if rise > PULSE_RISE * outside0 else min(rise / growth, 0.0)


def _before(found: plateau.Plateau) -> Mask:
    first = int(np.flatnonzero(found.saturated)[0])
    return np.arange(found.saturated.size) < first


def _transport_errors(timeline: Timeline) -> bool:
    requests = sum(timeline.totals.values())
    return timeline.failed_totals.get("0", 0.0) > TRANSPORT_ERRORS * max(requests, 1.0)
