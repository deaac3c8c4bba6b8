"""By how much does one sequence come after another that it follows? The lag at which a straight line explains it best.

Cross-correlation (Box & Jenkins, *Time Series Analysis*, chapter 11). A ramp alone has no lag, as a line that is moved
is a line; a bend, a step or an end has one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules.series import Floats
from rules.statistics.windows import Mask

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
    lines = _lines(follows, moved, seen)
    own = lines.unexplained
    least = int(own.argmin())
    if own[least] > 1.0 - EXPLAINED:
        return None
    best = float(own[least])
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.where(seen, moved - lines.at_none[least] - lines.slope[least] * follows, 0.0)
        left = (errors**2).sum(axis=1) / seen.sum(axis=1) / lines.variance[least]
    none = int(np.flatnonzero(lags == 0.0)[0])
    as_good = AS_GOOD * best + ALL_BUT
    inner = float(_lines(follows[rest:], moved[none : none + 1, rest:], seen[none : none + 1, rest:]).unexplained[0])
    if inner <= CLEARER * best + WORTH:
        return Lag(0.0, inner)
    if own[none] <= as_good or not left[none] > CLEARER * best + WORTH:
        return Lag(0.0, float(left[none]))
    middle = float(lags[left <= as_good].mean())
    far = np.abs(lags - middle) > near
    clear = not (left[far] <= CLEARER * best + ALL_BUT).any() and not (own[far] <= as_good).any()
    return Lag(middle, best) if clear else None


def unmoved(follows: Floats, values: Floats, fewest: int, rest: int = 0) -> Lag | None:
    """What ``lag`` says, from the ``values`` (n,) at lag 0 alone: where the line explains nearly all, no lag can be
    better by enough. None where that takes a look at the others.
    """
    row = values[None]
    seen = np.isfinite(follows) & np.isfinite(row)
    whole, inner = (_lines(follows[first:], row[:, first:], seen[:, first:]).unexplained[0] for first in (0, rest))
    sure = seen.sum() >= fewest and whole <= 1.0 - EXPLAINED and inner <= WORTH
    return Lag(0.0, float(inner)) if sure else None


@dataclass(frozen=True, eq=False)
class _Lines:
    """One a row, shape (m,) each."""

    at_none: Floats
    slope: Floats
    variance: Floats
    """Of what follows, in all."""
    unexplained: Floats
    """Share of it; 1 where the line does not rise, or there are no two values."""


def _lines(x: Floats, rows: Floats, seen: Mask) -> _Lines:
    """The least-squares line of each of ``rows`` (m, n) over ``x`` (n,), where it is ``seen`` (m, n)."""
    count = seen.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_x, mean_y = (np.where(seen, values, 0.0).sum(axis=1) / count for values in (x, rows))
        dx, dy = np.where(seen, x - mean_x[:, None], 0.0), np.where(seen, rows - mean_y[:, None], 0.0)
        together, squares = (dx * dy).sum(axis=1), (dy**2).sum(axis=1)
        slope = together / (dx**2).sum(axis=1)
        unexplained = np.where((count >= 2) & (together > 0), 1.0 - slope * together / squares, 1.0)
        return _Lines(mean_y - slope * mean_x, slope, squares / count, unexplained)
