"""Goodput that falls as VUs rise, and falls that have another reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import plateau
from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from rules.series import Floats
from rules.sustained import best_sustained
from rules.timeline import Timeline
from tests.rules.test_regimes import served
from tests.simulator import Scenario, simulate
from tests.simulator.scenario import Load, RateLimit, Server, Service
from tests.timelines import STEP, durations, ramp, with_failures

BINS = 120
VUS = ramp(capacity=100, vus=600, seconds=BINS * STEP).vus


def run(rate: Floats, vus: Floats = VUS) -> Timeline:
    noise = 1 + 0.005 * np.random.default_rng(2).standard_normal(rate.size)
    return served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate * noise, vus)


def found(timeline: Timeline) -> plateau.Plateau:
    seen = plateau.find(timeline)
    assert seen is not None
    return seen


def test_goodput_that_falls_with_vus_is_worth_its_sustained_peak() -> None:
    rate = np.minimum(VUS / 1.02, 100 / (1 + 0.004 * np.maximum(VUS - 150, 0)))
    seen = found(run(rate))
    assert seen.falling
    assert seen.estimate.value == pytest.approx(best_sustained(run(rate)), rel=0.01)
    assert judge(run(rate)).verdict is Verdict.SATURATED


def test_a_peak_without_a_queue_is_found_where_stairs_of_vus_lose_it_step_by_step() -> None:
    vus = np.repeat([70.0, 100.0, 150.0, 220.0, 320.0, 450.0], 20)
    rate = np.repeat([68.0, 95.0, 80.0, 66.0, 55.0, 46.0], 20)  # 95 of 100 VUs: nobody waits
    seen = found(run(rate, vus))
    assert seen.falling
    assert seen.estimate.value == pytest.approx(95.0, rel=0.01)


@pytest.mark.parametrize("failing", [0.0, 0.06])
def test_replies_that_fail_at_any_load_hide_no_peak(failing: float) -> None:
    """That is lost for good and bad ones alike; but all of them together are more than the good ones were."""
    vus = np.repeat([70.0, 100.0, 150.0, 220.0, 320.0, 450.0], 20)
    timeline = with_failures(run(np.repeat([68.0, 95.0, 90.0, 88.0, 87.0, 86.0], 20), vus), failing)
    seen = found(replace(timeline, vus=vus))
    assert seen.falling
    assert seen.estimate.value == pytest.approx(95.0, rel=0.01)


def test_a_load_that_comes_down_and_goes_up_again_loses_its_peak_to_vus_alone() -> None:
    """What is lost as VUs leave is no loss of the system."""
    vus = np.concatenate([np.linspace(5, 400, 60), np.linspace(400, 5, 25), np.linspace(5, 400, 35)])
    rising = np.minimum(vus / 1.02, 88 + 12 * (vus - 90) / 60)
    rate = np.where(vus < 150, rising, 100 / (1 + 0.004 * np.maximum(vus - 150, 0)))
    seen = found(run(rate, vus))
    assert seen.falling
    assert seen.estimate.value == pytest.approx(best_sustained(run(rate, vus)), rel=0.01)


@pytest.mark.parametrize("flanks", [(1.2, 1.2), (1.2, 1.0), (1.0, 1.2)], ids=["both", "way up", "way down"])
def test_a_leap_past_the_peak_is_told_by_more_at_both_its_flanks(flanks: tuple[float, float]) -> None:
    vus, rate = np.full(BINS, 40.0), np.full(BINS, 39.0)
    vus[40:80], rate[40:80] = 500.0, 100.0
    vus[[40, 79]], rate[[40, 79]] = 250.0, 100.0 * np.array(flanks)
    seen = found(run(rate, vus))
    assert seen.leapt == (min(flanks) > 1.0)
    assert seen.estimate.value == pytest.approx(100.0, rel=0.005)  # what is held, whatever was served for moments


def test_what_is_served_between_two_dips_is_no_peak_at_the_flanks() -> None:
    vus, rate = np.full(BINS, 40.0), np.full(BINS, 39.0)
    vus[40:80], rate[40:80] = 500.0, 100.0
    vus[[40, 79]], rate[45:75] = 250.0, np.tile(np.repeat([88.0, 100.0, 88.0], 5), 2)
    seen = found(run(rate, vus))
    assert not seen.leapt
    assert seen.estimate.value == pytest.approx(rate[41:79].mean(), rel=0.02)


def test_a_system_that_lost_speed_at_once_was_not_at_its_peak_before() -> None:
    """Credits ran out at 95 VUs: what was served before without a queue is no limit that was seen."""
    rate = np.where(VUS < 95, VUS / 1.02, 60.0)
    seen = found(run(rate))
    assert not seen.falling
    assert seen.estimate.value == pytest.approx(60.0, rel=0.01)


def test_nor_was_one_that_lost_it_in_a_gap() -> None:
    """Credits ran out while no samples came, at the same load as before and after."""
    vus = np.repeat(np.linspace(20.0, 600.0, 6), 20)
    rate = np.where(np.arange(BINS) < 75, np.minimum(vus / 1.02, 100.0), 20.0)
    lost = np.where((np.arange(BINS) >= 70) & (np.arange(BINS) < 78), np.nan, 0.0)
    whole = run(rate, vus)
    seen = found(replace(whole, goodput=whole.goodput + lost, throughput=whole.throughput + lost, vus=vus + lost))
    assert not seen.falling
    assert seen.estimate.value == pytest.approx(100.0, rel=0.005)


def test_goodput_that_falls_because_load_falls_is_no_loss_of_capacity() -> None:
    vus = np.concatenate([np.linspace(5, 600, 30), np.full(60, 600.0), np.linspace(600, 5, 30)])
    rate = np.minimum(vus / 1.02, 100.0)
    seen = found(run(rate, vus))
    assert not seen.falling
    assert seen.estimate.value == pytest.approx(100.0, rel=0.005)


@pytest.mark.parametrize("after", [(300.0, 400.0), (300.0, 1.0)], ids=["held", "and down again"])
def test_tokens_that_a_rate_limiter_had_saved_up_are_no_peak(after: tuple[float, float]) -> None:
    """Three seconds' worth of them let a ramp pass the limit for half a minute; then what is too much is refused."""
    server = Server(8, Service(0.02, 0.5), rate_limit=RateLimit(100.0, burst=300.0))
    run = simulate(Scenario(Load(((0.0, 1.0), (200.0, 400.0), after), think=2.0), server), 3)
    seen = found(to_timeline(run.samples, run.testid))
    assert not seen.falling
    assert seen.estimate.value == pytest.approx(100.0, rel=0.01)


def backing_off() -> Timeline:
    """Saved tokens serve all of 108 VUs for 35 s; then whoever is told 429 sleeps for 8 s, so that fewer ask."""
    vus = np.repeat([40.0, 70.0, 108.0, 150.0, 220.0, 320.0], 20)
    rate = np.minimum(vus / 1.02, np.where(np.arange(BINS) < 47, 1000.0, 100.0))
    refused = (vus - rate * 1.02) / 8.0
    quick, every = durations(rate * STEP, np.full(BINS, 0.02)), rate + refused
    return replace(
        run(rate, vus),
        throughput=every,
        failures_by_status={"429": refused},
        durations=quick,
        expected_durations=quick,
        iteration_durations=durations(every * STEP, vus / every),
    )


def test_replies_that_become_fewer_as_users_wait_after_a_429_are_no_lost_peak() -> None:
    seen = found(backing_off())
    assert not seen.falling
    assert seen.estimate.value == pytest.approx(100.0, rel=0.005)


def test_a_peak_that_slower_replies_lost_is_one_beside_429s_too() -> None:
    vus = np.repeat([70.0, 100.0, 150.0, 220.0, 320.0, 450.0], 20)
    slower = run(np.repeat([68.0, 95.0, 80.0, 66.0, 55.0, 46.0], 20), vus)
    refused = np.repeat([0.0, 0.0, 1.0, 1.0, 2.0, 2.0], 20)
    seen = found(replace(slower, throughput=slower.goodput + refused, failures_by_status={"429": refused}))
    assert seen.falling
    assert seen.estimate.value == pytest.approx(95.0, rel=0.01)


def test_a_queue_of_a_few_seconds_is_no_plateau() -> None:
    vus = np.full(BINS, 50.0)
    vus[60:63] = 400.0
    rate = np.minimum(vus / 1.02, 100.0)
    assert judge(run(rate, vus)).verdict is Verdict.NOT_SATURATED


def test_what_vus_may_rise_threefold_without_losing_was_not_lost_to_the_few_that_came_before() -> None:
    """Lucky half a minute just below the knee: of few and long requests the best of many is 10 % above their mean."""
    rate = np.minimum(VUS / 1.2, 100.0)
    rate[21:27] = 110.0
    assert not found(run(rate)).falling
    assert found(run(rate)).estimate.value == pytest.approx(100.0, rel=0.005)
    going_on = np.where(np.arange(BINS) < 27, rate, 100.0 * (VUS / VUS[27]) ** -0.1)
    assert found(run(going_on)).falling
    assert found(run(going_on)).estimate.value == pytest.approx(110.0, rel=0.01)
