"""Several runs of one test as one answer: an interval over runs, and how much of the spread is between them."""

from __future__ import annotations

import json

import pytest

from rules.answer import Answer, Generator, Interval, SloCapacity
from rules.evened import words
from rules.repeated import Repeated, repeated
from tests.rules.answers_of import answer, at_least, refused, slo


def test_the_interval_is_over_runs_and_says_what_is_between_them() -> None:
    told = repeated("a", [answer(f"a-{i}", value, 0.004, slo_capacity=slo(value, 0.004)) for i, value in RUNS])
    assert told.max_throughput.value == pytest.approx(1000.0, rel=1e-3)
    assert told.max_throughput.low == pytest.approx(952.0, abs=2)
    assert told.max_throughput.high == pytest.approx(1050.0, abs=2)
    assert told.slo_capacity == told.max_throughput
    assert told.share_between_runs == pytest.approx(1 - (0.004 / 1.96) ** 2 / 0.02**2, abs=0.01)
    assert told.because == (
        "the 3 runs went from 980 to 1,020/s; about 99 % of their variance is between the runs, "
        "the rest is within what each of them tells of itself"
    )


RUNS = [(1, 1000.0), (2, 980.0), (3, 1020.0)]


def test_one_run_keeps_its_own_interval_and_says_what_that_cannot_see() -> None:
    told = repeated("a", [answer("a-1")])
    assert (told.max_throughput.low, told.max_throughput.high) == pytest.approx((990.0, 1010.0))
    assert told.share_between_runs is None
    assert told.because == "1,000/s in one run, whose interval cannot see what differs between runs"


def test_runs_that_agree_are_said_to() -> None:
    told = repeated("a", [answer(f"a-{i}") for i in (1, 2)])
    assert told.share_between_runs == 0
    assert "; none of it is between them, " in told.because


def test_without_a_limit_there_is_a_bound_and_without_an_answer_a_reason() -> None:
    bound = repeated("a", [at_least("a-1", 900.0), at_least("a-2", 950.0)])
    assert bound.max_throughput == Interval(low=900.0)
    assert bound.because == "at least 900/s: no run found the limit"
    assert repeated("a", [refused("a-1")]).because == "a-1 is inconclusive, because of a gap"


def test_runs_that_contradict_each_other_are_not_said_to_have_found_no_limit() -> None:
    told = repeated("a", [answer("a-1"), answer("a-2", 990.0), at_least("a-3", 1200.0)])
    assert told.max_throughput == Interval(low=980.1)
    assert told.because == (
        "at least 980/s: the runs contradict each other, 1 of 3 runs went beyond the others without a limit"
    )
    assert told.notes == []
    assert told.share_between_runs is None


def test_it_comes_back_as_it_was() -> None:
    told = repeated("a", [answer("a-1"), answer("a-2", 990.0)])
    assert json.loads(told.to_json())["runs"] == ["a-1", "a-2"]
    assert json.loads(told.to_json())["schema"] == "loadline.repeated/1"
    assert Repeated.model_validate_json(told.to_json()) == told


def with_slo(*levels: Interval) -> list[Answer]:
    """A run for each level of its SLO capacity; nothing tells whether k6 was the limit of any."""
    unheard = Generator(verdict="unknown")
    told = [SloCapacity(**level.model_dump()) for level in levels]
    return [answer(f"a-{i}", generator=unheard, slo_capacity=one) for i, one in enumerate(told, 1)]


NEAR = [Interval(value=900.0, low=891.0, high=909.0), Interval(value=905.0, low=896.0, high=914.0)]
FELL, ROSE = "had no value, and their limit below that of the others", "went beyond the others without a limit"


@pytest.mark.parametrize(
    ("third", "whole", "note"),
    [
        (Interval(high=500.0), Interval(high=914.0), FELL),
        (Interval(low=400.0, high=500.0), Interval(low=400.0, high=914.0), FELL),
        (Interval(low=1000.0, high=1100.0), Interval(low=891.0, high=1100.0), ROSE),
        (Interval(low=1000.0), Interval(low=891.0), ROSE),
    ],
    ids=["below", "between, below", "between, beyond", "at least, beyond"],
)
def test_bounds_that_the_others_contradict_leave_no_value(third: Interval, whole: Interval, note: str) -> None:
    told = repeated("a", with_slo(*NEAR, third))
    assert told.slo_capacity == whole
    assert told.notes == [f"SLO capacity: 1 of 3 runs {note}"]


def test_bounds_that_hold_the_others_are_left_out_and_said() -> None:
    told = repeated("a", with_slo(*NEAR, Interval(high=1200.0)))
    assert told.slo_capacity is not None
    assert told.slo_capacity.value == pytest.approx(902.5, abs=0.1)
    assert told.notes == ["SLO capacity: a-3 tells no more than below 1,200/s; left out"]


def test_what_bounds_nothing_is_no_end_and_a_held_rate_is_at_least() -> None:
    held = repeated("a", with_slo(Interval(value=900.0, low=891.0))).slo_capacity
    assert held is not None
    assert (words(held), held.high) == ("at least 900/s", None)
    assert repeated("a", with_slo(Interval(value=900.0))).slo_capacity == Interval(value=900.0)
