"""Comparisons with runs of which nothing tells whether k6 was the limit."""

from __future__ import annotations

import pytest

from rules.answer import Answer, Endpoint, Generator, Interval
from rules.compare import compare
from rules.comparison import Outcome
from rules.proof import PROVE_IT
from tests.rules.answers_of import answer, slo

BETTER, WORSE, UNKNOWN = Outcome.BETTER, Outcome.WORSE, Outcome.UNKNOWN


def in_doubt(testid: str, value: float) -> Answer:
    """One of which nothing tells whether k6 was the limit."""
    return answer(testid, value, generator=Generator(verdict="unknown"))


@pytest.mark.parametrize(
    ("before", "after", "outcome", "size"),
    [
        (answer("a"), in_doubt("b", 900.0), UNKNOWN, "at least −11.8 %"),  # k6 may have held it back
        (answer("a"), in_doubt("b", 1000.0), UNKNOWN, "at least −2.0 %"),
        (answer("a"), in_doubt("b", 1100.0), BETTER, "at least +7.8 %"),  # whatever held it back
        (in_doubt("a", 1000.0), answer("b", 900.0), WORSE, "at most −8.2 %"),
        (in_doubt("a", 1000.0), answer("b", 1100.0), UNKNOWN, "at most +12.2 %"),
        (in_doubt("a", 1000.0), in_doubt("b", 900.0), UNKNOWN, "unknown"),
    ],
)
def test_what_may_be_k6s_own_limit_is_a_lower_bound(before: Answer, after: Answer, outcome: Outcome, size: str) -> None:
    told = compare([before], [after]).max_throughput
    assert (told.verdict, told.size, told.change) == (outcome, size, None)


def test_whose_limit_is_in_doubt_is_said_with_how_to_know() -> None:
    told = compare([answer("a")], [in_doubt("b", 900.0)])
    assert told.max_throughput.because.startswith("1,000/s before, at least 891/s after")
    assert told.notes == [
        "candidate: nothing tells whether k6 itself was the limit, so what it reached is a lower bound",
        PROVE_IT.removesuffix("."),
    ]
    assert compare([in_doubt("a", 1000.0)], [in_doubt("b", 900.0)]).comparable is False


def test_among_others_such_a_run_is_left_out_and_named() -> None:
    told = compare([answer("a1", 1000.0), in_doubt("a2", 1001.0), answer("a3", 1002.0)], [answer("b")])
    assert told.max_throughput.baseline.value == pytest.approx(1001.0)
    assert told.notes[0] == "baseline: of a2 nothing tells whether k6 itself was the limit; left out"


def test_so_are_its_latency_at_the_plateau_and_its_endpoints() -> None:
    names = [Endpoint(name=name, requests=9, goodput=500.0, low=495.0, high=505.0, failure_ratio=0.0) for name in "xy"]
    sure, doubt = (
        answer(testid, slo_capacity=slo(1000.0), endpoints=names, generator=Generator(verdict=known))
        for testid, known in (("a", "ok"), ("b", "unknown"))
    )
    told = compare([sure], [doubt])
    assert told.slo_capacity is not None
    assert [one.candidate for one in (told.slo_capacity, *told.endpoints)] == [
        Interval(low=990.0),
        Interval(low=495.0),
        Interval(low=495.0),
    ]
