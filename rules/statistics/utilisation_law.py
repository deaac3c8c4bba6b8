"""The utilisation law, U = X·D: what a resource, measured at light load, will allow when it is full.

Denning & Buzen, *The Operational Analysis of Queueing Network Models* (1978): a resource that each request needs for
D seconds is busy for X·D of every second, so X cannot exceed 1/D. What is busy without any request is the intercept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules.series import Floats

FEWEST_POINTS = 5
WIDEST_ERROR = 0.1
"""A slope whose standard error is above this share of it forecasts nothing."""


@dataclass(frozen=True)
class Demand:
    """``idle``: utilisation with no request at all, 0 to 1. ``seconds``: D, per request, over the whole resource."""

    idle: float
    seconds: float

    def rate_at(self, utilisation: float) -> float:
        """The rate in requests/s at which the resource is that busy."""
        return (utilisation - self.idle) / self.seconds


def demand(rate: Floats, utilisation: Floats) -> Demand | None:
    """Least squares of ``utilisation`` (n,) on ``rate`` (n,) in requests/s, NaN left out.

    None where they show no demand: too few points, no rise, or one that the noise about the line could be.
    """
    seen = np.isfinite(rate) & np.isfinite(utilisation)
    x, u = rate[seen], utilisation[seen]
    if x.size < FEWEST_POINTS:
        return None
    off = x - x.mean()
    spread = float(off @ off)
    if spread <= 0:
        return None
    slope = float(off @ u) / spread
    residuals = u - u.mean() - slope * off
    error = float(np.sqrt(residuals @ residuals / (x.size - 2) / spread))
    if slope <= 0 or error > WIDEST_ERROR * slope:
        return None
    return Demand(idle=float(u.mean() - slope * x.mean()), seconds=slope)
