"""Two sets of answers to one Comparison. Pure: answers in, verdict out.

Worse (or better) is what is proven to differ, and by more than the margin as far as can be told: the whole interval of
the relative change lies on one side of 0, and the change itself beyond the margin. The same is proven equivalence: the
whole interval lies within the margin (two one-sided tests, Schuirmann 1987, at 2.5 % each, where 5 % is usual).
Anything else cannot be told. As is usual for equivalence of ratios, a margin of 2 % is from 1/1.02 to 1.02.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rules.answer import Answer, Interval
from rules.comparison import Change, Comparison, Outcome
from rules.differences import differences
from rules.evened import Level, evened, words
from rules.finding import Verdict
from rules.statistics.between_runs import Span, ratio, share_between

MARGIN = 0.02
"""Twice the estimator's median error on a bad day, and less than anybody changes a deployment for."""
SIDES = ("baseline", "candidate")
THROUGHPUT, SLO = "maximum throughput", "SLO capacity"
ALONE = "one run a side cannot see what differs between runs, --repeat 3 can"


@dataclass(frozen=True)
class Sides:
    """Baseline and candidate."""

    baseline: Sequence[Answer]
    candidate: Sequence[Answer]


def compare(baseline: Sequence[Answer], candidate: Sequence[Answer], margin: float = MARGIN) -> Comparison:
    """What ``candidate`` is beside ``baseline``, at least one answer each; ``margin`` > 0 is relative."""
    sides = Sides(baseline, candidate)
    top = _change(THROUGHPUT, sides, lambda answer: answer.max_throughput, margin)
    slo = _slo(sides, margin)
    deciding = [top, *([slo] if slo else [])]
    outcome, because = _overall(deciding)
    levels = [evened(side, lambda answer: answer.max_throughput) for side in (baseline, candidate)]
    return Comparison(
        outcome=outcome,
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
        notes=[f"{side}: {note}" for side, level in zip(SIDES, levels, strict=True) for note in level.notes],
    )


def _change(figure: str, sides: Sides, pick: Callable[[Answer], Interval | None], margin: float) -> Change:
    before, after = (evened(side, pick) for side in (sides.baseline, sides.candidate))
    told = {"figure": figure, "baseline": before.interval, "candidate": after.interval}
    missing = [f"{name}: {one.why}" for name, one in zip(SIDES, (before, after), strict=True) if one.why]
    if missing:
        return Change(outcome=Outcome.UNKNOWN, because="; ".join(missing), **told)
    span, known = _relative(before, after)
    outcome = _outcome(span, known, margin)
    return Change(
        outcome=outcome,
        because=_because(outcome, span, known, before, after),
        change=span.value - 1 if known else None,
        low=span.low - 1 if span.low > 0 else None,
        high=span.high - 1 if span.high < float("inf") else None,
        **told,
    )


def _relative(before: Level, after: Level) -> tuple[Span, bool]:
    """``after`` over ``before``, and whether its value is known or its bounds alone."""
    if before.runs and after.runs:
        return ratio(before.runs, after.runs), True
    a, b = before.interval, after.interval
    low = b.low / a.high if b.low is not None and a.high else 0.0
    high = b.high / a.low if b.high is not None and a.low else float("inf")
    return Span(float("nan"), low, high), False


def _outcome(span: Span, known: bool, margin: float) -> Outcome:
    """By the module's rule; where bounds alone are known, all of them must be beyond the margin."""
    most = 1 + margin
    if span.low >= 1 / most and span.high <= most:
        return Outcome.SAME
    if (span.low > 1 and span.value > most) if known else span.low > most:
        return Outcome.BETTER
    if (span.high < 1 and span.value < 1 / most) if known else span.high < 1 / most:
        return Outcome.WORSE
    return Outcome.UNKNOWN


def _because(outcome: Outcome, span: Span, known: bool, before: Level, after: Level) -> str:
    parts = [f"{words(before.interval)} before, {words(after.interval)} after"]
    if outcome is Outcome.UNKNOWN:
        parts.append(_doubt(span, known))
    single = [side for side, level in zip(SIDES, (before, after), strict=True) if len(level.runs) == 1]
    if known and len(single) == 2:
        parts.append(ALONE)
    elif known and single:
        parts.append(f"the {single[0]} is one run, which is taken to vary as the other side's do")
    return "; ".join(parts)


def _doubt(span: Span, known: bool) -> str:
    if span.low <= 0 and span.high == float("inf"):
        return "neither limit is known from above and below, so nothing bounds the change"
    if known and (span.low > 1 or span.high < 1):
        return "it differs, but whether by more than the margin is open"
    return "the interval holds both no change that counts and one that does"


def _slo(sides: Sides, margin: float) -> Change | None:
    """None where no answer has one: latencies were unknown throughout."""
    every = [*sides.baseline, *sides.candidate]
    if all(answer.slo_capacity is None for answer in every):
        return None
    if len({answer.slo_capacity.limits for answer in every if answer.slo_capacity}) > 1:
        return Change(figure=SLO, outcome=Outcome.UNKNOWN, because="the latency limits are not the same")
    return _change(SLO, sides, lambda answer: answer.slo_capacity, margin)


def _endpoints(sides: Sides, margin: float) -> list[Change]:
    """Each request name that every run has which tells any, where there are several; in the first one's order."""
    telling = [answer.endpoints for answer in (*sides.baseline, *sides.candidate) if answer.endpoints]
    if max(map(len, telling), default=0) < 2:
        return []
    common = set.intersection(*({one.name for one in endpoints} for endpoints in telling))

    def of(name: str) -> Callable[[Answer], Interval | None]:
        def pick(answer: Answer) -> Interval | None:
            one = next((endpoint for endpoint in answer.endpoints if endpoint.name == name), None)
            if one is None or one.low is None or answer.verdict is not Verdict.SATURATED:
                return None
            return Interval(value=one.goodput, low=one.low, high=one.high)

        return pick

    ordered = [one.name for one in telling[0] if one.name in common]
    return [_change(name, sides, of(name), margin) for name in ordered]


def _overall(deciding: Sequence[Change]) -> tuple[Outcome, str]:
    """One that is worse makes all of it worse; what cannot be told may be, so it comes before what is better.

    Of figures that could not be compared nothing is decided where another could be.
    """
    compared = [one for one in deciding if one.compared] or deciding
    for outcome in (Outcome.WORSE, Outcome.UNKNOWN, Outcome.BETTER, Outcome.SAME):
        for one in compared:
            if one.outcome is outcome:
                return outcome, f"{one.figure} {one.size}: {one.because}" if one.compared else one.because
    raise ValueError("nothing to decide by")


def _name(answer: Answer) -> str:
    return answer.testid or "untagged"
