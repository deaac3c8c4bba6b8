from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from rules.answer import Answer, Bottleneck, Generator, Interval
from rules.finding import Finding, Outcome, Verdict, Window
from tests.benchmarks.real.cases import CASES
from tests.benchmarks.real.grading import Row
from tests.benchmarks.real.measure import Told
from tests.benchmarks.real.page import Machine, page
from tests.benchmarks.real.wrk import Measured

MACHINE = Machine("2026-11-24", "6.1.0", 2, "4.1.0", "1.22.1")
HOUR = Window(start=datetime(2026, 11, 24, 10, tzinfo=UTC), end=datetime(2026, 11, 24, 11, tzinfo=UTC))
FOUND = Answer(
    testid="real",
    window=HOUR,
    verdict=Verdict.SATURATED,
    because="",
    max_throughput=Interval(value=201.0, low=199.5, high=202.5),
    generator=Generator(verdict="ok"),
    bottleneck=Bottleneck(resource="unwatched"),
    findings=[Finding(rule="throughput", verdict=Outcome.OK, because="goodput stayed at 201/s")],
)
AT_LEAST = FOUND.model_copy(
    update={
        "verdict": Verdict.GENERATOR_LIMITED,
        "max_throughput": Interval(low=5000.4),
        "generator": Generator(verdict="limited"),
        "bottleneck": None,
    }
)
FIXED = Row(CASES[0], "1.1.0", Told(FOUND, 200.5, 0.25), Measured(199.8, 0))
PINNED = Row(CASES[3], "1.1.0", Told(AT_LEAST, 5100.0, 0.25), Measured(52_000.0, 0))


def changed(row: Row, **update: object) -> Row:
    return replace(row, told=replace(row.told, answer=row.told.answer.model_copy(update=update)))


def test_a_right_answer_has_its_witnesses_beside_it() -> None:
    text = page([FIXED, PINNED], MACHINE)
    assert (
        "| 1.1.0 | 200 | 199.8 (+0.60 %) | 200.5 (+0.25 %) | `saturated` | 201.0 (+0.50 %) | 199.5 to 202.5 | ok "
        "| unwatched | 0.2 | yes |"
    ) in text
    assert (
        "| 1.1.0 | ≥ 52,000 | 52,000 | 5,100 | `generator_limited` | at least 5,000 | – | limited | – | 0.2 | yes |"
    ) in text
    assert "## What was wrong\n\nNothing." in text
    assert "Measured on 2026-11-24: Linux 6.1.0, 2 cores, wrk 4.1.0, nginx 1.22.1." in text
    assert "  - throughput: goodput stayed at 201/s" in text


def test_each_fault_is_named() -> None:
    faults = {
        "called `not_saturated`, and is `saturated`": changed(FIXED, verdict=Verdict.NOT_SATURATED),
        "+5.0 % from the truth": changed(FIXED, max_throughput=Interval(value=210.0, low=190.0, high=230.0)),
        "+4.7 % from wrk": replace(FIXED, wrk=Measured(192.0, 0)),
        "+4.7 % from the server's own count": replace(FIXED, told=replace(FIXED.told, own_rate=192.0)),
        "its interval does not hold the truth": changed(FIXED, max_throughput=Interval(value=201, low=200.1, high=202)),
        "its “at least” is more than wrk reached": replace(PINNED, wrk=Measured(4000.0, 0)),
        "names the CPU, which every server here leaves idle": changed(FIXED, bottleneck=Bottleneck(resource="cpu")),
    }
    for words, row in faults.items():
        assert words in "; ".join(row.faults())
        assert f"**{row.case.name}**, k6 1.1.0: " in page([row], MACHINE)
        assert "| no |" in page([row], MACHINE)


def test_what_wrk_met_is_told() -> None:
    assert "wrk met 7 socket errors" in page([replace(FIXED, wrk=Measured(199.8, 7))], MACHINE)
