"""What was surely sustained: no lucky half minute, and little less than what a run without noise reached."""

from dataclasses import replace

import numpy as np
import pytest

from rules.finding import Verdict
from rules.judge import judge
from rules.peak import best_sustained
from rules.surely import surely_sustained
from rules.timeline import Timeline
from tests.timelines import ramp

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
