"""Run the rules over a Timeline and fold their findings into one Answer."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from rules import part_marks, proof
from rules.answer import AfterPeak, Answer, Event, Generator, Interval, Objective, Plan, SloCapacity
from rules.catalogue import RULES
from rules.conditions import Machine, Selectors
from rules.finding import Finding, Outcome, Verdict, Window
from rules.gridding import NoSamplesError
from rules.parts import Part
from rules.prometheus import Prometheus
from rules.reading import read
from rules.roles import Roles
from rules.runs import Run
from rules.throughput import RULE as THROUGHPUT
from rules.timeline import Host, Timeline
from rules.wording import moment, whole

log = logging.getLogger(__name__)

Read = Callable[[Prometheus, Run], Timeline]

PRECEDENCE = (
    Verdict.FAILING,
    Verdict.INCONCLUSIVE,
    Verdict.GENERATOR_LIMITED,
    Verdict.SATURATED,
    Verdict.NOT_SATURATED,
)
"""Which conclusion stands where rules differ: no useful work, then no sound data, then a limit that was ours."""


def analyze(
    client: Prometheus,
    run: Run,
    objective: Objective = Objective(),  # noqa: B008  # frozen
    plan: Plan | None = None,
    *,
    probes: bool = False,
    read: Read = read,
) -> tuple[Answer, Timeline | None]:
    """Read the run's series, grid them, judge them. The Timeline is None where the run has no samples.

    ``plan`` is what k6 was to do, where that is known: Prometheus does not hold it. Of a run with parts the Timeline is
    that of its ramps. With ``probes`` it has its probes too, for drawing: the answer is the same without.
    ``read`` may be a Memory's, where the same run is asked about again and again.
    """
    try:
        holds, before = (tuple(_each(client, some, read)) for some in (run.holds, run.probes if probes else ()))
        timeline = replace(read(client, run.main), plan=plan, parts=run.parts, holds=holds, probes=before)
    except NoSamplesError as reason:
        return _nothing(run, str(reason)).model_copy(update={"plan": plan}), None
    return _of_roles(judge(timeline, objective), run.roles), timeline


def _of_roles(answer: Answer, roles: Roles) -> Answer:
    """``answer`` with the matchers by which its machines were found, in the queries of its findings too."""
    if not roles.given:
        return answer
    found = [one.model_copy(update={"query": roles.resolved(one.query)}) for one in answer.findings]
    told = Selectors(server=roles.server, generator=roles.generator)
    return answer.model_copy(update={"findings": found, "selectors": told})


def _each(client: Prometheus, some: Sequence[Run], read: Read) -> Iterator[Timeline]:
    """The Timeline of each part; one that has just begun tells nothing yet."""
    for part in some:
        with contextlib.suppress(NoSamplesError):
            yield read(client, part)


def judge(timeline: Timeline, objective: Objective = Objective()) -> Answer:  # noqa: B008  # frozen
    """The Answer to ``timeline``. A rule that raises is a finding, never a pass."""
    told = (_guarded(name, rule, timeline, objective) for name, rule in RULES)
    findings = [finding for finding in told if finding is not None]
    verdict, because = _verdict(findings)
    of_run = _parts(timeline)
    parts: dict[str, Any] = {}
    events = list(part_marks.events(of_run))
    for finding in findings:
        parts.update(finding.answers)
        # A plateau that did not become the answer must not be marked either: it has a number that is not the system's.
        if verdict is Verdict.SATURATED or finding.concludes is not Verdict.SATURATED:
            events += finding.answers.get("events", [])
    parts.update(_fitting(verdict, parts))
    in_doubt = proof.doubtful(verdict, parts.get("generator", Generator()))
    if in_doubt:
        because += f"; {proof.UNPROVEN}"
    because += part_marks.proviso(verdict, of_run)
    span = _span(timeline)
    said = _headline(verdict, parts.get("max_throughput", Interval()), in_doubt)
    final = Event(rule="verdict", time=span.end, text=said)
    parts["events"] = [run_event(timeline.testid, span), *sorted(events, key=lambda event: event.time), final]
    return Answer(
        testid=timeline.testid,
        window=span,
        verdict=verdict,
        because=because,
        plan=timeline.plan,
        machines=[_machine(host) for host in timeline.hosts],
        parts=of_run,
        findings=findings,
        **parts,
    )


def _span(timeline: Timeline) -> Window:
    """From the begin of the first part to the end of the last."""
    own = whole(timeline)
    starts, ends = ([moment(getattr(part, edge)) for part in timeline.parts] for edge in ("start", "end"))
    return Window(start=min([own.start, *starts]), end=max([own.end, *ends]))


def _parts(timeline: Timeline) -> list[Part]:
    """Those that Prometheus tells of, each with what was planned and decided, where that is known."""
    planned = timeline.plan.parts if timeline.plan else []
    if not timeline.parts:
        return planned
    known, found = {part.name: part for part in planned}, []
    for span in timeline.parts:
        seen = Part(name=span.name, start=moment(span.start), end=moment(span.end))
        found.append(known.get(span.name, seen).model_copy(update={"start": seen.start, "end": seen.end}))
    return found


def run_event(testid: str | None, window: Window) -> Event:
    """The run itself, which is there however little is known of it."""
    return Event(rule="run", time=window.start, end=window.end, text=f"load test {testid or ''}".strip())


def _machine(host: Host) -> Machine:
    return Machine(instance=host.instance, role=host.role, cores=host.cores or None, instance_type=host.instance_type)


def _guarded(name: str, rule: Any, timeline: Timeline, objective: Objective) -> Finding | None:
    """What the rule finds; None where it has nothing to look at."""
    try:
        finding: Finding | None = rule(timeline, objective)
    except Exception as error:  # a rule's bug must not become a verdict, nor lose the others' findings
        log.exception("rule %s", name)
        said = f"the rule failed on this run: {type(error).__name__}: {error}"
        return Finding(
            rule=name,
            verdict=Outcome.FAILED,
            concludes=Verdict.INCONCLUSIVE,
            because=said,
            advice="Please report it with the run's answer.json.",
        )
    return finding


def _verdict(findings: Sequence[Finding]) -> tuple[Verdict, str]:
    """The verdict, and the reason of the finding (or, if inconclusive, of each finding) that proves it."""
    for verdict in PRECEDENCE:
        reasons = [finding.because for finding in findings if finding.concludes is verdict]
        if reasons:
            return verdict, "; ".join(reasons)
    untold = [finding.because for finding in findings if finding.rule == THROUGHPUT]
    return Verdict.INCONCLUSIVE, "; ".join(untold) or "no rule came to a conclusion"


def _fitting(verdict: Verdict, parts: dict[str, Any]) -> dict[str, Any]:
    """The numbers that the verdict allows: none where nothing was proven, "at least" where the limit was not found."""
    throughput: Interval = parts.get("max_throughput", Interval())
    slo: SloCapacity | None = parts.get("slo_capacity")
    if verdict is Verdict.SATURATED:
        return {}
    if verdict in (Verdict.FAILING, Verdict.INCONCLUSIVE):
        empty: dict[str, Any] = {"max_throughput": Interval(), "knee": None, "regimes": [], "after_peak": AfterPeak()}
        return empty | ({"slo_capacity": SloCapacity(limits=slo.limits, model=slo.model)} if slo else {})
    fitted: dict[str, Any] = {"max_throughput": Interval(low=throughput.low), "knee": None}
    if slo and proof.at_plateau(slo, throughput):
        fitted["slo_capacity"] = SloCapacity(low=slo.low, limits=slo.limits, model=slo.model)
    return fitted


def _headline(verdict: Verdict, throughput: Interval, in_doubt: bool = False) -> str:
    return str(verdict) if throughput.low is None else f"{verdict}: {proof.said(throughput, in_doubt)}"


def _nothing(run: Run, reason: str) -> Answer:
    because = f"the run has no usable samples ({reason})"
    finding = Finding(
        rule="evidence",
        verdict=Outcome.UNKNOWN,
        because=because,
        concludes=Verdict.INCONCLUSIVE,
        advice="Did it end before k6's second push? Run it for two minutes or more. "
        "Else look for remote-write errors in k6's log.",
    )
    window = Window(start=moment(run.start), end=moment(run.end))
    return Answer(
        testid=run.testid,
        window=window,
        verdict=Verdict.INCONCLUSIVE,
        because=because,
        findings=[finding],
        events=[
            run_event(run.testid, window),
            Event(rule="verdict", time=window.end, text=_headline(Verdict.INCONCLUSIVE, Interval())),
        ],
    )
