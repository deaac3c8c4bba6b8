"""The runs of one side as one level: their mean, or no more than bounds, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite

from rules.answer import Answer, Interval
from rules.finding import Verdict
from rules.proof import UNPROVEN, unproven
from rules.statistics.between_runs import Measured, mean
from rules.wording import number

DIGITS = 6
"""Of a mean in requests/s; what is beyond is the arithmetic's."""
REFUSED = (Verdict.FAILING, Verdict.INCONCLUSIVE)


@dataclass(frozen=True)
class Level:
    """``runs`` are those with a value; without any, ``interval`` is bounds alone; ``why`` says why there are none."""

    interval: Interval
    runs: Sequence[Measured] = ()
    why: str | None = None
    notes: Sequence[str] = field(default_factory=list)


def evened(side: Sequence[Answer], pick: Callable[[Answer], Interval | None]) -> Level:
    """The level of ``side`` in the figure that ``pick`` takes from each answer.

    A run without an answer is left out where others have one, unless the system failed in it: that is no accident of
    measuring. One whose limit was not found is left out where it did not even reach the mean of the others; where it
    went beyond, all that is known of the side is a lower bound.
    """
    failing = [answer for answer in side if answer.verdict is Verdict.FAILING]
    if failing:
        return Level(Interval(), why=_refusal(failing[0]))
    told = [(answer, level) for answer in side if (level := pick(answer)) is not None and _is_level(level)]
    if not told:
        return Level(Interval(), why=_nothing(side))
    notes = [f"{_refusal(answer)}; left out" for answer in side if answer.verdict is Verdict.INCONCLUSIVE]
    runs = [Measured(one.value, one.low or 0.0, one.high or inf) for _, one in told if one.value is not None]
    bounds = [(answer, one) for answer, one in told if one.value is None]
    if not runs:
        return Level(_bounds([one for _, one in bounds]), notes=notes)
    centre = mean(runs)
    beyond = [one.low for _, one in bounds if one.low is not None and one.low > centre.value]
    if beyond:
        notes.append(f"{len(beyond)} of {len(side)} runs went beyond the others without a limit")
        return Level(Interval(low=min([*beyond, *(run.low for run in runs)])), notes=notes)
    notes += [f"{_open(answer)}; left out" for answer, _ in bounds]
    value, low, high = (round(one, DIGITS) if one < inf else None for one in (centre.value, centre.low, centre.high))
    return Level(Interval(value=value, low=low, high=high), runs, notes=notes)


def words(level: Interval) -> str:
    """``1,090/s``, ``at least 900/s``, ``below 900/s``, ``between 700 and 900/s`` or ``unknown``."""
    if level.value is not None:
        return f"{number(level.value)}/s"
    if level.low is not None and level.high is not None:
        return f"between {number(level.low)} and {number(level.high)}/s"
    if level.low is not None:
        return f"at least {number(level.low)}/s"
    return f"below {number(level.high)}/s" if level.high is not None else "unknown"


def _is_level(level: Interval) -> bool:
    """Whether a figure can be divided by: a file that somebody edited may hold anything."""
    told = (level.low, level.high) if level.value is None else (level.value,)
    finite = all(isfinite(one) for one in (level.value, level.low, level.high) if one is not None)
    return finite and any(one > 0 for one in told if one is not None)


def _bounds(levels: Sequence[Interval]) -> Interval:
    """What holds for each run of a side."""
    lows = [one.low for one in levels if one.low is not None]
    highs = [one.high for one in levels if one.high is not None]
    every = len(levels)
    return Interval(low=min(lows) if len(lows) == every else None, high=max(highs) if len(highs) == every else None)


def _named(answer: Answer) -> str:
    return answer.testid or "the untagged run"


def _open(answer: Answer) -> str:
    return f"of {_named(answer)} {UNPROVEN}" if unproven(answer) else f"{_named(answer)} did not reach the limit"


def _refusal(answer: Answer) -> str:
    return f"{_named(answer)} is {answer.verdict}, because {answer.because}"


def _nothing(side: Sequence[Answer]) -> str:
    refused = next((answer for answer in side if answer.verdict in REFUSED), None)
    return _refusal(refused) if refused else "no run of it has this figure"
