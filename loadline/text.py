"""An Answer as text, in the reading order of the product: the answer, then throughput, latency, failures, trust."""

from __future__ import annotations

from collections.abc import Iterator

from loadline import part_words
from rules import parts
from rules.answer import Answer, Quantiles
from rules.bottleneck import UNWATCHED
from rules.finding import Outcome, Verdict
from rules.proof import said, slo_unproven, unproven
from rules.wording import number, seconds, share

MEANING = {
    Verdict.SATURATED: "the limit was found",
    Verdict.NOT_SATURATED: "the limit was not reached",
    Verdict.GENERATOR_LIMITED: "the load generator was the limit",
    Verdict.FAILING: "the system did no useful work",
    Verdict.INCONCLUSIVE: "this run allows no judgement",
}
IN_DOUBT = "a limit was found, the system's or k6's own"
MARKS = {Outcome.OK: "ok", Outcome.WARNING: "note", Outcome.FAILED: "FAIL", Outcome.UNKNOWN: "?"}


def render(answer: Answer) -> str:
    """The whole answer; every line stands on its own, so that it can be read aloud and grepped."""
    return "\n".join(_lines(answer)) + "\n"


def one_line(answer: Answer) -> str:
    """The answer in one line, for lists."""
    top = answer.max_throughput
    known = top.low is not None or top.value is not None
    return f"{answer.verdict}: {said(top, unproven(answer)) if known else MEANING[answer.verdict]}"


def _lines(answer: Answer) -> Iterator[str]:
    meaning = IN_DOUBT if unproven(answer) else MEANING[answer.verdict]
    yield f"{answer.testid or 'untagged run'}: {answer.verdict} ({meaning})"
    yield f"  because {answer.because}"
    yield ""
    yield f"  maximum throughput  {said(answer.max_throughput, unproven(answer))}"
    if answer.true_capacity is not None:
        yield f"  true capacity       {number(answer.true_capacity)} requests/s, by construction"
    if answer.slo_capacity is not None:
        limits = answer.slo_capacity.limits
        promise = f"{share(limits.objective)} within {seconds(limits.latency_seconds)}"
        yield f"  SLO capacity        {said(answer.slo_capacity, slo_unproven(answer))}, {promise}"
    if answer.knee is not None:
        yield f"  knee                {answer.knee.vus:,} VUs at {answer.knee.time:%H:%M:%S} UTC"
    if answer.after_peak.state != "unknown":
        yield f"  after the peak      {answer.after_peak.state}: {answer.after_peak.because}"
    yield from _latency(answer)
    yield from _failures(answer)
    yield from _bottleneck(answer)
    yield from _parts(answer)
    yield ""
    yield "  why this can, or cannot, be trusted"
    for finding in answer.findings:
        yield f"  {MARKS[finding.verdict]:<5} {finding.rule:<12} {finding.because}"
        if finding.advice and finding.verdict is not Outcome.OK:
            yield f"{'':>21}{finding.advice}"


def _parts(answer: Answer) -> Iterator[str]:
    """One line each: name, when, how long, under which load, and why it ended."""
    told = part_words.told(answer)
    if told:
        yield ""
    for one in told:
        name = "the run" if one.name == parts.RUN else f"part {one.name}"
        load = f", {one.load}" if one.load else ""
        ended = f"; {one.ended}" if one.ended else ""
        yield f"  {name:<19} {one.begin:%H:%M:%S} UTC, for {one.lasted}{load}{ended}"


def _latency(answer: Answer) -> Iterator[str]:
    moments = {
        "at light load": answer.latency.light_load,
        "at the knee": answer.latency.at_knee,
        "at the end": answer.latency.at_end,
    }
    for name, quantiles in moments.items():
        if quantiles.p50 is not None:
            yield f"  latency {name:<13} {_quantiles(quantiles)}"


def _quantiles(q: Quantiles) -> str:
    named = {"p50": q.p50, "p95": q.p95, "p99": q.p99}
    return ", ".join(f"{name} {seconds(value)}" for name, value in named.items() if value is not None)


def _bottleneck(answer: Answer) -> Iterator[str]:
    if (found := answer.bottleneck) is not None:
        if found.resource == UNWATCHED:
            yield "  bottleneck          none of the watched resources"
            return
        where = f" of {found.instance}" if found.instance else ""
        used = f" at {share(found.utilisation)}" if found.utilisation is not None else ""
        yield f"  bottleneck          {found.resource}{where}{used}"


def _failures(answer: Answer) -> Iterator[str]:
    failures = answer.failures
    if failures is None:
        yield "  failures            unknown"
    elif failures.count == 0:
        yield "  failures            none"
    else:
        first = f", first at {failures.first:%H:%M:%S} UTC" if failures.first else ""
        yield f"  failures            {failures.count:,} ({share(failures.ratio)}){first}"
