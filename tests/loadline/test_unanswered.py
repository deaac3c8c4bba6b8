"""Requests without a reply are told with k6's own reason; others are what their status says."""

from __future__ import annotations

import pytest

from loadline.unanswered import told_in
from rules.answer import Answer
from rules.finding import Verdict
from rules.judge import judge
from tests.timelines import ramp, with_failures

WHY = "tls: failed to verify certificate: x509: certificate signed by unknown authority"


def failures_of(answer: Answer) -> str:
    return next(one.because for one in answer.findings if one.rule == "failures")


def test_a_run_without_a_reply_says_why_in_its_finding_and_in_its_reason() -> None:
    before = judge(with_failures(ramp(), 0.99, "0"))
    assert before.verdict is Verdict.FAILING
    answer = told_in(before, WHY)
    assert failures_of(answer) == f"{failures_of(before)}; k6 says: {WHY}"
    assert answer.because == f"{before.because}; k6 says: {WHY}"
    assert answer.model_dump(exclude={"because", "findings"}) == before.model_dump(exclude={"because", "findings"})


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_the_reason_of_a_run_that_found_the_limit_stays(share: float) -> None:
    before = judge(with_failures(ramp(), share, "0") if share else ramp())
    assert told_in(before, WHY).because == before.because


@pytest.mark.parametrize(("status", "reason"), [("503", WHY), ("0", "")])
def test_where_there_was_a_reply_or_no_reason_nothing_is_added(status: str, reason: str) -> None:
    before = judge(with_failures(ramp(), 0.99, status))
    assert told_in(before, reason) is before
