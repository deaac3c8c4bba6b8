"""Means over sliding windows of bins, NaN aware: a gap shortens a window, it never counts as zero."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rules.series import Floats

Mask = NDArray[np.bool_]


def width(seconds: float, step: float) -> int:
    """Bins of ``step`` seconds in ``seconds``, at least one."""
    return max(1, round(seconds / step))


def cost_per_unit(cost: Floats, units: Floats, needed: float, shortest: int) -> tuple[NDArray[np.intp], Floats]:
    """Cost per unit over the window that starts at each bin and ends as soon as it holds ``needed`` units.

    A window has ``shortest`` bins at least; bins with a NaN in either array are left out. Returns the windows' first
    bins, rising, and their costs; both empty where not even the whole holds enough.
    """
    seen = np.isfinite(cost) & np.isfinite(units)
    spent, made = (np.concatenate([[0.0], np.cumsum(values[seen])]) for values in (cost, units))
    starts = np.arange(made.size - 1)
    ends = np.maximum(np.searchsorted(made, made[:-1] + needed), starts + shortest)
    whole = ends < made.size
    starts, ends = starts[whole], ends[whole]
    return np.flatnonzero(seen)[starts], (spent[ends] - spent[starts]) / (made[ends] - made[starts])


def centred_mean(values: Floats, width: int) -> Floats:
    """Mean of the observed values in ``width`` bins around each; NaN where none was. Shape (n,)."""
    half = width // 2
    seen = np.concatenate([[0], np.cumsum(np.isfinite(values))])
    total = np.concatenate([[0.0], np.nancumsum(values)])
    low = np.maximum(0, np.arange(values.size) - half)
    high = np.minimum(values.size, np.arange(values.size) + (width - half))
    count = seen[high] - seen[low]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, (total[high] - total[low]) / count, np.nan)


def sustained_mean(values: Floats, width: int) -> Floats:
    """Mean over each full window of ``width`` bins without a gap in it; shape (n - width + 1,), NaN elsewhere."""
    if values.size < width:
        return np.empty(0)
    return np.convolve(values, np.ones(width) / width, mode="valid")


def runs_of(mask: Mask) -> list[tuple[int, int]]:
    """Half-open index ranges of each unbroken stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def at_least(mask: Mask, width: int) -> Mask:
    """``mask`` without its stretches shorter than ``width`` bins."""
    kept = np.zeros_like(mask)
    for a, b in runs_of(mask):
        if b - a >= width:
            kept[a:b] = True
    return kept


def with_recurring_dips(mask: Mask, among: Mask, longest: int) -> Mask:
    """``mask`` and its inner gaps of at most ``longest`` bins that lie in ``among``, where there are two or more."""
    filled = mask.copy()
    stretches = runs_of(mask)
    gaps = [(end, start) for (_, end), (start, _) in pairwise(stretches)]
    dips = [(a, b) for a, b in gaps if b - a <= longest and among[a:b].all()]
    for a, b in dips if len(dips) > 1 else []:
        filled[a:b] = True
    return filled
