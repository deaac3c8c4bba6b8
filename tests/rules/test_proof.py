"""What the maximum proves where nothing tells whether k6 was the limit."""

from __future__ import annotations

import pytest

from rules.answer import Answer, Generator, Interval, SloCapacity
from rules.finding import Verdict
from rules.proof import level, max_throughput, said, slo_capacity, slo_unproven, unproven
from tests.rules.answers_of import answer, slo

UNHEARD = Generator(verdict="unknown")
TOP = Interval(value=1090.0, low=1078.0, high=1102.0)


@pytest.mark.parametrize(
    ("one", "doubt"),
    [
        (answer(generator=Generator(verdict="ok")), False),
        (answer(generator=UNHEARD), True),
        (answer(value=None, verdict=Verdict.NOT_SATURATED, generator=UNHEARD), False),
        (answer(value=None, verdict=Verdict.FAILING, generator=UNHEARD), False),
    ],
    ids=["innocent", "unknown", "no plateau", "no work"],
)
def test_a_plateau_is_in_doubt_unless_the_generator_was_heard(one: Answer, doubt: bool) -> None:
    assert unproven(one) is doubt


def test_what_is_in_doubt_proves_its_low_end_alone() -> None:
    assert max_throughput(answer(max_throughput=TOP)) == TOP
    assert max_throughput(answer(max_throughput=TOP, generator=UNHEARD)) == Interval(low=1078.0)


def test_so_does_the_slo_capacity_at_the_plateau_and_not_below() -> None:
    top, below = slo(1000.0), slo(700.0)
    assert slo_capacity(answer(slo_capacity=top)) == top
    assert slo_capacity(answer(slo_capacity=top, generator=UNHEARD)) == SloCapacity(low=990.0)
    assert slo_capacity(answer(slo_capacity=below, generator=UNHEARD)) == below
    assert slo_capacity(answer(generator=UNHEARD)) is None
    assert not slo_unproven(answer(slo_capacity=top))


def test_the_words_say_at_least_and_why() -> None:
    assert said(TOP) == level(TOP) == "1,090 requests/s [1,078, 1,102]"
    doubt = "at least 1,090 requests/s [1,078, 1,102], as nothing tells whether k6 itself was the limit"
    assert said(TOP, in_doubt=True) == doubt
    assert said(Interval(low=900.0), in_doubt=True) == "at least 900 requests/s"
    bounds = "at least 700 requests/s, as nothing tells whether k6 itself was the limit"
    assert said(Interval(low=700.0, high=900.0), in_doubt=True) == bounds
    none = "unknown, as nothing tells whether k6 itself was the limit"
    assert said(Interval(high=900.0), in_doubt=True) == none
    assert said(Interval(), in_doubt=True) == "unknown"


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (Interval(value=49.8, low=49.4), "at least 49.8 requests/s"),
        (Interval(value=49.8), "49.8 requests/s"),
        (Interval(high=49.8), "below 49.8 requests/s"),
        (Interval(low=40.0, high=49.8), "between 40 and 49.8 requests/s"),
    ],
)
def test_a_rate_that_was_held_is_no_capacity_unless_one_above_it_was_not(interval: Interval, words: str) -> None:
    assert level(interval) == words
    assert said(interval, in_doubt=True).count("at least") <= 1
