"""Straight lines through noisy values: is there a fall, and what is left without it?

Least squares; the error of a slope is widened as that of a mean is where neighbours are alike (Bayley & Hammersley
1946, *Supplement to the Journal of the Royal Statistical Society* 8). One step down is the likeliest change point
(Hinkley 1970, *Biometrika* 57).
"""

from __future__ import annotations

import numpy as np

from rules.series import Floats
from rules.statistics.batch_means import lag_one

FALL = 0.08
"""A fall of the fitted line by this share of its mean, first value to last, is more than a plateau's drift."""
SIGNIFICANT = 4.0
"""Standard errors of the slope, widened where neighbours are alike; few stretches are tested."""


def detrended(values: Floats) -> Floats:
    """``values`` about their least-squares line, which is turned level: a ramp's rise is no noise. NaN stay NaN."""
    seen = np.isfinite(values)
    x = np.arange(values.size)
    if seen.sum() < 2:
        return values
    slope, _ = np.polyfit(x[seen], values[seen], 1)
    level: Floats = values - slope * (x - x[seen].mean())
    return level


def falls(values: Floats, by: float = FALL) -> bool:
    """Whether the line through ``values`` (NaN left out) falls by the share ``by``, first to last, beyond its noise."""
    seen = values[np.isfinite(values)]
    if seen.size < 4:
        return False
    each, error = slope(np.arange(float(seen.size)), seen)
    return -each * (seen.size - 1) > by * seen.mean() and -each > SIGNIFICANT * error


def slope(x: Floats, values: Floats) -> tuple[float, float]:
    """Of the least-squares line through ``values`` at ``x``, both (n,), n > 2, in the order of time; and its standard
    error, wider where neighbours are alike."""
    each, residuals, spread = _line(x, values)
    alike = max(0.0, lag_one(residuals))
    return each, float(np.sqrt(residuals @ residuals / (x.size - 2) / spread * (1 + alike) / (1 - alike)))


def steps_down(values: Floats) -> bool:
    """Whether two levels, the lower one later, leave less of ``values`` (NaN left out) unexplained than a line does."""
    return _steps(values, 1.0)


def steps(values: Floats) -> bool:
    """The same of two levels of which either is the lower."""
    return _steps(values, 1.0) or _steps(values, -1.0)


def _steps(values: Floats, down: float) -> bool:
    seen = values[np.isfinite(values)]
    if seen.size < 4:
        return False
    _, residuals, _ = _line(np.arange(float(seen.size)), seen)
    n = np.arange(1, seen.size)
    before, total = np.cumsum(seen)[:-1], float(seen.sum())
    gap = down * (before / n - (total - before) / (seen.size - n))
    between = np.where(gap > 0, gap**2, 0.0) * n * (seen.size - n) / seen.size
    return float(residuals @ residuals) > float(((seen - seen.mean()) ** 2).sum() - between.max())


def _line(x: Floats, values: Floats) -> tuple[float, Floats, float]:
    """Slope of the least-squares line through ``values`` at ``x``, (n,) of n > 1, what it leaves, and Σ(x - mean)²."""
    off = x - x.mean()
    spread = float(off @ off)
    each = float(off @ values) / spread
    residuals: Floats = values - values.mean() - each * off
    return each, residuals, spread
