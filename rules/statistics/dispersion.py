"""How much values scatter about whatever curve they lie on, when nobody knows the curve."""

from __future__ import annotations

from typing import Final

import numpy as np

from rules.series import Floats

FREEDOM: Final = 18 / 35
"""Degrees of freedom of a variance for each pseudo-residual it is the mean of: neighbours share their values."""
ONE_SIDED_99: Final = 2.326
"""Standard deviations of a normal distribution, beyond which on one side 1 % lies."""
MEDIAN_TO_SIGMA: Final = 1.4826
"""Standard deviations in a median absolute deviation of a normal distribution."""


def scatter(values: Floats) -> float:
    """The standard deviation of ``values`` (NaN left out) about whatever moves slowly beneath them.

    From the differences of neighbours (von Neumann 1941, *Annals of Mathematical Statistics* 12), by their median, so
    that a step counts for little; 0 for fewer than 3.
    """
    seen = values[np.isfinite(values)]
    return float(np.median(np.abs(np.diff(seen))) * MEDIAN_TO_SIGMA / np.sqrt(2)) if seen.size > 2 else 0.0


def curvature_scatter(values: Floats) -> float:
    """The same, from how far each value is from the middle of its neighbours, so that a steep slope adds nothing.

    From the pseudo-residuals of values at equal distances, by their median; NaN is a gap; 0 where no 3 are in a row.
    """
    off = np.sqrt(pseudo_residuals(np.arange(float(values.size)), values, np.ones(values.size)))
    seen = off[np.isfinite(off)]
    return float(np.median(seen) * MEDIAN_TO_SIGMA) if seen.size else 0.0


def pseudo_residuals(at: Floats, values: Floats, variances: Floats) -> Floats:
    """What each of ``values`` is off the straight line between its neighbours, squared, over what was to be expected.

    All of shape (m,), by places ``at`` that rise; ``variances`` are those that the values are thought to have, so that
    the mean of the result tells how many times that is true. NaN at both ends. Gasser, Sroka & Jennen-Steinmetz 1986,
    *Biometrika* 73: a curve that bends little between three neighbours adds little to it.
    """
    found = np.full(values.size, np.nan)
    if values.size < 3:
        return found
    apart, behind = at[2:] - at[:-2], at[1:-1] - at[:-2]
    after = np.divide(behind, apart, out=np.full(apart.size, 0.5), where=apart > 0)
    before = 1.0 - after
    off = before * values[:-2] + after * values[2:] - values[1:-1]
    expected = before**2 * variances[:-2] + after**2 * variances[2:] + variances[1:-1]
    found[1:-1] = off**2 / expected
    return found


def at_least(squared: Floats) -> float:
    """How many times the variance is what it was thought to be, at the least: the lower end of a one-sided 99 %
    interval for the mean of ``squared`` (m,), pseudo-residuals, NaN left out; 0 where there are none.

    Of a scaled chi-squared variable, by Wilson & Hilferty 1931, *PNAS* 17, within 5 % from half a degree of freedom on.
    """
    seen = squared[np.isfinite(squared)]
    if not seen.size:
        return 0.0
    part = 2.0 / (9.0 * FREEDOM * seen.size)
    return float(seen.mean() / (1.0 - part + ONE_SIDED_99 * np.sqrt(part)) ** 3)
