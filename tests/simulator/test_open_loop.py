"""Arrivals by the clock: what is due, what is dropped, which VUs are made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import names
from rules.finding import Verdict
from rules.series import Series
from tests.simulator import Arrivals, Load, Output, Scenario, Server, Service, simulate
from tests.simulator.open_loop import planned_starts
from tests.simulator.run import played
from tests.simulator.truth import truth_of

SERVER = Server(4, Service(0.02, 1.0))
"""200 requests/s; 4.2 VUs are its knee without think time."""


def arriving(rate: float, vus: float, allocated: int, think: float = 0.0) -> Scenario:
    """Arrivals that rise to ``rate`` a second in 100 s and stay for 100 s."""
    course = Arrivals(((0.0, 1.0), (100.0, rate), (200.0, rate)), allocated)
    return Scenario(Load(((0.0, vus), (200.0, vus)), think, arrivals=course), SERVER)


def test_arrivals_are_spaced_as_the_rate_plans() -> None:
    due = planned_starts(Arrivals(((0.0, 10.0), (10.0, 10.0), (20.0, 30.0)), 1))
    assert due.size == pytest.approx(100 + 200, abs=1)
    np.testing.assert_allclose(np.diff(due[:99]), 0.1)
    assert np.diff(due)[-1] == pytest.approx(1 / 30, rel=0.01)


def test_every_iteration_that_is_due_runs_or_is_dropped() -> None:
    scenario = arriving(400.0, 100.0, 10)
    assert scenario.load.arrivals is not None
    requests = played(scenario, np.random.default_rng(1))
    assert requests.sent.size + requests.dropped.size == planned_starts(scenario.load.arrivals).size
    assert requests.made.size == 90
    assert requests.dropped.size > 90


def test_beyond_the_capacity_the_vus_run_out_because_the_server_is_slow() -> None:
    scenario = arriving(400.0, 100.0, 10)
    truth = truth_of(scenario)
    assert truth.verdict is Verdict.SATURATED
    assert truth.max_throughput == pytest.approx(200.0)
    requests = played(scenario, np.random.default_rng(1))
    late = (requests.replied > 100) & (requests.replied <= 200)
    assert late.sum() / 100 == pytest.approx(200.0, rel=0.02)
    assert np.mean((requests.replied - requests.sent)[late]) == pytest.approx(100 / 200, rel=0.03)


def test_vus_that_run_out_before_the_server_is_full_are_the_generators_limit() -> None:
    scenario = arriving(150.0, 50.0, 25, think=1.0)
    truth = truth_of(scenario)
    assert (truth.verdict, truth.max_throughput) == (Verdict.GENERATOR_LIMITED, None)
    requests = played(scenario, np.random.default_rng(1))
    late = (requests.replied > 100) & (requests.replied <= 200)
    assert late.sum() / 100 == pytest.approx(50 / 1.021, rel=0.02)
    assert np.mean((requests.replied - requests.sent)[late]) == pytest.approx(0.021, rel=0.05)


def test_fewer_arrivals_than_the_server_can_do_are_served_at_once() -> None:
    scenario = arriving(100.0, 60.0, 50)
    assert truth_of(scenario).verdict is Verdict.NOT_SATURATED
    requests = played(scenario, np.random.default_rng(1))
    assert requests.dropped.size == 0


def test_k6_counts_the_vus_at_work_those_that_it_has_made_and_the_iterations_that_it_dropped() -> None:
    run = simulate(arriving(400.0, 100.0, 10), 1)
    (vus,), (made,), (dropped,) = (run.samples[name] for name in (names.VUS, names.VUS_MAX, names.DROPPED_ITERATIONS))
    assert isinstance(vus, Series)
    assert isinstance(made, Series)
    assert isinstance(dropped, Series)
    assert vus.values[0] < 5
    assert vus.values[-2] == pytest.approx(100.0, abs=2)
    assert (made.values[0], made.values[-1]) == (10.0, 100.0)
    assert dict(dropped.labels) == {"__name__": names.DROPPED_ITERATIONS, "testid": run.testid, "scenario": "default"}
    assert dropped.values[-1] == played(run.scenario, np.random.default_rng(1)).dropped.size


def test_below_the_capacity_the_vus_at_work_are_those_of_little_s_law_and_none_is_made() -> None:
    run = simulate(arriving(150.0, 100.0, 50), 1)
    (vus,), (made,) = run.samples[names.VUS], run.samples[names.VUS_MAX]
    assert isinstance(vus, Series)
    assert isinstance(made, Series)
    steady = vus.times > run.start + 105
    assert np.mean(vus.values[steady]) == pytest.approx(150 * 0.024, rel=0.3)
    assert set(made.values) == {50.0}


def test_of_a_process_that_dies_the_vus_at_work_go_to_those_that_are_left() -> None:
    scenario = arriving(50.0, 100.0, 100, think=1.0)
    run = simulate(replace(scenario, output=Output(processes=2, last_dies_at=150.0)), 1)
    left = next(one for one in run.samples[names.VUS] if one.labels["instance_id"] == "0")
    assert isinstance(left, Series)
    at = left.times - run.start
    before, after = left.values[(at > 105) & (at < 150)].mean(), left.values[(at > 155) & (at < 200)].mean()
    assert after == pytest.approx(2 * before, rel=0.05)
