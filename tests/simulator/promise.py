"""The SLO capacity of a server whose own speed never changes, measured on long steady runs of it.

Requests arrive from so many VUs as just keep the objective; what they get then is the truth.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from rules.answer import Objective
from tests.simulator import measured
from tests.simulator import server as serving
from tests.simulator.capacity import capacity
from tests.simulator.k6 import durations
from tests.simulator.scenario import Load, Scenario, Server

REQUESTS = 30_000
SEED = 40_231
NOISE = 0.015
STEPS = 12
"""Halvings of the range of VUs, by ratio: 20,000 are placed within 0.3 %."""


def slo_capacity(scenario: Scenario, objective: Objective) -> float | None:
    """Requests/s of goodput at the most VUs, of those in the run, that keep the objective; None if not even one does.

    The server's capacity where that is as much within NOISE: beyond it more VUs bring no more.
    """
    few, many = 1.0, scenario.load.most_vus
    best, share = _steady(scenario.server, scenario.load, few, objective)
    if share < objective.objective:
        return None
    goodput, share = _steady(scenario.server, scenario.load, many, objective)
    if share >= objective.objective:
        best, many = goodput, few
    for _ in range(STEPS):
        if many - few <= 1:
            break
        middle = round((few * many) ** 0.5)
        goodput, share = _steady(scenario.server, scenario.load, middle, objective)
        if share >= objective.objective:
            few, best = middle, max(best, goodput)
        else:
            many = middle
    most = capacity(scenario.server, 0.0)
    return most if best >= (1 - NOISE) * most else best


@lru_cache(maxsize=256)
def _steady(system: Server, load: Load, vus: float, objective: Objective) -> tuple[float, float]:
    """Long-run goodput in requests/s of ``vus`` constant VUs, and the share of good requests."""
    constant = replace(load, points=((0.0, vus), (1.0, vus)))
    requests, late, seconds = measured.steady(system, constant, REQUESTS, SEED)
    expected = late & (requests.status == serving.OK)
    within = expected & (durations(requests, system) <= objective.latency_seconds)
    return float(expected.sum() / seconds), float(within.sum() / max(1, late.sum()))
