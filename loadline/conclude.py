"""From a run's samples to its answer, while it runs and when it is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from loadline.errors import K6Error
from loadline.stack.process import Child
from rules import runs
from rules.answer import Answer, Objective, Plan
from rules.finding import Finding, Outcome, Verdict, Window
from rules.judge import Read, analyze
from rules.prometheus import Prometheus
from rules.reading import read
from rules.roles import BY_LABEL, Roles
from rules.signals.signal import where
from rules.timeline import Timeline
from rules.wording import moment

CLOCK_SLACK_SECONDS = 30.0
"""Between k6's clock, which stamps the samples, and ours."""


@dataclass(frozen=True)
class Conclusion:
    """The answer of a run, and how the run came to its end."""

    answer: Answer
    timeline: Timeline | None
    interrupted: bool = False
    failure: K6Error | None = None
    logs: tuple[Path, ...] = ()
    """k6's own, one for each part; by their names in the run's folder."""
    lingering: Child | None = None
    """k6, where it still serves its web dashboard to a browser."""


def analyze_testid(
    client: Prometheus,
    testid: str,
    started: float,
    now: float,
    objective: Objective,
    plan: Plan | None = None,
    *,
    probes: bool = False,
    read: Read = read,
    roles: Roles = BY_LABEL,
) -> tuple[Answer, Timeline | None] | None:
    """The answer so far of the run of ``testid`` that began about ``started``; None where it has no sample yet.

    ``probes`` and ``read`` are those of rules.judge.
    """
    found = runs.find(client, where(testid=testid), started - CLOCK_SLACK_SECONDS, now + CLOCK_SLACK_SECONDS)
    if not found:
        return None
    return analyze(client, replace(found[-1], roles=roles), objective, plan, probes=probes, read=read)


def without_samples(testid: str, started: float, now: float, said: str, plan: Plan) -> Answer:
    """The answer to a run of which Prometheus holds nothing."""
    because = "Prometheus holds no sample of this run"
    finding = Finding(
        rule="evidence",
        verdict=Outcome.FAILED,
        concludes=Verdict.INCONCLUSIVE,
        because=f"{because}; k6 said: {said}" if said else because,
        advice="Did the test end before its first push? Does Prometheus take remote writes? Are both clocks right?",
    )
    window = Window(start=moment(started), end=moment(now))
    return Answer(
        testid=testid,
        window=window,
        verdict=Verdict.INCONCLUSIVE,
        because=finding.because,
        plan=plan,
        findings=[finding],
    )
