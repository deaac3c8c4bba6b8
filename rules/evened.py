"""The runs of one side as one level: their mean, or no more than bounds, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite

from rules.answer import Answer, Interval
from rules.finding import Verdict
from rules.known import known
from rules.proof import UNPROVEN, unproven
from rules.statistics.between_runs import Measured, mean

DIGITS = 6
"""Of a mean in requests/s; what is beyond is the arithmetic's."""
REFUSED = (Verdict.FAILING, Verdict.INCONCLUSIVE)


@dataclass(frozen=True)
class Level:
    """``runs`` are those with a value; without any, ``interval`` is bounds alone; ``why`` says why there are none."""

    interval: Interval
    runs: Sequence[Measured] = ()
    why: str | None = None
    contradicted: Sequence[str] = ()
    """How bounds of some runs contradict the values of others, so that no value fits them all; among ``notes`` too."""
    notes: Sequence[str] = field(default_factory=list)


def evened(side: Sequence[Answer], pick: Callable[[Answer], Interval | None]) -> Level:
    """The level of ``side`` in the figure that ``pick`` takes from each answer.

    A run without an answer is left out where others have one, unless the system failed in it: that is no accident of
    measuring. One that has bounds alone is left out where they hold the mean of the others; where they do not, no value
    fits the side, and all that is known of it is what holds for each of its runs.
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
    beyond = [one for _, one in bounds if one.low is not None and one.low > centre.value]
    short = [one for _, one in bounds if one.high is not None and one.high < centre.value]
    against = []
    if beyond:
        against.append(f"{len(beyond)} of {len(side)} runs went beyond the others without a limit")
    if short:
        against.append(f"{len(short)} of {len(side)} runs had no value, and their limit below that of the others")
    if against:
        whole = _bounds([*beyond, *short, *(_told(run.low, run.high) for run in runs)])
        return Level(whole, contradicted=against, notes=[*notes, *against])
    notes += [f"{_open(answer, one)}; left out" for answer, one in bounds]
    ends = _told(centre.low, centre.high)
    return Level(ends.model_copy(update={"value": round(centre.value, DIGITS)}), runs, notes=notes)


def words(level: Interval) -> str:
    """``1,090/s``, ``at least 900/s``, ``below 900/s``, ``between 700 and 900/s`` or ``unknown``."""
    return known(level).said("/s")


def _is_level(level: Interval) -> bool:
    """Whether a figure can be divided by: a file that somebody edited may hold anything."""
    told = (level.low, level.high) if level.value is None else (level.value,)
    finite = all(isfinite(one) for one in (level.value, level.low, level.high) if one is not None)
    return finite and any(one > 0 for one in told if one is not None)


def _told(low: float, high: float) -> Interval:
    """An end that is 0 or infinite bounds nothing."""
    return Interval(low=round(low, DIGITS) if low > 0 else None, high=round(high, DIGITS) if high < inf else None)


def _bounds(levels: Sequence[Interval]) -> Interval:
    """What holds for each run of a side."""
    lows = [one.low for one in levels if one.low is not None]
    highs = [one.high for one in levels if one.high is not None]
    every = len(levels)
    return Interval(low=min(lows) if len(lows) == every else None, high=max(highs) if len(highs) == every else None)


def _named(answer: Answer) -> str:
    return answer.testid or "the untagged run"


def _open(answer: Answer, level: Interval) -> str:
    """Why ``level``, of ``answer``, has no value; with an end above it, the limit was not k6's for want of a proof."""
    if level.high is not None:
        return f"{_named(answer)} tells no more than {words(level)}"
    return f"of {_named(answer)} {UNPROVEN}" if unproven(answer) else f"{_named(answer)} did not reach the limit"


def _refusal(answer: Answer) -> str:
    return f"{_named(answer)} is {answer.verdict}, because {answer.because}"


def _nothing(side: Sequence[Answer]) -> str:
    refused = next((answer for answer in side if answer.verdict in REFUSED), None)
    return _refusal(refused) if refused else "no run of it has this figure"
