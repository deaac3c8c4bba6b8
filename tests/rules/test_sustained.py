"""What was sustained: no lucky half minute, and little less than what a run without noise reached."""

from dataclasses import replace

import numpy as np
import pytest

from rules.finding import Verdict
from rules.judge import judge
from rules.sustained import best_sustained, surely_sustained, sustained_peak
from rules.timeline import Timeline
from tests.rules.test_regimes import served
from tests.timelines import STEP, ramp

BINS = 120

POISSON = 500.0**-0.5
"""Of 100 requests/s in bins of 5 s."""


def held(seed: int) -> Timeline:
    """100 requests/s, the limit of the server, under 300 VUs from the begin to the end."""
    run = ramp(noise=POISSON, seed=seed)
    rate = 100.0 * (1.0 + POISSON * np.random.default_rng(seed).standard_normal(run.vus.size))
    return replace(run, vus=np.full(rate.size, 300.0), throughput=rate, goodput=rate, iteration_durations=None)


def test_the_best_half_minute_of_a_level_promises_no_more_than_the_level() -> None:
    lows = [judge(held(seed)).max_throughput.low for seed in range(20_000, 20_040)]
    lucky = [best_sustained(held(seed)) for seed in range(20_000, 20_040)]
    assert np.mean(np.array(lucky) > 103.0) > 0.5
    assert np.max(np.array(lows)) < 103.0
    assert np.median(np.array(lows)) == pytest.approx(99.0, abs=1.5)


def test_of_a_ramp_that_met_no_limit_it_is_the_end() -> None:
    answer = judge(ramp(vus=90.0, noise=0.0))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.max_throughput.low == pytest.approx(90 / 1.02 * (1 - 3 / 60), rel=0.001)  # the mean of its last 30 s


def test_a_run_of_less_than_half_a_minute_sustained_nothing() -> None:
    assert surely_sustained(ramp(seconds=20.0)) is None


def test_a_long_stretch_is_preferred_to_a_lucky_short_one() -> None:
    rng = np.random.default_rng(11)
    rate = 100.0 + 5.0 * rng.standard_normal(BINS)
    noisy = served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate)
    lucky = best_sustained(noisy)
    assert lucky is not None
    assert lucky > 102.0
    assert sustained_peak(noisy, np.ones(BINS, bool)).value == pytest.approx(100.0, abs=1.0)


def test_a_lucky_half_minute_is_known_by_what_half_minutes_differ() -> None:
    """Noise that lasts for half a minute, of which single bins hardly tell."""
    flat, told = ramp(capacity=100, vus=600, seconds=BINS * STEP), []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rate = 100.0 + 4.0 * np.repeat(rng.standard_normal(BINS // 6), 6) + 0.5 * rng.standard_normal(BINS)
        told.append(sustained_peak(served(flat, rate), np.ones(BINS, bool)).value)
    assert np.median(told) < 105.0  # the best half minute of each is at 107


def test_a_peak_is_higher_than_the_mean_of_the_stretch_that_it_is_taken_from() -> None:
    """What falls in noise is averaged over several minutes, and is worth what it had at their begin."""
    flat, told = ramp(capacity=100, vus=600, seconds=BINS * STEP), []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rate = np.linspace(100.0, 80.0, BINS) * (1 + 0.02 * rng.standard_normal(BINS))
        told.append(sustained_peak(served(flat, rate), np.ones(BINS, bool)))
    assert np.median([one.value for one in told]) == pytest.approx(99.6, abs=0.5)
    assert sum(one.low <= 99.6 <= one.high for one in told) >= 36


def test_where_nothing_is_answered_in_time_nothing_varies_and_that_tells_nothing_of_the_peak() -> None:
    rate = np.where(np.arange(BINS) < 30, 100.0, 0.0) * (1 + 0.08 * np.random.default_rng(3).standard_normal(BINS))
    late = replace(ramp(capacity=100, vus=600, seconds=BINS * STEP), goodput=rate)
    seen = sustained_peak(late, np.ones(BINS, bool))
    assert seen.half_width > 2.0
    assert seen.low < 100.0
