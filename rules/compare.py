"""Two sets of answers to one Comparison. Pure: answers in, verdict out; the rule for one figure is in change.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Final

from rules import proof
from rules.answer import Answer, Endpoint, Interval
from rules.change import SIDES, Sides, change
from rules.comparison import Change, Comparison, Outcome
from rules.differences import differences
from rules.evened import Level, evened
from rules.finding import Verdict
from rules.proof import PROVE_IT, UNPROVEN, unproven
from rules.statistics.between_runs import share_between
from rules.wording import seconds

MARGIN: Final = 0.02
"""Less than the 3 % that one answer is held to (docs/accuracy.md); for what is smaller few pipelines have the time."""
THROUGHPUT, SLO = "maximum throughput", "SLO capacity"


def compare(baseline: Sequence[Answer], candidate: Sequence[Answer], margin: float = MARGIN) -> Comparison:
    """What ``candidate`` is beside ``baseline``, at least one answer each; ``margin`` > 0 is relative."""
    sides = Sides(baseline, candidate)
    top = change(THROUGHPUT, sides, proof.max_throughput, margin)
    slo = _slo(sides, margin)
    deciding = [top, *([slo] if slo else [])]
    outcome, because = _overall(deciding)
    levels = [evened(side, proof.max_throughput) for side in (baseline, candidate)]
    promised = [evened(side, proof.slo_capacity).notes if slo else () for side in (baseline, candidate)]
    return Comparison(
        verdict=outcome,
        because=because,
        comparable=any(one.compared for one in deciding),
        baseline=[_name(answer) for answer in baseline],
        candidate=[_name(answer) for answer in candidate],
        margin=margin,
        differences=differences(baseline, candidate),
        max_throughput=top,
        slo_capacity=slo,
        endpoints=_endpoints(sides, margin),
        share_between_runs=share_between(*(level.runs for level in levels if level.runs)),
        notes=list(_notes(sides, levels, promised)),
    )


def _notes(sides: Sides, levels: Sequence[Level], promised: Sequence[Sequence[str]]) -> Iterator[str]:
    """Of the maximum throughput; and of the SLO capacity, its notes being ``promised``, those that are others."""
    for name, side, level, more in zip(SIDES, (sides.baseline, sides.candidate), levels, promised, strict=True):
        yield from (f"{name}: {note}" for note in level.notes)
        yield from (f"{name}, {SLO}: {note}" for note in more if note not in level.notes)
        if any(map(unproven, side)):
            yield f"{name}: {UNPROVEN}, so what it reached is a lower bound"
    if any(map(unproven, sides.every)):
        yield PROVE_IT.removesuffix(".")


def _slo(sides: Sides, margin: float) -> Change | None:
    """None where no answer has one: latencies were unknown throughout."""
    limits = {answer.slo_capacity.limits for answer in sides.every if answer.slo_capacity}
    if not limits:
        return None
    if len(limits) > 1:
        return Change(figure=SLO, verdict=Outcome.UNKNOWN, because="the latency limits are not the same")
    return change(SLO, sides, proof.slo_capacity, margin)


def _endpoints(sides: Sides, margin: float) -> list[Change]:
    """Each request name that every run has which tells any, where there are several; in the first one's order."""
    telling = [answer.endpoints for answer in sides.every if answer.endpoints]
    if max(map(len, telling), default=0) < 2:
        return []
    common = set.intersection(*({one.name for one in endpoints} for endpoints in telling))
    return [_endpoint(one.name, sides, margin) for one in telling[0] if one.name in common]


def _endpoint(name: str, sides: Sides, margin: float) -> Change:
    """Its goodput while the system was saturated, and beside it the latency, of which an answer tells no interval."""

    def pick(answer: Answer) -> Interval | None:
        one = _of(name, answer)
        if one is None or one.low is None or answer.verdict is not Verdict.SATURATED:
            return None
        return Interval(low=one.low) if unproven(answer) else Interval(value=one.goodput, low=one.low, high=one.high)

    told = change(name, sides, pick, margin)
    p95 = [
        [one.light_load.p95 for answer in side if (one := _of(name, answer)) and one.light_load.p95 is not None]
        for side in (sides.baseline, sides.candidate)
    ]
    if not all(p95):
        return told
    before, after = (seconds(fmean(side)) for side in p95)
    return told.model_copy(update={"because": f"{told.because}; p95 at light load {before} before, {after} after"})


def _of(name: str, answer: Answer) -> Endpoint | None:
    return next((endpoint for endpoint in answer.endpoints if endpoint.name == name), None)


def _overall(deciding: Sequence[Change]) -> tuple[Outcome, str]:
    """One that is worse makes all of it worse; what cannot be told may be, so it comes before what is better.

    Of figures that could not be compared nothing is decided where another could be.
    """
    compared = [one for one in deciding if one.compared] or deciding
    for outcome in (Outcome.WORSE, Outcome.UNKNOWN, Outcome.BETTER, Outcome.SAME):
        for one in compared:
            if one.verdict is outcome:
                return outcome, f"{one.figure} {one.size}: {one.because}" if one.compared else one.because
    raise ValueError("nothing to decide by")


def _name(answer: Answer) -> str:
    return answer.testid or "untagged"
