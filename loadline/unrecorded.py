"""What Prometheus missed of a run is told in the run's answer: whoever reads it later has not seen the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from loadline.stack.recorder import Unrecorded
from rules import evidence
from rules.answer import Answer, Event
from rules.finding import Finding, Outcome, Verdict
from rules.wording import moment

ADVICE = "Give Prometheus memory, and room on its disk, and run again."


def told_in(answer: Answer, missed: Sequence[Unrecorded]) -> Answer:
    """``answer`` with each of ``missed`` in its evidence and among its events; its numbers stay as they are."""
    if not missed:
        return answer
    findings = [_told(one, missed) if one.rule == evidence.RULE else one for one in answer.findings]
    because = answer.because
    if answer.verdict is Verdict.INCONCLUSIVE:  # for what its findings say
        for before, after in zip(answer.findings, findings, strict=True):
            because = because.replace(before.because, after.because)
    happened = (Event(rule=evidence.RULE, time=moment(one.start), end=_end(one), text=_said(one)) for one in missed)
    events = [*answer.events[:-1], *happened, *answer.events[-1:]]  # the verdict stays the last
    return answer.model_copy(update={"findings": findings, "because": because, "events": events})


def _told(finding: Finding, missed: Iterable[Unrecorded]) -> Finding:
    failed = finding.verdict is Outcome.FAILED
    return finding.model_copy(
        update={
            "because": "; ".join([finding.because, *map(_said, missed)]),
            "verdict": finding.verdict if failed else Outcome.WARNING,
            "advice": ADVICE if failed else finding.advice,
        }
    )


def _said(one: Unrecorded) -> str:
    lasted = f"for {one.end - one.start:.0f} s from" if one.end is not None else "any more from"
    return f"Prometheus recorded nothing {lasted} {moment(one.start):%H:%M:%S} UTC on ({one.because})"


def _end(one: Unrecorded) -> datetime | None:
    return moment(one.end) if one.end is not None else None
