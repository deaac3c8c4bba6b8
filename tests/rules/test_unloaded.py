"""How much cycles differ under light load."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from rules.finding import Verdict
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Durations, Timeline
from rules.unloaded import baseline_cycle, cv_squared
from tests.rules.test_regimes import served
from tests.timelines import STEP, durations, ramp

BINS = 120


def spread(upper: Floats, counts: Floats) -> Timeline:
    """A run whose iterations are, in each bin, in the buckets that end at ``upper`` so often."""
    run = ramp(seconds=60.0)
    buckets = np.tile(counts, (run.vus.size, 1))
    lower = np.concatenate([[0.0], upper[:-1]])
    total = buckets.sum(axis=1)
    return replace(run, iteration_durations=Durations(total, total, lower, upper, buckets))


def test_a_bucket_without_an_upper_end_counts_as_its_lower_one() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cv_squared(spread(np.array([2.0, np.inf]), np.array([5.0, 5.0]))) == pytest.approx(0.25 / 1.5**2)
        assert cv_squared(spread(np.array([2.0, np.inf]), np.array([5.0, 0.0]))) == 0.0


def test_durations_of_nothing_have_no_coefficient() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cv_squared(spread(np.array([0.0, 2.0]), np.array([5.0, 0.0]))) is None


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("light", [True, False], ids=["after light load", "from the begin"])
def test_a_slower_system_is_no_limit_where_the_faster_one_may_have_had_a_queue_too(light: bool, native: bool) -> None:
    """A deployment makes it slower. Without light load before, what it made then looks like what VUs make unloaded."""
    vus, rate = np.full(BINS, 400.0), np.full(BINS, 100.0)
    vus[:2], rate[:2] = [300.0, 390.0], [75.0, 97.5]
    if light:
        vus[:20] = np.linspace(10.0, 390.0, 20)
        rate[:20] = np.minimum(vus[:20] / 4.0, 100.0)  # so much that VUs make the 100 without a queue
    rate[60:] = 60.0
    noise = 1 + 0.005 * np.random.default_rng(2).standard_normal(BINS)
    run = served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate * noise, vus)
    if not native:
        run = replace(run, durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    answer = judge(run)
    assert answer.verdict is (Verdict.SATURATED if light else Verdict.NOT_SATURATED)
    if light:
        assert answer.max_throughput.value == pytest.approx(60.0, rel=0.01)
    else:
        assert answer.max_throughput.low == pytest.approx(100.0, rel=0.01)


def test_nor_do_vus_that_only_end_tell_what_light_load_makes() -> None:
    """The load has ended, and with it all replies."""
    vus, rate = np.full(BINS, 400.0), np.full(BINS, 100.0)
    vus[:2], rate[:2], rate[60:] = [300.0, 390.0], [75.0, 97.5], 60.0
    vus[-4:] = [250.0, 120.0, 40.0, 5.0]
    noise = 1 + 0.005 * np.random.default_rng(2).standard_normal(BINS)
    run = served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate * noise, vus)
    over = np.arange(BINS) >= BINS - 4
    none = np.where(over, 0.0, run.goodput)
    answer = judge(replace(run, goodput=none, throughput=none))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.max_throughput.low == pytest.approx(100.0, rel=0.01)


def test_nor_is_a_system_that_served_more_later_at_the_same_load() -> None:
    """What light load told while it was cold says nothing of it when it is warm."""
    vus, rate = np.full(BINS, 400.0), np.empty(BINS)
    vus[:20] = np.linspace(10.0, 115.0, 20)
    rate[:20], rate[20:80], rate[80:] = vus[:20] / 4.0, np.linspace(30.0, 100.0, 60), 100.0
    noise = 1 + 0.005 * np.random.default_rng(2).standard_normal(BINS)
    answer = judge(served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate * noise, vus))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.max_throughput.low == pytest.approx(100.0, rel=0.01)


@pytest.mark.parametrize("seed", [26_000, 26_001, 26_002])
def test_users_who_act_as_one_make_the_cycle_no_shorter(seed: int) -> None:
    """A bin's 125 iterations take as long as each other, and 9 % more or less than the next bin's: as if they were a
    few. The least of so many bins is 20 % too short."""
    cycle = 2.0 * (1.0 + 0.09 * np.random.default_rng(seed).standard_normal(BINS))
    run = ramp(seconds=BINS * STEP, capacity=np.inf, vus=50.0, noise=0.0)
    rate = np.full(BINS, 25.0)
    run = replace(run, vus=np.full(BINS, 50.0), goodput=rate, throughput=rate, iterations=rate)
    run = replace(run, iteration_durations=durations(rate * STEP, cycle))
    assert cycle.min() < 1.6
    assert baseline_cycle(run) == pytest.approx(2.0, rel=0.16)  # to 4 %, and the least of many


def test_requests_of_no_vu_tell_no_cycle() -> None:
    """A look at the VUs may miss each of the brief iterations that an open load makes."""
    run = ramp(seconds=BINS * STEP, capacity=100.0, vus=400.0)
    run = replace(run, durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert baseline_cycle(replace(run, vus=np.zeros(BINS))) is None
        late = replace(run, vus=np.where(np.arange(BINS) < BINS // 2, 0.0, 400.0), goodput=np.full(BINS, 100.0))
        assert baseline_cycle(replace(late, throughput=late.goodput, iterations=late.goodput))  # and that is not 0
