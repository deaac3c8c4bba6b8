"""Requests that come by the clock: a rate that rises does not tell which one is kept for good."""

from __future__ import annotations

import pytest

from rules.answer import Objective, SloCapacity
from rules.finding import Verdict
from rules.judge import judge
from rules.timeline import Timeline
from tests.rules.test_slo_crossing import LIMIT, by_the_clock

KEPT = 155.0
"""Requests/s, of open_promise.slo_capacity for the server whose service times are exponential."""


def told(run: Timeline, objective: Objective = LIMIT) -> tuple[SloCapacity, str]:
    answer = judge(run, objective)
    assert answer.verdict is Verdict.SATURATED
    assert answer.slo_capacity is not None
    assert answer.slo_capacity.model == "open"
    return answer.slo_capacity, next(one.because for one in answer.findings if one.rule == "latency")


def test_a_ramp_that_ends_at_the_capacity_tells_bounds_though_it_was_served_all_that_was_due() -> None:
    answer = judge(by_the_clock((0.0, 1.0), (400.0, 200.0)), LIMIT)
    assert answer.verdict is Verdict.NOT_SATURATED
    slo = answer.slo_capacity
    assert slo is not None
    assert slo.value is None
    assert slo.low is not None
    assert slo.high is not None
    assert slo.low < KEPT < slo.high < 200.0


def test_a_ramp_on_which_the_queue_had_no_time_to_grow_tells_bounds_alone() -> None:
    """Read off at the crossing it would be 199 requests/s."""
    slo, because = told(by_the_clock((0.0, 1.0), (400.0, 300.0)))
    assert slo.value is None
    assert slo.low == pytest.approx(KEPT, rel=0.08)
    assert slo.high == pytest.approx(200.0, rel=0.025)
    assert because.endswith("requests/s: up to where for good, only a rate that is held can tell")


def test_a_plateau_on_which_replies_were_in_time_so_far_is_no_value_either() -> None:
    slo, _ = told(by_the_clock((0.0, 1.0), (200.0, 190.0), (300.0, 250.0)), Objective(latency_seconds=5.0))
    assert slo.value is None
    assert slo.high == pytest.approx(200.0, rel=0.025)


def test_bounds_that_are_as_good_as_a_value_are_one() -> None:
    """Service times that are all alike make no queue below the capacity."""
    slo, because = told(by_the_clock((0.0, 1.0), (400.0, 300.0), cv=0.0))
    assert slo.low is not None
    assert slo.high is not None
    assert slo.value == pytest.approx((slo.low + slo.high) / 2)
    assert slo.value == pytest.approx(200.0, rel=0.015)
    assert slo.low < 200.0 < slo.high < 1.03 * slo.low
    assert because == "95 % within 68 ms up to 198 requests/s"
