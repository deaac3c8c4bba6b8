"""Straight lines through noisy values: is there a fall, and what is left without it?"""

from __future__ import annotations

import numpy as np

from rules.series import Floats

FALL = 0.08
"""A fall of the fitted line by this share of its mean, first value to last, is more than a plateau's drift."""
SIGNIFICANT = 4.0
"""Standard errors of the slope; residuals of counts are close to independent, and few stretches are tested."""


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
    """Whether ``values`` (NaN left out) fall by the share ``by``, first to last, beyond the noise about their line."""
    seen = values[np.isfinite(values)]
    if seen.size < 4:
        return False
    x = np.arange(seen.size) - (seen.size - 1) / 2
    slope = float(x @ seen) / float(x @ x)
    residuals = seen - seen.mean() - slope * x
    error = float(np.sqrt(residuals @ residuals / (seen.size - 2) / (x @ x)))
    return slope < 0 and -slope * (seen.size - 1) > by * seen.mean() and -slope > SIGNIFICANT * error
