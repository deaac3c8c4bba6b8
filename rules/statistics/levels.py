"""Did a sequence change its level? Binary segmentation (Scott & Knott 1974), by intervals that know correlation."""

from __future__ import annotations

import math

import numpy as np

from rules.series import Floats
from rules.statistics.batch_means import FLOOR, NORMAL, Mean, mean
from rules.statistics.dispersion import scatter

APART = 2.0
"""Two levels are two where the gap between their means is this many times the sum of their half-widths: with the
floor of 0.3 % on each, 1.2 %; else some eight standard errors, as the best of many places to divide is chosen."""
ROUNDING = 1e-9
"""Far more than two ways to add up the same numbers can differ by, as a share."""


def best_level(values: Floats, fewest: int) -> slice:
    """The part of ``values`` (n,) that has the highest level; all of it where it has one level only.

    A part has ``fewest`` values at least, 2 or more. Of the many short parts one has values that are alike by luck, so
    none is known better than the scatter of neighbours in all of ``values`` lets as many be known.
    """
    best, found = APART, slice(0, values.size)
    usual = NORMAL * scatter(values)
    for cut in _worth_a_look(values, max(2, fewest)):
        before, after = mean(values[:cut]), mean(values[cut:])
        widths = _half_width(before, cut, usual) + _half_width(after, values.size - cut, usual)
        apart = abs(before.value - after.value) / widths
        if apart > best:
            best, found = apart, slice(0, cut) if before.value > after.value else slice(cut, values.size)
    if found == slice(0, values.size):
        return found
    inner = best_level(values[found], fewest)
    return slice(found.start + inner.start, found.start + inner.stop)


def _half_width(part: Mean, count: int, usual: float) -> float:
    return max(part.half_width, usual / math.sqrt(count))


def _worth_a_look(values: Floats, fewest: int) -> list[int]:
    """The places to divide, in order, at which the means are so far apart that the floor alone would tell them apart.

    No interval is narrower than its floor, so all others need none: they are most, and intervals are what takes long.
    """
    cuts = np.arange(fewest, values.size - fewest + 1)
    seen = np.isfinite(values)
    known = np.where(seen, values, 0.0)
    count, total = np.cumsum(seen)[cuts - 1], np.cumsum(known)[cuts - 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        before, after = total / count, (known.sum() - total) / (seen.sum() - count)
        apart = np.abs(before - after) / (FLOOR * (np.abs(before) + np.abs(after)))
    return [int(cut) for cut in cuts[apart > APART * (1.0 - ROUNDING)]]
