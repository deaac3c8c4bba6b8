"""Scenarios drawn at random are varied, reproducible, and true to their names."""

from __future__ import annotations

import numpy as np
import pytest

from rules import names
from rules.finding import Verdict
from tests import simulator
from tests.simulator import random_scenario, simulate
from tests.simulator.draw import MAX_REQUESTS, expected_requests
from tests.simulator.kinds import KINDS
from tests.simulator.run import played
from tests.simulator.truth import truth_of

DRAWN = [random_scenario(np.random.default_rng(seed), 50_000, lambda _: True) for seed in range(400)]
WIDE = [random_scenario(np.random.default_rng(seed), level_is_clear=lambda _: True) for seed in range(400)]
"""As the benchmark draws them; too large to be simulated here."""


def test_every_kind_is_drawn() -> None:
    assert {scenario.name for scenario in DRAWN} == {kind.name for kind in KINDS}


def test_a_kind_has_the_verdict_it_promises() -> None:
    promised = {kind.name: kind.verdict for kind in KINDS}
    closed = [one for one in DRAWN if one.name not in ("contention", "leak", "queue-limit", "timeouts")]
    assert len(closed) > 200
    for scenario in closed:
        truth = truth_of(scenario)
        assert truth.verdict is promised[scenario.name], scenario
        assert (truth.max_throughput is not None) == (truth.verdict is Verdict.SATURATED)


def test_ranges_are_wide() -> None:
    rates = [one.server.workers / one.server.service.mean for one in WIDE]
    vus = [one.load.most_vus for one in WIDE]
    seconds = [one.load.seconds for one in WIDE]
    assert min(rates) < 25
    assert max(rates) > 15_000
    assert min(vus) == 50
    assert max(vus) > 18_000
    assert min(seconds) == 60
    assert max(seconds) > 2000
    assert {one.load.think == 0.0 for one in WIDE} == {True, False}
    assert {one.output.push_interval for one in WIDE} == {1.0, 2.0, 5.0, 10.0, 15.0}
    assert {one.output.native_histograms for one in WIDE} == {True, False}
    assert {bool(one.output.gaps) for one in WIDE} == {True, False}
    assert {len(one.load.requests) for one in WIDE} == {1, 2, 3, 4, 5, 6}
    assert {one.server.service.shape for one in WIDE} == {"gamma", "lognormal", "pareto"}


def test_no_run_costs_more_than_it_may() -> None:
    assert max(map(expected_requests, WIDE)) <= MAX_REQUESTS
    assert max(map(expected_requests, DRAWN)) <= 50_000


def test_load_rises_falls_stands_and_comes_back() -> None:
    courses = [(one.load.arrivals or one.load).points for one in WIDE]
    rises = [np.sign(np.diff([level for _, level in points])).tolist() for points in courses]
    drawn = {tuple(b for a, b in zip([np.nan, *signs], signs, strict=False) if a != b) for signs in rises}
    assert {(1,), (0,), (1, 0), (1, -1, 1), (1, 0, 1, 0, -1, 0)} <= drawn


def test_processes_die_and_restart() -> None:
    assert max(one.output.processes for one in WIDE) > 2
    assert any(one.output.last_dies_at for one in WIDE)
    assert any(one.output.restarts_at for one in WIDE)


def test_the_same_generator_draws_the_same_scenario() -> None:
    assert random_scenario(np.random.default_rng(5), 50_000) == DRAWN[5]


def test_a_repr_can_be_pasted_back() -> None:
    for scenario in DRAWN[:100]:
        assert eval(repr(scenario), vars(simulator)) == scenario  # noqa: S307


@pytest.mark.parametrize("seed", range(12))
def test_a_run_makes_about_as_many_requests_as_expected(seed: int) -> None:
    scenario = DRAWN[seed]
    expected = expected_requests(scenario)
    sent = played(scenario, np.random.default_rng(1)).sent.size
    more = 2.0 if scenario.server.rate_limit else 1.3  # who is turned away waits for no service and asks again
    assert 0.3 * expected < sent < more * expected + scenario.load.most_vus


def test_a_drawn_run_has_the_series_that_a_run_is_known_by() -> None:
    for number, scenario in enumerate(DRAWN[:10]):
        run = simulate(scenario, number)
        assert run.testid == f"{scenario.name}-{number}"
        assert {names.VUS, names.HTTP_REQS} <= run.samples.keys()
        assert run.end > run.start + 0.9 * scenario.load.seconds
