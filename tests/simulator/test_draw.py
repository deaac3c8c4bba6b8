"""Scenarios drawn at random are varied, reproducible, and true to their names."""

from __future__ import annotations

import numpy as np
import pytest

from rules import names
from rules.finding import Verdict
from tests.simulator import (  # noqa: F401  # the names that a repr needs
    Change,
    Generator,
    Hosts,
    Load,
    Output,
    Pauses,
    RateLimit,
    ScaleOut,
    Scenario,
    Server,
    Service,
    random_scenario,
    simulate,
)
from tests.simulator.draw import KINDS, expected_requests
from tests.simulator.run import played
from tests.simulator.truth import truth_of

DRAWN = [random_scenario(np.random.default_rng(seed), 50_000) for seed in range(300)]


def test_every_kind_is_drawn() -> None:
    assert {scenario.name for scenario in DRAWN} == {name for name, _, _, _ in KINDS}


def test_a_kind_has_the_verdict_it_promises() -> None:
    promised = {name: verdict for name, _, _, verdict in KINDS}
    closed = [one for one in DRAWN if one.name not in ("contention", "queue-limit", "timeouts")]
    assert len(closed) > 200
    for scenario in closed:
        truth = truth_of(scenario)
        assert truth.verdict is promised[scenario.name], scenario
        assert (truth.max_throughput is not None) == (truth.verdict is Verdict.SATURATED)


def test_ranges_are_wide() -> None:
    rates = [one.server.workers / one.server.service.mean for one in DRAWN]
    assert min(rates) < 40
    assert max(rates) > 700  # 3,000 with the default number of requests
    assert {one.load.think == 0.0 for one in DRAWN} == {True, False}
    assert {one.output.push_interval for one in DRAWN} == {1.0, 2.0, 5.0, 10.0, 15.0}
    assert {len(one.load.points) > 3 for one in DRAWN} == {True, False}
    assert {one.output.native_histograms for one in DRAWN} == {True, False}
    assert {bool(one.output.gaps) for one in DRAWN} == {True, False}


def test_the_same_generator_draws_the_same_scenario() -> None:
    assert random_scenario(np.random.default_rng(5), 50_000) == DRAWN[5]


def test_a_repr_can_be_pasted_back() -> None:
    assert eval(repr(DRAWN[0])) == DRAWN[0]  # noqa: S307


@pytest.mark.parametrize("seed", range(12))
def test_a_run_makes_about_as_many_requests_as_expected(seed: int) -> None:
    scenario = DRAWN[seed]
    expected = expected_requests(scenario)
    sent = played(scenario, np.random.default_rng(1)).sent.size
    assert 0.3 * expected < sent < 1.3 * expected + scenario.load.most_vus


def test_a_drawn_run_has_the_series_that_a_run_is_known_by() -> None:
    for number, scenario in enumerate(DRAWN[:10]):
        run = simulate(scenario, number)
        assert run.testid == f"{scenario.name}-{number}"
        assert {names.VUS, names.HTTP_REQS} <= run.samples.keys()
        assert run.end > run.start + 0.9 * scenario.load.seconds
