"""The mean of a correlated sequence and its confidence interval, by the method of batch means.

Law & Kelton, *Simulation Modeling and Analysis*, chapter 9: means of long enough batches are nearly independent,
so Student's t holds for them. Batches grow until their lag-1 correlation is small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rules.series import Floats

CORRELATION_LIMIT = 0.2
"""Batches whose lag-1 correlation is below this are long enough (Law & Carson 1979 use 0.4 on a jackknifed one)."""
FEWEST_BATCHES = 6
FLOOR = 0.003
"""No interval is narrower than this share either side: clocks and bin edges are not better than that."""
NORMAL = 1.960
"""Standard errors in a half-width of 95 % where the standard deviation is known."""

_T975 = (
    12.706,
    4.303,
    3.182,
    2.776,
    2.571,
    2.447,
    2.365,
    2.306,
    2.262,
    2.228,
    2.201,
    2.179,
    2.160,
    2.145,
    2.131,
    2.120,
    2.110,
    2.101,
    2.093,
    2.086,
    2.080,
    2.074,
    2.069,
    2.064,
    2.060,
    2.056,
    2.052,
    2.048,
    2.045,
    2.042,
)
"""Student's t, 97.5 % quantile, for 1 to 30 degrees of freedom; any statistics table."""


@dataclass(frozen=True)
class Mean:
    """A mean and its 95 % interval, in the unit of the values."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    def widened(self, other: float) -> Mean:
        """The same value where something else that has nothing to do with it leaves a half-width of ``other``."""
        half = math.hypot(self.half_width, other)
        return Mean(self.value, self.value - half, self.value + half)


def student_t(freedom: int) -> float:
    """The two-sided 95 % quantile for ``freedom`` >= 1; beyond the table, Cornish-Fisher's first term."""
    return _T975[freedom - 1] if freedom <= len(_T975) else NORMAL * (1 + 1.21 / freedom)


def mean(values: Floats) -> Mean:
    """The mean of ``values`` (n,), NaN left out, with a 95 % interval that knows that neighbours are alike.

    Raises ValueError for fewer than two values.
    """
    seen = values[np.isfinite(values)]
    if seen.size < 2:
        raise ValueError("an interval needs two values")
    batches = seen
    width = 1
    while lag_one(batches) > CORRELATION_LIMIT and seen.size // (width + 1) >= FEWEST_BATCHES:
        width += 1
        batches = seen[: seen.size // width * width].reshape(-1, width).mean(axis=1)
    centre = float(seen.mean())
    error = float(batches.std(ddof=1)) / np.sqrt(batches.size)
    # What correlation is left after the longest batches still widens the mean's error (AR(1) to first order).
    left = min(max(lag_one(batches), 0.0), 0.9) if batches.size > 3 else 0.0
    half = max(student_t(batches.size - 1) * error * np.sqrt((1 + left) / (1 - left)), FLOOR * abs(centre))
    return Mean(centre, centre - half, centre + half)


def lag_one(values: Floats) -> float:
    """Correlation of each value with the next; 0 for fewer than four values or no spread."""
    if values.size < 4:
        return 0.0
    off = values - values.mean()
    power = float(off @ off)
    return float(off[1:] @ off[:-1]) / power if power > 0 else 0.0
