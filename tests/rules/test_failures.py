"""When no useful work was done: the best of many windows may be a lucky one, and a burst that was served is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rules.answer import Objective
from rules.failures import judge
from rules.finding import Verdict
from rules.judge import judge as answered
from rules.series import Floats
from rules.timeline import Timeline
from tests.timelines import STEP, ramp, with_failures

HOUR = 3600.0
RATE = 10.0


def of(good: Floats) -> Timeline:
    """RATE requests/s for as many bins, of which ``good`` requests of each succeed."""
    every = np.full(good.size, RATE * STEP)
    failed = {"500": float((every - good).sum())}
    return replace(
        ramp(seconds=good.size * STEP),
        throughput=every / STEP,
        goodput=good / STEP,
        failures_by_status={"500": (every - good) / STEP},
        totals={"200": float(good.sum()), **failed},
        failed_totals=failed,
    )


def test_a_share_that_reaches_5_percent_by_chance_alone_is_no_useful_work() -> None:
    lucky = of(np.random.default_rng(1).poisson(0.025 * RATE * STEP, int(HOUR / STEP)).astype(float))
    said = judge(lucky, Objective())
    assert said.concludes is Verdict.FAILING
    assert said.because.startswith("in no 30 s did 5 % of requests succeed but by chance: 500 ×")
    assert said.measured is not None
    assert 0.02 < said.measured < 0.03, "what the run shows, not its luckiest half minute"


def test_half_a_minute_that_was_served_is_useful_work_however_long_the_rest() -> None:
    good = np.zeros(int(HOUR / STEP))
    good[:6] = 0.5 * RATE * STEP
    assert judge(of(good), Objective()).concludes is None


def test_where_nothing_reached_the_limit_no_chance_is_spoken_of() -> None:
    said = judge(of(np.zeros(60)), Objective())
    assert (said.concludes, said.because) == (
        Verdict.FAILING,
        "in no 30 s did 5 % of requests succeed: 500 ×3,000",
    )


def test_a_server_that_answers_errors_only_is_failing_and_has_no_number() -> None:
    run = with_failures(ramp(), 0.5, status="500")
    run = replace(run, goodput=np.zeros(60), totals={"500": 5000.0}, failed_totals={"500": 5000.0})
    answer = answered(run)
    assert answer.verdict is Verdict.FAILING
    assert (answer.max_throughput.value, answer.max_throughput.low) == (None, None)
    assert answer.failures is not None
    assert answer.failures.by_status == {"500": 5000}
    assert "500 ×5,000" in answer.because


def test_a_hard_rate_limit_that_refuses_most_requests_is_no_failing_server() -> None:
    answer = answered(with_failures(ramp(capacity=100), 0.9, status="429"))
    assert answer.verdict is not Verdict.FAILING
