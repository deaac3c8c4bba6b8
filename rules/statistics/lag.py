"""By how much does one sequence come after another that it follows? The lag at which a straight line explains it best.

Cross-correlation (Box & Jenkins, *Time Series Analysis*, chapter 11). A ramp alone has no lag, as a line that is moved
is a line; a bend, a step or an end has one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules.series import Floats

EXPLAINED = 0.9
"""Share of the variance that the line must explain at the best lag."""
CLEARER = 3.0
"""Times as much the same line must leave unexplained at every lag that is far from the best one, and at none at all.
A line of its own may do nearly as well there, where little of a bend is left to see; but it must not do as well."""
WORTH = 0.05
"""Of the variance; where no lag at all leaves so little more than the best one, it does."""
AS_GOOD, ALL_BUT = 1.5, 0.005
"""So many times as much, or so much of the variance more, is no difference: of such lags the middle one is meant."""


@dataclass(frozen=True)
class Lag:
    """A lag in the unit of those that were looked at, and the share of the variance that it leaves unexplained."""

    value: float
    unexplained: float


def lag(follows: Floats, moved: Floats, lags: Floats, fewest: int, near: float, rest: int = 0) -> Lag | None:
    """The one of ``lags`` (m,), rising, at which the rows of ``moved`` (m, n) follow ``follows`` (n,) best.

    NaN is unknown; a lag at which fewer than ``fewest`` pairs are known is not looked at. 0 must be among the lags, and
    is the answer where it is about as good as the best, be it without the ``rest``, so many first values in which
    nothing happened: from nothing to little the relation may be another one. None where no lag is good, or one is that
    is more than ``near`` away from the best.
    """
    seen = np.isfinite(follows) & np.isfinite(moved)
    seen &= (seen.sum(axis=1) >= fewest)[:, None]
    lines = [_line(follows[row], values[row]) if row.any() else None for row, values in zip(seen, moved, strict=True)]
    own = np.array([1.0 if line is None else line.unexplained for line in lines])
    best = lines[int(own.argmin())]
    if best is None or best.unexplained > 1.0 - EXPLAINED:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.where(seen, moved - best.at_none - best.slope * follows, 0.0)
        left = (errors**2).sum(axis=1) / seen.sum(axis=1) / best.variance
    none = int(np.flatnonzero(lags == 0.0)[0])
    as_good = AS_GOOD * best.unexplained + ALL_BUT
    inner = _line(follows[rest:][seen[none, rest:]], moved[none, rest:][seen[none, rest:]])
    if inner is not None and inner.unexplained <= CLEARER * best.unexplained + WORTH:
        return Lag(0.0, inner.unexplained)
    if own[none] <= as_good or not left[none] > CLEARER * best.unexplained + WORTH:
        return Lag(0.0, float(left[none]))
    middle = float(lags[left <= as_good].mean())
    far = np.abs(lags - middle) > near
    clear = not (left[far] <= CLEARER * best.unexplained + ALL_BUT).any() and not (own[far] <= as_good).any()
    return Lag(middle, best.unexplained) if clear else None


@dataclass(frozen=True)
class _Line:
    at_none: float
    slope: float
    variance: float
    """Of what follows, in all."""
    unexplained: float
    """Share of it."""


def _line(x: Floats, y: Floats) -> _Line | None:
    """The least-squares line; None where it does not rise, or there are no two values."""
    if x.size < 2:
        return None
    dx, dy = x - x.mean(), y - y.mean()
    together, variance = float(dx @ dy), float(dy @ dy)
    if together <= 0:
        return None
    slope = together / float(dx @ dx)
    return _Line(float(y.mean() - slope * x.mean()), slope, variance / y.size, 1.0 - slope * together / variance)
