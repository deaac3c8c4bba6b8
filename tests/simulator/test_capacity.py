"""The server's plateau, seen in its requests, is the truth that its construction gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules.finding import Verdict
from tests.simulator import (
    Change,
    Endpoint,
    Generator,
    Leak,
    Load,
    Outage,
    Pauses,
    RateLimit,
    ScaleOut,
    Scenario,
    Server,
    Service,
    Tier,
    measured,
)
from tests.simulator.run import played
from tests.simulator.truth import truth_of

LOAD = Load(((0.0, 1.0), (100.0, 600.0), (600.0, 600.0)), think=1.0)
"""Far past the knee of 200 requests/s from about 35 s on."""


def goodput(scenario: Scenario, start: float, end: float, seed: int = 1) -> float:
    """Good replies per second that the run of ``seed`` had between two times."""
    requests = played(scenario, np.random.default_rng(seed))
    good = requests.replied[requests.status == 200]
    return float(((good > start) & (good <= end)).sum() / (end - start))


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (Server(1, Service(0.005, 0.0)), 200.0),
        (Server(16, Service(0.08, 0.0)), 200.0),
        (Server(16, Service(0.08, 1.0)), 200.0),
        (Server(4, Service(0.02, 0.5, "lognormal")), 200.0),
        (Server(4, Service(0.02, 1.3, "pareto")), 200.0),
        (Server(4, Service(0.02, 1.0), error_share=0.1), 180.0),
        (Server(4, Service(0.02, 1.0), rate_limit=RateLimit(120.0, burst=60.0)), 120.0),
        (Server(4, Service(0.02, 1.0), queue_limit=50), 200.0),
        (Server(4, Service(0.02, 0.5), pauses=Pauses(every=4.5, lasting=0.5)), 180.0),
        (Server(4, Service(0.02, 0.5), pauses=Pauses(every=0.3, lasting=0.1, depth=0.4, regular=False)), 180.0),
        (Server(4, Service(0.02, 1.0), changes=(Change(0.0, 0.5), Change(20.0, 1.0))), 200.0),
        (Server(4, Service(0.02, 1.0), waits_before_accept=True), 200.0),
        (Server(4, Service(0.02, 1.0), error_share=0.3, instant_errors=True), 200.0),
        (Server(4, Service(0.01, 1.0), tiers=(Tier(3, Service(0.015, 0.5)), Tier(1, Service(0.004, 0.0)))), 200.0),
        (Server(4, Service(0.01, 1.0), lock_seconds=0.005), 180.95238),
        (Server(4, Service(0.02, 0.5), leak=Leak(0.0, 600.0, 0.04)), 195.7),
    ],
)
def test_a_saturated_server_serves_its_capacity(server: Server, expected: float) -> None:
    truth = truth_of(Scenario(LOAD, server))
    assert truth.verdict is Verdict.SATURATED
    assert truth.max_throughput == pytest.approx(expected, rel=1e-4)
    assert goodput(Scenario(LOAD, server), 100.0, 600.0) == pytest.approx(expected, rel=0.015)


@pytest.mark.parametrize(
    ("server", "before", "after"),
    [
        (Server(4, Service(0.02, 0.5), changes=(Change(300.0, 0.4),)), 200.0, 80.0),
        (Server(4, Service(0.02, 0.5), scale_out=ScaleOut(300.0, 2)), 200.0, 300.0),
    ],
)
def test_each_regime_has_its_own_capacity_and_the_best_counts(server: Server, before: float, after: float) -> None:
    scenario = Scenario(LOAD, server)
    truth = truth_of(scenario)
    assert [regime.capacity for regime in truth.regimes] == pytest.approx([before, after])
    assert truth.max_throughput == pytest.approx(max(before, after))
    assert goodput(scenario, 100.0, 300.0) == pytest.approx(before, rel=0.02)
    assert goodput(scenario, 310.0, 600.0) == pytest.approx(after, rel=0.02)


def test_a_deploy_is_no_regime_and_what_comes_after_it_is() -> None:
    server = Server(
        4, Service(0.02, 0.5), outage=Outage(300.0, 310.0), changes=(Change(310.0, 0.5), Change(320.0, 1.2))
    )
    scenario = Scenario(LOAD, server)
    assert [regime.capacity for regime in truth_of(scenario).regimes] == pytest.approx([200.0, 100.0, 240.0])
    assert truth_of(scenario).max_throughput == pytest.approx(240.0)
    assert goodput(scenario, 301.0, 309.0) == 0.0
    assert goodput(scenario, 325.0, 600.0) == pytest.approx(240.0, rel=0.02)


def test_a_strong_leak_has_the_peak_of_its_falling_capacity() -> None:
    scenario = Scenario(LOAD, Server(4, Service(0.02, 0.5), leak=Leak(0.0, 600.0, 0.5)))
    truth = truth_of(scenario)
    assert truth.max_throughput == pytest.approx(191.5, rel=0.01)  # full after 35 s, and then the middle of 30 s
    assert goodput(scenario, 40.0, 70.0) == pytest.approx(truth.max_throughput, rel=0.05)
    assert goodput(scenario, 570.0, 600.0) == pytest.approx(102.5, rel=0.03)


def test_a_script_of_several_requests_does_not_change_what_the_server_can_do() -> None:
    steps = (Endpoint("list", 0.2), Endpoint("search", 2.3), Endpoint("show", 0.5))
    scenario = Scenario(replace(LOAD, requests=steps), Server(4, Service(0.02, 0.5)))
    truth = truth_of(scenario)
    assert truth.max_throughput == pytest.approx(200.0)
    assert truth.knee_vus == pytest.approx(200.0 / 3 * (1.0 + 3 * 0.021))
    assert goodput(scenario, 150.0, 600.0) == pytest.approx(200.0, rel=0.015)


def test_load_that_never_changes_cannot_show_that_it_saturates() -> None:
    truth = truth_of(Scenario(Load(((0.0, 600.0), (200.0, 600.0)), 1.0), Server(4, Service(0.02))))
    assert (truth.verdict, truth.also) == (Verdict.SATURATED, (Verdict.NOT_SATURATED,))
    assert truth.allows(Verdict.NOT_SATURATED)
    assert not truth.allows(Verdict.GENERATOR_LIMITED)


def test_a_spike_of_seconds_proves_nothing() -> None:
    spike = Load(((0.0, 50.0), (60.0, 50.0), (61.0, 500.0), (75.0, 500.0), (76.0, 50.0), (120.0, 50.0)), 1.0)
    assert truth_of(Scenario(spike, Server(4, Service(0.02)))).verdict is Verdict.NOT_SATURATED


def test_a_short_queue_costs_capacity_as_its_steady_runs_say() -> None:
    scenario = Scenario(LOAD, Server(4, Service(0.02, 1.0), queue_limit=1))
    truth = truth_of(scenario)
    assert truth.max_throughput is not None
    assert truth.max_throughput < 195.0
    assert goodput(scenario, 100.0, 600.0) == pytest.approx(truth.max_throughput, rel=0.02)


def test_contention_makes_goodput_fall_beyond_its_peak() -> None:
    ramp = Load(((0.0, 1.0), (600.0, 600.0)), think=1.0)
    scenario = Scenario(ramp, Server(4, Service(0.02, 0.5), contention=0.005))
    peak = truth_of(scenario).max_throughput
    assert peak is not None
    assert 160.0 < peak < 200.0
    assert goodput(scenario, 570.0, 600.0) < 0.6 * peak


def test_past_the_timeout_no_reply_is_good() -> None:
    ramp = Load(((0.0, 1.0), (600.0, 1500.0)), think=1.0, timeout=4.0)
    scenario = Scenario(ramp, Server(4, Service(0.02, 0.5)))
    assert truth_of(scenario).max_throughput == pytest.approx(200.0, rel=0.01)
    assert goodput(scenario, 120.0, 350.0) == pytest.approx(200.0, rel=0.02)
    assert goodput(scenario, 450.0, 600.0) == 0.0


def test_k6_short_of_cpu_is_the_limit_and_says_so() -> None:
    scenario = Scenario(LOAD, Server(4, Service(0.02, 0.5)), generator=Generator(2, 0.02))
    truth = truth_of(scenario)
    assert (truth.verdict, truth.max_throughput) == (Verdict.GENERATOR_LIMITED, None)
    assert goodput(scenario, 100.0, 600.0) == pytest.approx(100.0, rel=0.01)


@pytest.mark.parametrize(
    ("server", "vus", "verdict"),
    [
        (Server(4, Service(0.02), error_share=1.0), 600.0, Verdict.FAILING),
        (Server(4, Service(0.02), refuses=True), 600.0, Verdict.FAILING),
        (Server(4, Service(0.02)), 150.0, Verdict.NOT_SATURATED),
    ],
)
def test_other_verdicts_have_no_maximum(server: Server, vus: float, verdict: Verdict) -> None:
    truth = truth_of(Scenario(Load(((0.0, 1.0), (200.0, vus)), think=1.0), server))
    assert (truth.verdict, truth.max_throughput) == (verdict, None)


def test_the_information_on_a_plateau_predicts_the_scatter_of_its_goodput() -> None:
    pauses = Pauses(every=3.0, lasting=1.0, depth=0.5, regular=False)
    server = Server(2, Service(0.02, 1.5, "lognormal"), pauses=pauses)
    scenario = Scenario(Load(((0.0, 300.0), (120.0, 300.0)), think=0.5), server)
    truth = truth_of(scenario)
    assert truth.information is not None
    seen = np.array([goodput(scenario, 10.0, 120.0, seed) for seed in range(40)])
    # ±3 % at 95 % is 1.53 % of standard error; a plateau of so much information has that over its root.
    expected = 0.0153 / np.sqrt(truth.information * 110.0 / 120.0)
    assert np.std(seen) / np.mean(seen) == pytest.approx(expected, rel=0.3)


def test_a_peak_that_a_load_leaps_over_is_worth_what_is_held_beyond_it() -> None:
    """Of 25 VUs no one waits, at 200 most work is waiting; for seconds, between them, more is served than is held."""
    server = Server(10, Service(0.1, cv=0.2), contention=0.005)
    leap = ((0.0, 1.0), (20.0, 25.0), (100.0, 25.0), (103.0, 200.0), (200.0, 200.0))
    slow = ((0.0, 1.0), (800.0, 200.0))
    leapt, ramped = (Scenario(Load(points, think=1.0), server) for points in (leap, slow))
    held = measured.goodput(server, Load(((0.0, 200.0), (1.0, 200.0)), think=1.0))
    assert measured.highest_under_load(leapt, 30.0) > 1.02 * held
    assert measured.peak_under_load(leapt, 30.0) == pytest.approx(held, rel=0.01)
    assert measured.peak_under_load(ramped, 30.0) == measured.highest_under_load(ramped, 30.0) > 1.3 * held


def test_a_load_that_pauses_leaps_as_it_goes_on() -> None:
    """As after a probe."""
    server = Server(4, Service(0.05, cv=0.2), contention=0.005)
    paused = ((0.0, 1.0), (10.0, 9.0), (10.1, 0.0), (30.0, 0.0), (30.1, 60.0), (120.0, 60.0))
    held = measured.goodput(server, Load(((0.0, 60.0), (1.0, 60.0)), think=0.2))
    assert measured.peak_under_load(Scenario(Load(paused, think=0.2), server), 30.0) == pytest.approx(held, rel=0.02)


def test_while_a_full_server_answers_all_in_time_its_capacity_is_that_of_its_construction() -> None:
    """A steady run of 50,000 requests knows it to half a per cent, more than a long plateau does."""
    late = Load(((0.0, 1.0), (400.0, 1600.0)), think=1.0, timeout=6.0)
    assert truth_of(Scenario(late, Server(4, Service(0.02)))).max_throughput == 200.0
