"""Every verdict and gate has the exit code that is documented for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import pytest

from loadline import exits
from rules.answer import Answer, Generator, Interval, SloCapacity
from rules.finding import Verdict, Window
from rules.repeated import repeated

WINDOW = Window(start=datetime(2026, 11, 20, 10, tzinfo=UTC), end=datetime(2026, 11, 20, 10, 10, tzinfo=UTC))
PROVEN = Interval(value=100, low=98, high=102)
AT_LEAST = Interval(low=90)
NOTHING = Interval()


def answer(
    verdict: Verdict,
    top: Interval = NOTHING,
    slo: SloCapacity | None = None,
    generator: Literal["ok", "limited", "unknown"] = "ok",
) -> Answer:
    given = {"max_throughput": top, "slo_capacity": slo, "generator": Generator(verdict=generator)}
    return Answer(testid="a", window=WINDOW, verdict=verdict, because="", **given)


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.SATURATED, 0),
        (Verdict.NOT_SATURATED, 3),
        (Verdict.GENERATOR_LIMITED, 3),
        (Verdict.FAILING, 4),
        (Verdict.INCONCLUSIVE, 4),
    ],
)
def test_without_a_gate_the_verdict_has_its_code(verdict: Verdict, code: int) -> None:
    assert exits.code(answer(verdict, PROVEN)) == code


@pytest.mark.parametrize(
    ("verdict", "top", "require", "code"),
    [
        (Verdict.SATURATED, PROVEN, 98, 0),
        (Verdict.SATURATED, PROVEN, 98.1, 3),
        (Verdict.SATURATED, PROVEN, 102, 3),
        (Verdict.SATURATED, PROVEN, 102.1, 5),
        (Verdict.NOT_SATURATED, AT_LEAST, 90, 0),
        (Verdict.GENERATOR_LIMITED, AT_LEAST, 90, 0),
        (Verdict.NOT_SATURATED, AT_LEAST, 91, 3),
        (Verdict.GENERATOR_LIMITED, AT_LEAST, 1000, 3),
        (Verdict.FAILING, NOTHING, 1, 4),
        (Verdict.INCONCLUSIVE, NOTHING, 1, 4),
    ],
)
def test_a_gate_holds_by_a_lower_bound_fails_by_an_upper_and_is_else_undecided(
    verdict: Verdict, top: Interval, require: float, code: int
) -> None:
    assert exits.code(answer(verdict, top), require) == code


@pytest.mark.parametrize(("require", "code"), [(98, 0), (98.1, 3), (102.1, 3), (1000, 3)])
def test_a_plateau_that_may_be_k6s_own_holds_a_gate_and_fails_none(require: float, code: int) -> None:
    unproven = answer(Verdict.SATURATED, PROVEN, SloCapacity(value=101, low=98, high=103), generator="unknown")
    assert exits.code(unproven) == 0
    assert exits.code(unproven, require) == code
    assert exits.code(unproven, require, by_slo=True) == code
    proven = answer(Verdict.SATURATED, PROVEN)
    assert exits.of_repeated(repeated("a", [proven, unproven, proven]), require=95) == 0
    assert exits.of_repeated(repeated("a", [proven, unproven, proven]), require=110) == 3


def test_latency_lost_below_such_a_plateau_is_the_systems() -> None:
    slower = answer(Verdict.SATURATED, PROVEN, SloCapacity(value=70, low=68, high=72), generator="unknown")
    assert exits.code(slower, 80, by_slo=True) == 5
    assert exits.of_repeated(repeated("a", [slower, slower]), 110, by_slo=True) == 5


def test_with_a_latency_limit_the_gate_asks_the_slo_capacity() -> None:
    slower = answer(Verdict.SATURATED, PROVEN, SloCapacity(value=70, low=68, high=72))
    assert (exits.code(slower, 80), exits.code(slower, 80, by_slo=True)) == (0, 5)
    assert exits.code(slower, 68, by_slo=True) == 0
    assert exits.code(slower, 70, by_slo=True) == 3


def test_a_gate_on_an_slo_capacity_that_is_unknown_is_undecided() -> None:
    assert exits.code(answer(Verdict.SATURATED, PROVEN), 1, by_slo=True) == 3
    assert exits.code(answer(Verdict.SATURATED, PROVEN, SloCapacity()), 1, by_slo=True) == 3
    assert exits.code(answer(Verdict.FAILING), 1, by_slo=True) == 4


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.SATURATED, Verdict.SATURATED], 0),
        ([Verdict.SATURATED, Verdict.NOT_SATURATED], 3),
        ([Verdict.INCONCLUSIVE, Verdict.NOT_SATURATED], 4),
    ],
)
def test_a_row_of_runs_has_the_code_of_its_weakest(verdicts: list[Verdict], code: int) -> None:
    answers = [answer(verdict, PROVEN if verdict is Verdict.SATURATED else AT_LEAST) for verdict in verdicts]
    assert exits.of_repeated(repeated("a", answers)) == code


@pytest.mark.parametrize(("require", "code"), [(95, 0), (100, 3), (110, 5)])
def test_the_gate_of_a_row_is_on_the_interval_over_runs(require: float, code: int) -> None:
    answers = [answer(Verdict.SATURATED, PROVEN) for _ in range(3)]
    assert exits.of_repeated(repeated("a", answers), require) == code
