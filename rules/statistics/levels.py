"""Did a sequence change its level? Binary segmentation (Scott & Knott 1974), by intervals that know correlation."""

from __future__ import annotations

from rules.series import Floats
from rules.statistics.batch_means import mean

APART = 2.0
"""Two levels are two where the gap between their means is this many times the sum of their half-widths: with the
floor of 0.3 % on each, 1.2 %; else some eight standard errors, as the best of many places to divide is chosen."""


def best_level(values: Floats, fewest: int) -> slice:
    """The part of ``values`` (n,) that has the highest level; all of it where it has one level only.

    A part has ``fewest`` values at least, 2 or more.
    """
    best, found = APART, slice(0, values.size)
    for cut in range(max(2, fewest), values.size - max(2, fewest) + 1):
        before, after = mean(values[:cut]), mean(values[cut:])
        apart = abs(before.value - after.value) / (before.half_width + after.half_width)
        if apart > best:
            best, found = apart, slice(0, cut) if before.value > after.value else slice(cut, values.size)
    if found == slice(0, values.size):
        return found
    inner = best_level(values[found], fewest)
    return slice(found.start + inner.start, found.start + inner.stop)
