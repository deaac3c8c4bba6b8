"""What is true of a scenario, from its construction; no run of it is looked at.

A regime is a stretch in which the server's speed and size are constant; its capacity is in ``capacity.py``. Cases
without such a closed form are measured on separate, steady and long runs (``measured.py``): a server whose work grows
with its queue or that leaks a lot, and a queue so short that it runs empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rules.finding import Verdict
from rules.series import Floats
from tests.simulator import measured
from tests.simulator.capacity import capacity, counting_cv_squared, full_vus, knee_vus, response_time, served_rate
from tests.simulator.scenario import Load, Scenario, Server

MARGIN = 1.15
"""A regime counts as saturated while the load is this far past what fills it: nearer, its queue still runs empty."""
SUSTAINED_SECONDS = 30.0
FAILING_SHARE = 0.95
SHORT_QUEUE = 10
"""A queue of fewer places a worker can run empty while others are being sent away."""
DRIFT = 0.05
"""A leak of less belongs to one plateau, whose mean counts; of more, goodput falls and its peak counts."""
NEAR_PEAK = 0.98
"""What leaks is worth as much as at its peak while it has this share of it left."""


@dataclass(frozen=True)
class Regime:
    """One stretch of constant speed and size; seconds since the test began, requests per second."""

    start: float
    end: float
    capacity: float
    knee_vus: float
    saturated_seconds: float
    """The longest unbroken stretch."""

    @property
    def saturated(self) -> bool:
        return self.saturated_seconds >= SUSTAINED_SECONDS


@dataclass(frozen=True)
class Truth:
    """What an answer to the run should say."""

    verdict: Verdict
    max_throughput: float | None
    """Requests/s: the long-run mean goodput of the best saturated regime; None unless saturated."""
    knee_vus: float | None
    at_least: float | None
    """Requests/s: what the load could reach at most where nothing was saturated."""
    information: float | None
    """Expected successes on the plateau over 4,270·cv², the least for ±3 % at 95 %; cv counts pauses too."""
    regimes: tuple[Regime, ...] = ()
    comment: str = ""
    also: tuple[Verdict, ...] = ()
    """Verdicts that are no less true: constant load fills a server and cannot show that it does."""

    def allows(self, verdict: Verdict) -> bool:
        return verdict is self.verdict or verdict in self.also


def truth_of(scenario: Scenario) -> Truth:
    """The truth about ``scenario``."""
    load, server = scenario.load, scenario.server
    if server.refuses or (server.error_share >= FAILING_SHARE and not server.instant_errors):
        return Truth(Verdict.FAILING, None, None, None, None, (), "the server does no useful work")
    regimes = regimes_of(load, server)
    best_capacity = max(regime.capacity for regime in regimes)
    limit, why = _generators_limit(scenario)
    if limit is not None and limit < best_capacity:
        return Truth(Verdict.GENERATOR_LIMITED, None, None, limit, None, regimes, why)
    saturated = [regime for regime in regimes if regime.saturated]
    if not saturated:
        lone = load.think_per_request + response_time(server)
        reach = min(load.most_vus / lone, most_offered(load), best_capacity)
        return Truth(Verdict.NOT_SATURATED, None, None, reach, None, regimes, "too few VUs, or for too short a time")
    best = max(saturated, key=lambda regime: regime.capacity)
    value, seconds, comment = _value(scenario, best)
    squared = counting_cv_squared(load, server, value)
    return Truth(
        verdict=Verdict.SATURATED,
        max_throughput=value,
        knee_vus=best.knee_vus * value / best.capacity,
        at_least=value,
        information=value * seconds / (4270.0 * squared) if squared else np.inf,
        regimes=regimes,
        comment=comment,
        also=(Verdict.NOT_SATURATED,) if is_constant(load) else (),
    )


def _value(scenario: Scenario, best: Regime) -> tuple[float, float, str]:
    """The maximum in requests/s, the seconds of run that tell of it, and where the number is from."""
    load, server = scenario.load, scenario.server
    if server.contention:
        peak = measured.peak_under_load(scenario, SUSTAINED_SECONDS)
        return peak, SUSTAINED_SECONDS, "the highest sustained 30 s mean of many runs"
    if server.leak:
        grid, vus = planned_vus(load)
        expected = np.array([capacity(server, time) for time in grid])
        knees = np.array([full_vus(load, server, time) for time in grid])
        full = vus >= MARGIN * knees
        if server.leak.share < DRIFT:
            return float(expected[full].mean()), best.saturated_seconds, "the mean of a capacity that drifts"
        peak = measured.highest_under_load(scenario, SUSTAINED_SECONDS)
        near = float((full & (expected >= NEAR_PEAK * peak)).sum()) * 0.1
        return peak, max(near, SUSTAINED_SECONDS), "the highest 30 s mean of many runs"
    if _has_no_closed_form(scenario, best):
        filled = (MARGIN * full_vus(load, server, best.start), best.capacity)
        value = measured.sustained_peak(scenario, best.start, best.end, best.knee_vus, SUSTAINED_SECONDS, filled)
        return value, best.saturated_seconds, "from long steady runs of the same server"
    return best.capacity, best.saturated_seconds, "from the server's construction"


def _generators_limit(scenario: Scenario) -> tuple[float | None, str]:
    """Requests/s at which the generator, driven that far for long enough, is the limit; and why."""
    load, server = scenario.load, scenario.server
    lone = load.think_per_request + response_time(server)
    client = scenario.generator.capacity
    grid, vus = planned_vus(load)
    if load.arrivals:
        most = load.most_vus / lone
        wanted = offered(load, grid)
        full = _longest(wanted >= MARGIN * most) >= SUSTAINED_SECONDS
        return (most, "too few VUs for the iterations that were due") if full else (None, "")
    full = _longest(vus >= MARGIN * client * lone) >= SUSTAINED_SECONDS
    return (client, "k6 is short of CPU") if full else (None, "")


def is_constant(load: Load) -> bool:
    """Whether the load never changes, so that nothing can be learnt from how the server follows it."""
    levels = {level for _, level in (load.arrivals.points if load.arrivals else load.points)}
    return len(levels) == 1


def _has_no_closed_form(scenario: Scenario, regime: Regime) -> bool:
    load, server = scenario.load, scenario.server
    short_queue = server.queue_limit is not None and server.queue_limit < SHORT_QUEUE * server.workers
    return short_queue or load.most_vus > 0.5 * vus_all_late(load, server, regime.start)


def vus_all_late(load: Load, server: Server, time: float) -> float:
    """VUs from which every reply comes after k6 gave up: N = X(Z + timeout)."""
    return served_rate(server, time) * (load.think_per_request + load.timeout)


def regimes_of(load: Load, server: Server) -> tuple[Regime, ...]:
    """The regimes of ``server`` under ``load``, in order; an outage is none."""
    marks = {0.0, load.seconds, *(change.at for change in server.changes)}
    if server.scale_out:
        marks.add(server.scale_out.at)
    if server.outage:
        marks |= {server.outage.begin, server.outage.end}
    edges = sorted(mark for mark in marks if 0.0 <= mark <= load.seconds)
    grid, vus = planned_vus(load)
    wanted = offered(load, grid) if load.arrivals else np.full(grid.size, np.inf)
    found = []
    for start, end in pairwise(edges):
        if server.outage and start == server.outage.begin:
            continue
        full = (grid >= start) & (grid < end) & (vus >= MARGIN * full_vus(load, server, start))
        full &= (vus < vus_all_late(load, server, start) / MARGIN) & (wanted >= MARGIN * served_rate(server, start))
        found.append(Regime(start, end, capacity(server, start), knee_vus(load, server, start), _longest(full)))
    return tuple(found)


def _longest(mask: np.ndarray) -> float:
    """Seconds of the longest unbroken stretch of True, in steps of planned_vus."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]]))).reshape(-1, 2)
    return float((edges[:, 1] - edges[:, 0]).max(initial=0)) * 0.1


def planned_vus(load: Load) -> tuple[Floats, Floats]:
    """Times ten a second, and the VUs that the load plans then."""
    grid = np.arange(0.05, load.seconds, 0.1)
    return grid, np.interp(grid, [t for t, _ in load.points], [n for _, n in load.points])


def offered(load: Load, times: Floats) -> Floats:
    """Requests/s that an open load plans at each of ``times``; endless for a closed one."""
    if load.arrivals is None:
        return np.full(times.size, np.inf)
    points = load.arrivals.points
    return np.asarray(np.interp(times, [t for t, _ in points], [rate for _, rate in points]) * len(load.requests))


def most_offered(load: Load) -> float:
    """The highest of them."""
    return float(offered(load, np.arange(0.0, load.seconds + 1.0)).max())
