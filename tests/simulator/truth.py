"""What is true of a scenario, from its construction; no run of it is looked at.

A regime is a stretch in which the server's speed and size are constant. Its capacity is workers·speed / mean
service time, less the share lost to pauses and to errors, or the rate limit if that is lower. Three cases have no
such closed form and are measured on separate, steady and long runs (``measured.py``): a server whose work grows
with its queue, and a queue so short that it runs empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rules.finding import Verdict
from rules.series import Floats
from tests.simulator import measured
from tests.simulator.scenario import Load, Pauses, Scenario, Server
from tests.simulator.speed import base_speed

MARGIN = 1.15
"""A regime counts as saturated while VUs are this far past its knee: nearer, its queue still runs empty."""
SUSTAINED_SECONDS = 30.0
FAILING_SHARE = 0.95
SHORT_QUEUE = 10
"""A queue of fewer places a worker can run empty while others are being sent away."""


@dataclass(frozen=True)
class Regime:
    """One stretch of constant speed and size; seconds since the test began, requests per second."""

    start: float
    end: float
    capacity: float
    knee_vus: float
    saturated_seconds: float

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


def truth_of(scenario: Scenario) -> Truth:
    """The truth about ``scenario``."""
    load, server = scenario.load, scenario.server
    if server.refuses or server.error_share >= FAILING_SHARE:
        return Truth(Verdict.FAILING, None, None, None, None, (), "the server does no useful work")
    regimes = regimes_of(load, server)
    client = scenario.generator.capacity
    best_capacity = max(regime.capacity for regime in regimes)
    if client < best_capacity:
        knee = client * (load.think + response_time(server))
        if _seconds_above(load, MARGIN * knee, 0.0, load.seconds) >= SUSTAINED_SECONDS:
            return Truth(Verdict.GENERATOR_LIMITED, None, None, client, None, regimes, "k6 is short of CPU")
    saturated = [regime for regime in regimes if regime.saturated]
    if not saturated:
        reach = min(load.most_vus / (load.think + response_time(server)), best_capacity)
        return Truth(Verdict.NOT_SATURATED, None, None, reach, None, regimes, "too few VUs, or for too short a time")
    best = max(saturated, key=lambda regime: regime.capacity)
    successes = best.capacity * best.saturated_seconds
    squared = counting_cv_squared(server, best.capacity)
    value, comment = best.capacity, "from the server's construction"
    if server.contention:
        value = measured.peak_under_load(scenario, SUSTAINED_SECONDS)
        comment = "the highest 30 s mean of many runs"
        successes = value * SUSTAINED_SECONDS
    elif _has_no_closed_form(scenario, best):
        value = measured.sustained_peak(scenario, best.start, best.end, best.knee_vus, SUSTAINED_SECONDS)
        comment = "from long steady runs of the same server"
    return Truth(
        verdict=Verdict.SATURATED,
        max_throughput=value,
        knee_vus=best.knee_vus * value / best.capacity,
        at_least=value,
        information=successes / (4270.0 * squared) if squared else np.inf,
        regimes=regimes,
        comment=comment,
    )


def _has_no_closed_form(scenario: Scenario, regime: Regime) -> bool:
    load, server = scenario.load, scenario.server
    short_queue = server.queue_limit is not None and server.queue_limit < SHORT_QUEUE * server.workers
    return short_queue or load.most_vus > 0.5 * vus_all_late(load, server, regime.start)


def vus_all_late(load: Load, server: Server, time: float) -> float:
    """VUs from which every reply comes after k6 gave up: N = X(Z + timeout)."""
    return served_rate(server, time) * (load.think + load.timeout)


def regimes_of(load: Load, server: Server) -> tuple[Regime, ...]:
    """The regimes of ``server`` under ``load``, in order."""
    marks = {0.0, load.seconds, *(change.at for change in server.changes)}
    if server.scale_out:
        marks.add(server.scale_out.at)
    edges = sorted(mark for mark in marks if 0.0 <= mark <= load.seconds)
    found = []
    for start, end in pairwise(edges):
        served = served_rate(server, start)
        knee = served * (load.think + response_time(server, base_speed(server, start)))
        top = vus_all_late(load, server, start)
        seconds = _seconds_above(load, MARGIN * knee, start, end) - _seconds_above(load, top / MARGIN, start, end)
        found.append(Regime(start, end, capacity(server, start), knee, max(0.0, seconds)))
    return tuple(found)


def capacity(server: Server, time: float) -> float:
    """Long-run goodput in requests/s with ever enough VUs, of the regime at ``time``."""
    return served_rate(server, time) * (1.0 - server.error_share)


def served_rate(server: Server, time: float) -> float:
    """The same, with the requests that are answered 500 after the full work."""
    grown = server.scale_out
    workers = server.workers + (grown.workers if grown and grown.at <= time else 0)
    lost = server.pauses.cost if server.pauses else 0.0
    rate = workers * base_speed(server, time) / server.service.mean * (1.0 - lost)
    if server.rate_limit:
        rate = min(rate, server.rate_limit.rate)
    return rate


def response_time(server: Server, speed: float = 1.0) -> float:
    """Seconds a lone request takes on average."""
    lost = server.pauses.cost if server.pauses else 0.0
    return server.network + server.service.mean / speed / (1.0 - lost)


def counting_cv_squared(server: Server, rate: float) -> float:
    """Variance over mean of the number of replies in a long stretch at full load.

    Of a renewal process that is the service's cv²; pauses add rate·σ², with σ² the variance per second of the time
    lost in an alternating renewal process.
    """
    if server.rate_limit and server.rate_limit.rate <= rate / (1.0 - server.error_share) + 1e-9:
        return server.error_share
    service = server.service.cv**2 * (1.0 - server.error_share) + server.error_share
    return service + (rate * _pause_variance(server.pauses) if server.pauses else 0.0)


def _pause_variance(pauses: Pauses) -> float:
    spread = 1 / 12 if pauses.regular else 1.0
    up, down = pauses.every, pauses.lasting
    return pauses.depth**2 * 2 * spread * up**2 * down**2 / (up + down) ** 3


def _seconds_above(load: Load, vus: float, start: float, end: float) -> float:
    grid, planned = planned_vus(load)
    inside = (grid >= start) & (grid < end) & (planned >= vus)
    return float(inside.sum()) * 0.1


def planned_vus(load: Load) -> tuple[Floats, Floats]:
    """Times ten a second, and the VUs that the load plans then."""
    grid = np.arange(0.05, load.seconds, 0.1)
    return grid, np.interp(grid, [t for t, _ in load.points], [n for _, n in load.points])
