"""The mean of several runs of one test, and the ratio of two such means, each with a 95 % interval.

Everything is done on logarithms, so that a ratio is a difference: swapping the sides only changes its sign, and units
cancel. With a single run a side there is nothing but each run's own interval, and the two are put together by the
method of variance estimates recovery (Zou & Donner 2008, Statistics in Medicine 27:1693): the ends' distances are added
as squares, each side's own. From two runs a side the spread between runs is seen, and Welch's t holds for their means
(Welch 1947); such an interval knows of noisy neighbours, other instances and other days, which one run cannot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rules.series import Floats
from rules.statistics.batch_means import NORMAL, student_t


@dataclass(frozen=True)
class Measured:
    """One run's value with its own 95 % interval, all above 0; where a run tells none, all three are the same."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Span:
    """A mean or a ratio with its 95 % interval; an end is 0 or infinite where nothing bounds it."""

    value: float
    low: float
    high: float


class Side:
    """The runs of one test, at least one."""

    def __init__(self, runs: Sequence[Measured]) -> None:
        self.runs = len(runs)
        with np.errstate(divide="ignore"):
            value, low, high = np.log([[one.value, max(one.low, 0.0), one.high] for one in runs]).T
        self.mean = float(value.mean())
        self.spread: float | None = float(value.var(ddof=1)) if self.runs > 1 else None
        """Variance of one run as the runs show it; what is between them and what is within each are both in it."""
        self.below, self.above = float((value - low).mean()), float((high - value).mean())
        self.within = _mean_square(value - low, high - value) / NORMAL**2
        """Variance of one run as each run itself tells."""


def mean(runs: Sequence[Measured]) -> Span:
    """The geometric mean over ``runs``; raises ValueError without any."""
    side = _side(runs)
    if side.spread is None:
        below, above = side.below, side.above
    else:
        below = above = student_t(side.runs - 1) * math.sqrt(max(side.spread, side.within) / side.runs)
    return _span(side.mean, below, above)


def ratio(baseline: Sequence[Measured], candidate: Sequence[Measured]) -> Span:
    """``candidate`` over ``baseline``; raises ValueError where either is empty.

    Never is a run taken to be more exact than it says of itself: three runs may agree by chance. A side of a single run
    is taken to spread as the other side does.
    """
    a, b = _side(baseline), _side(candidate)
    centre = b.mean - a.mean
    if a.spread is None and b.spread is None:
        return _span(centre, math.hypot(b.below, a.above), math.hypot(b.above, a.below))
    seen = [_seen(a, b), _seen(b, a)]
    parts = [max(spread, side.within) / side.runs for side, spread in zip((a, b), seen, strict=True)]
    half = _t(_freedom(a, b, seen)) * math.sqrt(sum(parts))
    return _span(centre, half, half)


def share_between(*sides: Sequence[Measured]) -> float | None:
    """The share, 0 to 1, of the runs' variance that their own intervals do not explain; None where no side repeats.

    As I² of Higgins & Thompson (2002, Statistics in Medicine 21:1539); from a few runs it is a rough figure.
    """
    repeated = [side for side in map(_side, sides) if side.spread is not None]
    if not repeated:
        return None
    freedom = sum(side.runs - 1 for side in repeated)
    spread = sum((side.runs - 1) * (side.spread or 0.0) for side in repeated) / freedom
    within = sum((side.runs - 1) * side.within for side in repeated) / freedom
    return max(0.0, 1.0 - within / spread) if spread > 0 else 0.0


def _side(runs: Sequence[Measured]) -> Side:
    if not runs:
        raise ValueError("no runs to take a mean of")
    return Side(runs)


def _seen(side: Side, other: Side) -> float:
    """The variance of one run of ``side``; of a single one, as the other side shows it."""
    return side.spread if side.spread is not None else (other.spread or 0.0)


def _freedom(a: Side, b: Side, seen: Sequence[float]) -> float:
    """Welch and Satterthwaite's degrees of freedom.

    By what is seen between the runs alone, so that wider intervals of the runs never make the whole one narrower.
    """
    if a.spread is None or b.spread is None:
        return max(a.runs, b.runs) - 1
    parts = [seen[0] / a.runs, seen[1] / b.runs]
    if sum(parts) == 0:
        return min(a.runs, b.runs) - 1
    shares = [part / sum(parts) for part in parts]
    return 1.0 / (shares[0] ** 2 / (a.runs - 1) + shares[1] ** 2 / (b.runs - 1))


def _t(freedom: float) -> float:
    """Student's two-sided 95 % quantile between two whole degrees of freedom, in a straight line over their inverse."""
    below = max(1, math.floor(freedom + 1e-9))
    part = max(0.0, 1 / below - 1 / freedom) / (1 / below - 1 / (below + 1))
    return student_t(below) + part * (student_t(below + 1) - student_t(below))


def _mean_square(below: Floats, above: Floats) -> float:
    """Of the half-widths; the two sides of an interval of logarithms are nearly the same."""
    return float(np.mean((below**2 + above**2) / 2))


def _span(centre: float, below: float, above: float) -> Span:
    with np.errstate(over="ignore"):  # what nothing bounds is infinite
        low, value, high = np.exp([centre - below, centre, centre + above])
    return Span(float(value), float(low), float(high))
