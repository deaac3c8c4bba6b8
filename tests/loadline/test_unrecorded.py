"""What Prometheus missed is in the answer: a note beside sound evidence, a reason beside evidence that is not."""

from __future__ import annotations

from dataclasses import replace

from loadline.stack.recorder import Unrecorded
from loadline.unrecorded import ADVICE, told_in
from rules.answer import Answer, Objective
from rules.finding import Finding, Outcome, Verdict
from rules.judge import judge
from tests.timelines import ramp

RUN = ramp(capacity=100, think=1.0, service=0.02, vus=300)


def evidence(answer: Answer) -> Finding:
    return next(one for one in answer.findings if one.rule == "evidence")


def test_nothing_missed_is_nothing_told() -> None:
    answer = judge(RUN, Objective())
    assert told_in(answer, []) is answer


def test_a_gap_is_a_note_and_an_event_and_changes_no_number() -> None:
    before = judge(RUN, Objective())
    answer = told_in(before, [Unrecorded("it was killed", 1_000_000_000.0, 1_000_000_007.4)])
    said = "Prometheus recorded nothing for 7 s from 01:46:40 UTC on (it was killed)"
    assert evidence(answer).because == f"{evidence(before).because}; {said}"
    assert evidence(answer).verdict is Outcome.WARNING
    assert [(one.rule, one.text) for one in answer.events[-2:]] == [
        ("evidence", said),
        ("verdict", before.events[-1].text),
    ]
    assert (answer.verdict, answer.because) == (Verdict.SATURATED, before.because)
    assert answer.max_throughput == before.max_throughput


def test_a_run_that_cannot_be_judged_has_it_among_its_reasons() -> None:
    few = slice(0, 6)
    short = replace(RUN, **{name: getattr(RUN, name)[few] for name in ("vus", "throughput", "goodput")})
    before = judge(short, Objective())
    answer = told_in(before, [Unrecorded("a full disk", 1_000_000_000.0)])
    said = "Prometheus recorded nothing any more from 01:46:40 UTC on (a full disk)"
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert answer.because.endswith(f"; {said}")
    assert evidence(answer).verdict is Outcome.FAILED
    assert evidence(answer).advice == ADVICE
