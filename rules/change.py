"""How one figure changed between two sets of answers.

Worse (or better) is what is proven to differ, and by more than the margin as far as can be told: the whole interval of
the relative change lies on one side of 0, and the change itself beyond the margin. The same is proven equivalence: the
whole interval lies within the margin (two one-sided tests, Schuirmann 1987, at 2.5 % each, where 5 % is usual).
Anything else cannot be told. As is usual for equivalence of ratios, a margin of 2 % is from 1/1.02 to 1.02.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, nan
from typing import Final

from rules.answer import Answer, Interval
from rules.comparison import Change, Outcome
from rules.evened import Level, evened, words
from rules.statistics.between_runs import Span, ratio

SIDES: Final = ("baseline", "candidate")
TIE_DIGITS: Final = 9
DIGITS: Final = 6
"""Of a relative change; what is beyond is the arithmetic's."""
ALONE: Final = "one run a side cannot see what differs between runs, --repeat 3 can"


@dataclass(frozen=True)
class Sides:
    """Baseline and candidate, at least one answer each."""

    baseline: Sequence[Answer]
    candidate: Sequence[Answer]

    @property
    def every(self) -> list[Answer]:
        return [*self.baseline, *self.candidate]


def change(figure: str, sides: Sides, pick: Callable[[Answer], Interval | None], margin: float) -> Change:
    """Of the figure that ``pick`` takes from each answer; ``margin`` > 0 is relative."""
    before, after = (evened(side, pick) for side in (sides.baseline, sides.candidate))
    told = {"figure": figure, "baseline": before.interval, "candidate": after.interval}
    missing = [f"{name}: {one.why}" for name, one in zip(SIDES, (before, after), strict=True) if one.why]
    if missing:
        return Change(verdict=Outcome.UNKNOWN, because="; ".join(missing), **told)
    span, known = _relative(before, after)
    outcome = _outcome(span, known, margin)
    return Change(
        verdict=outcome,
        because=_because(outcome, span, known, before, after),
        change=round(span.value - 1, DIGITS) if known else None,
        low=round(span.low - 1, DIGITS) if span.low > 0 else None,
        high=round(span.high - 1, DIGITS) if span.high < inf else None,
        **told,
    )


def _relative(before: Level, after: Level) -> tuple[Span, bool]:
    """``after`` over ``before``, and whether its value is known or its bounds alone."""
    if before.runs and after.runs:
        return ratio(before.runs, after.runs), True
    a, b = before.interval, after.interval
    low = b.low / a.high if b.low is not None and a.high else 0.0
    high = b.high / a.low if b.high is not None and a.low else inf
    return Span(nan, low, high), False


def _outcome(span: Span, known: bool, margin: float) -> Outcome:
    """By the module's rule; where bounds alone are known, all of them must be beyond the margin."""
    # Rounded, so that the last digit of an exact tie does not tell one order of the sides from the other.
    low, value, high = (round(one, TIE_DIGITS) for one in (span.low, span.value, span.high))
    least, most = round(1 / (1 + margin), TIE_DIGITS), round(1 + margin, TIE_DIGITS)
    if least <= low and high <= most:
        return Outcome.SAME
    if (low > 1 and value > most) if known else low > most:
        return Outcome.BETTER
    if (high < 1 and value < least) if known else high < least:
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
    if span.low <= 0 and span.high == inf:
        return "neither limit is known from above and below, so nothing bounds the change"
    if known and (span.low > 1 or span.high < 1):
        return "it differs, but whether by more than the margin is open"
    return "the interval holds both no change that counts and one that does"
