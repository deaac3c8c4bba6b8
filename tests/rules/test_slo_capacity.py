"""The SLO capacity: the plateau's, between two loads, only bounds, or nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules.answer import Objective, SloCapacity
from rules.finding import Verdict
from rules.judge import judge
from rules.series import Floats
from rules.statistics.windows import Mask
from rules.timeline import Timeline
from tests.rules.test_regimes import served
from tests.timelines import STEP, ramp

BINS = 240


def answered(timeline: Timeline, latency_seconds: float) -> SloCapacity:
    told = judge(timeline, Objective(latency_seconds=latency_seconds)).slo_capacity
    assert told is not None
    return told


def under(vus: Floats, capacity: float = 100.0) -> Timeline:
    """A server of ``capacity`` under ``vus``; requests take 20 ms alone, and VUs think for 1 s."""
    rate = np.minimum(vus / 1.02, capacity) * (1 + 0.005 * np.random.default_rng(3).standard_normal(vus.size))
    return served(ramp(capacity=capacity, vus=600, seconds=vus.size * STEP), rate, vus)


def test_an_objective_that_is_lost_on_the_plateau_has_its_level() -> None:
    run = under(np.linspace(2, 600, BINS))
    told = answered(run, 1.0)
    top = judge(run).max_throughput
    assert (told.value, told.low, told.high) == (top.value, top.low, top.high)
    assert told.value == pytest.approx(100.0, rel=0.005)


@pytest.mark.parametrize("limit", [0.12, 0.14])
def test_an_objective_that_is_lost_just_beyond_the_knee_has_no_more_than_the_maximum(limit: float) -> None:
    """Lost by 112 and 114 VUs, under which some bins are above the mean of the plateau."""
    run = under(np.linspace(2, 600, BINS))
    told, top = answered(run, limit), judge(run).max_throughput
    assert told.value == top.value
    assert told.high == top.high
    assert told.low is not None
    assert top.low is not None
    assert told.low <= top.low


def test_an_objective_that_is_lost_before_the_knee_lies_between_the_loads_on_either_side() -> None:
    vus = np.linspace(2, 600, BINS)
    rate = np.minimum(vus / (1.0 + 0.1 * np.minimum(vus / 60, 1.2) ** 4), 100.0)  # 100 ms already at 60 VUs
    told = answered(served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate, vus), 0.1)
    assert told.value is not None
    assert told.low is not None
    assert told.high is not None
    assert told.value == pytest.approx(54.5, rel=0.06)
    assert told.low <= 54.5 <= told.high


def test_load_that_leaps_over_the_crossing_leaves_bounds_and_no_value() -> None:
    vus = np.where(np.arange(BINS) < 100, 20.0, 500.0)
    told = answered(under(vus), 0.05)  # kept by 105 VUs, too near to the knee's 102 to know that they fill it
    assert told.value is None
    assert told.low == pytest.approx(19.6, rel=0.03)
    assert told.high == pytest.approx(100.0, rel=0.02)


def test_load_that_leaps_over_a_crossing_far_on_the_plateau_tells_it_by_littles_law() -> None:
    run = under(np.where(np.arange(BINS) < 100, 20.0, 500.0))
    told, top = answered(run, 1.0), judge(run).max_throughput  # kept by 200 VUs
    assert (told.value, told.low, told.high) == (top.value, top.low, top.high)


def test_a_plateau_of_few_vus_is_sure_only_with_more_of_them() -> None:
    def few(limit: float) -> SloCapacity:
        vus = np.where(np.arange(BINS) < 100, 1.0, 50.0)
        rate = np.minimum(vus / 1.02, 5.0) * (1 + 0.005 * np.random.default_rng(3).standard_normal(vus.size))
        return answered(served(ramp(capacity=5.0, vus=60, seconds=BINS * STEP), rate, vus), limit)

    assert few(0.5).value is None  # kept by 7.5 VUs, 1.5 times the knee's 5; more by two roots are 9.6
    assert few(2.5).value == pytest.approx(5.0, rel=0.005)


def test_load_that_comes_back_down_changes_nothing() -> None:
    up = np.linspace(2, 600, BINS // 2)
    there, back = answered(under(np.linspace(2, 600, BINS)), 1.0), answered(under(np.concatenate([up, up[::-1]])), 1.0)
    assert there.value == pytest.approx(back.value, rel=0.005)


def test_an_objective_that_was_never_lost_is_at_least_what_was_sustained() -> None:
    told = answered(under(np.linspace(2, 90, BINS)), 1.0)
    assert (told.value, told.high) == (None, None)
    assert told.low == pytest.approx(86.0, rel=0.03)


def test_an_objective_that_the_least_load_breaks_is_at_most_what_that_is_served() -> None:
    run = under(np.linspace(2, 600, BINS))
    told = answered(run, 0.001)
    assert (told.value, told.low) == (None, None)
    assert told.high == pytest.approx(4.5, abs=3.0)  # 2 VUs in the first bin, 4.5 in the next
    latency = next(one for one in judge(run, Objective(latency_seconds=0.001)).findings if one.rule == "latency")
    assert "not even at light load" in latency.because


def test_the_crossing_is_placed_where_the_objective_began_to_be_missed() -> None:
    run = under(np.linspace(2, 600, BINS))
    slo = next(event for event in judge(run).events if event.rule == "slo")
    # R = N/100 - 1 passes 1 s at 200 VUs.
    assert slo.time.timestamp() - run.start == pytest.approx(200 / 600 * BINS * STEP, abs=30)


def failing(share: float) -> Timeline:
    """As many VUs all the time, well below the capacity; a ``share`` of the requests fails."""
    vus = np.full(BINS, 60.0)
    run = under(vus)
    spread = run.expected_durations
    assert spread is not None
    fewer = replace(spread, buckets=spread.buckets * (1 - share), counts=spread.counts * (1 - share))
    return replace(run, goodput=run.throughput * (1 - share), expected_durations=fewer)


def test_what_may_be_lost_from_the_first_has_no_bound_though_much_was_sustained() -> None:
    sure, unsure = (answered(failing(share), 1.0) for share in (0.01, 0.049))
    assert sure.low is not None
    assert (unsure.value, unsure.low, unsure.high) == (None, None, None)


def slow_at_last(bins: int) -> Timeline:
    """Load that stays below the capacity; 6 % of the requests of the last so many ``bins`` are slow."""
    return slow(np.arange(BINS) >= BINS - bins, 0.06)


def slow(late: Mask, part: float) -> Timeline:
    """Load that stays below the capacity; of the requests of the bins that are ``late`` so great a ``part`` is slow."""
    run = under(np.linspace(2.0, 90.0, BINS))
    spread = run.expected_durations
    assert spread is not None
    buckets = np.where(late[:, None], 1.0 - part, 1.0) * spread.buckets
    buckets[late, -1] += part * spread.buckets[late].sum(axis=1)
    return replace(run, expected_durations=replace(spread, buckets=buckets))


def said(run: Timeline, latency_seconds: float) -> str:
    findings = judge(run, Objective(latency_seconds=latency_seconds)).findings
    return next(one.because for one in findings if one.rule == "latency")


def test_what_is_likely_to_have_been_lost_is_not_said_to_have_been_kept_to_the_end() -> None:
    run = slow_at_last(6)
    told = answered(run, 1.0)
    assert told.low is not None
    assert (told.value, told.high) == (None, None)
    assert any(event.rule == "slo" for event in judge(run, Objective(latency_seconds=1.0)).events)
    assert "then it was lost" in said(run, 1.0)
    assert "to the end" in said(slow_at_last(0), 1.0)


@pytest.mark.parametrize(
    ("late", "event"),
    [((100, 108), True), ((BINS - 1, BINS), False)],
    ids=["a pause under half of the load", "its last bin"],
)
def test_what_was_missed_but_not_as_the_load_grew_is_not_said_to_be_lost(late: tuple[int, int], event: bool) -> None:
    run = slow((np.arange(BINS) >= late[0]) & (np.arange(BINS) < late[1]), 0.5)
    told = answered(run, 1.0)
    assert told.low == pytest.approx(86.0, rel=0.03)
    assert (told.value, told.high) == (None, None)
    assert any(one.rule == "slo" for one in judge(run, Objective(latency_seconds=1.0)).events) is event
    missed = ", but for a while that its load does not explain" if event else ""
    assert said(run, 1.0) == f"95 % within 1.00 s to the end; the run did not go far enough to lose it{missed}"


def test_a_run_that_proves_nothing_still_tells_the_model_of_its_load() -> None:
    refused = replace(failing(0.99), failed_totals={"503": 1e9})
    dropping = replace(refused, dropped_iterations=np.ones(BINS))
    assert [judge(run).verdict for run in (refused, dropping)] == [Verdict.FAILING] * 2
    assert [answered(run, 1.0).model for run in (refused, dropping)] == ["closed", "open"]
