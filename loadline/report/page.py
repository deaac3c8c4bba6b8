"""What the page says before its charts: the headline, the trust in the run, and the figures, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from loadline import part_words
from loadline.report import words
from rules import parts
from rules.answer import Answer
from rules.bottleneck import UNWATCHED
from rules.finding import Finding, Outcome, Verdict
from rules.proof import UNPROVEN, slo_unproven, unproven

TRUST_RULES = ("evidence", "generator")
_SEVERITY = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.WARNING, Outcome.OK)


@dataclass(frozen=True)
class Headline:
    """``before`` **figure** ``after``: one sentence when read aloud."""

    before: str
    figure: str
    after: str
    interval: str = ""


@dataclass(frozen=True)
class Trust:
    """May this run be trusted? The worst outcome of the rules that doubt the instrument."""

    outcome: Outcome
    text: str
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Fact:
    """One figure of the answer, and what to know about it."""

    label: str
    value: str
    note: str = ""


def headline(answer: Answer) -> Headline:
    """The answer as one sentence; a verdict without its number says so."""
    best = words.best_known(answer.max_throughput, unproven(answer))
    known = best != words.UNKNOWN
    match answer.verdict:
        case Verdict.SATURATED if known and unproven(answer):
            return Headline("It sustains", best, f"; {UNPROVEN}.", words.bounds(answer.max_throughput))
        case Verdict.SATURATED if known:
            return Headline("It sustains", best, ".", words.bounds(answer.max_throughput))
        case Verdict.SATURATED:
            return Headline("It reached its limit, at", "a rate unknown", ".")
        case Verdict.NOT_SATURATED if known:
            return Headline("It sustains", best, "; this run did not reach its limit.")
        case Verdict.NOT_SATURATED:
            return Headline("This run", "did not reach the limit", ".")
        case Verdict.GENERATOR_LIMITED if known:
            return Headline("It sustains", best, "; the load generator gave out first.")
        case Verdict.GENERATOR_LIMITED:
            return Headline("The load generator", "gave out first", ".")
        case Verdict.FAILING:
            return Headline("It did", "no useful work", ": all or nearly all requests failed.")
        case Verdict.INCONCLUSIVE:
            return Headline("This run", "cannot tell", ".")


def trust(answer: Answer) -> Trust:
    """Unknown where a rule that must be heard was not."""
    findings = [finding for finding in answer.findings if finding.rule in TRUST_RULES]
    heard = {finding.rule for finding in findings}
    outcomes = [finding.verdict for finding in findings]
    if not heard.issuperset(TRUST_RULES):
        outcomes.append(Outcome.UNKNOWN)
    worst = min(outcomes, key=_SEVERITY.index)
    text = {
        Outcome.OK: "This run may be trusted.",
        Outcome.WARNING: "This run may be trusted, with remarks.",
        Outcome.UNKNOWN: "Not all that could spoil this run was checked.",
        Outcome.FAILED: "This run may not be trusted as it stands.",
    }[worst]
    return Trust(worst, text, findings)


def facts(answer: Answer, zone: tzinfo | None) -> list[Fact]:
    """The figures in the product's reading order."""
    top = answer.max_throughput
    told = [
        Fact("Maximum throughput", words.best_known(top, unproven(answer)), words.bounds(top)),
        _slo(answer),
        *_confirmation(answer),
        _knee(answer, zone),
        _failures(answer, zone),
        _generator(answer),
        _bottleneck(answer),
    ]
    if answer.true_capacity is not None:
        told.insert(1, _truth(answer, answer.true_capacity))
    return told


def counted(answer: Answer) -> str:
    """Of which parts the requests are that the figures count; "" of a run without parts."""
    kinds = {parts.kind(part.name) for part in answer.parts}
    if parts.RAMP in kinds:
        return " of the ramps"
    return " of the probe" if parts.PROBE in kinds else ""


def _slo(answer: Answer) -> Fact:
    slo = answer.slo_capacity
    if slo is None:
        return Fact("SLO capacity", words.UNKNOWN)
    goal = f"{words.share(slo.limits.objective)} good within {words.seconds(slo.limits.latency_seconds)}"
    value = words.best_known(slo, slo_unproven(answer))
    return Fact("SLO capacity", value, "; ".join(part for part in (goal, words.bounds(slo)) if part))


def _confirmation(answer: Answer) -> Iterator[Fact]:
    """Nothing of a run that had none."""
    if (found := part_words.confirmed(answer)) is not None:
        outcome, sentence = found
        figures = sentence.partition(": ")[2] or sentence
        yield Fact("At a constant arrival rate", outcome, figures.replace(" within ", " good within ", 1))


def _knee(answer: Answer, zone: tzinfo | None) -> Fact:
    if answer.knee is None:
        return Fact("Knee", words.UNKNOWN)
    after = words.elapsed((answer.knee.time - answer.window.start).total_seconds())
    at = words.clock(answer.knee.time, zone)
    return Fact("Knee", f"{answer.knee.vus:,} VUs", f"reached at {after} ({at}); it depends on the think time")


def _failures(answer: Answer, zone: tzinfo | None) -> Fact:
    failures = answer.failures
    if failures is None:
        return Fact("Failures", words.UNKNOWN)
    if failures.count == 0:
        return Fact("Failures", "none")
    noun = "request" if failures.count == 1 else "requests"
    first = f", the first at {words.clock(failures.first, zone)}" if failures.first is not None else ""
    return Fact("Failures", words.share(failures.ratio), f"{failures.count:,} {noun}{first}")


def _generator(answer: Answer) -> Fact:
    generator = answer.generator
    dropped = generator.dropped_iterations
    notes = [f"CPU {words.share(generator.cpu_ratio)}"]
    if dropped is not None:
        notes.append(f"{dropped:,} iterations dropped" if dropped else "no iteration dropped")
    return Fact("Load generator", generator.verdict, ", ".join(notes))


def _bottleneck(answer: Answer) -> Fact:
    found = answer.bottleneck
    if found is None:
        return Fact("Bottleneck", words.UNKNOWN)
    if found.resource == UNWATCHED:
        return Fact("Bottleneck", "not watched", "none of the watched resources ran out")
    used = f"{words.share(found.utilisation)} used" if found.utilisation is not None else ""
    return Fact("Bottleneck", found.resource, ", ".join(part for part in (used, found.instance or "") if part))


def _truth(answer: Answer, truth: float) -> Fact:
    value = answer.max_throughput.value
    if value is None or truth <= 0:
        return Fact("True capacity", words.rate(truth), "known by construction")
    off = value / truth - 1
    side = "above" if off > 0 else "below"
    near = f"the answer is {words.share(abs(off))} {side} it" if off else "the answer is exact"
    return Fact("True capacity", words.rate(truth), f"known by construction; {near}")
