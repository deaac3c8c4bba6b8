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


def cost_per_unit(cost: Floats, units: Floats, needed: float, shortest: int) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Cost per unit over the window that starts at each bin and ends as soon as it holds ``needed`` units.

    A window has ``shortest`` bins at least; bins with a NaN in either array are left out. Returns the windows' first
    bins, rising, their costs, and the units in them; all empty where not even the whole holds enough.
    """
    seen = np.isfinite(cost) & np.isfinite(units)
    spent, made = (np.concatenate([[0.0], np.cumsum(values[seen])]) for values in (cost, units))
    starts = np.arange(made.size - 1)
    ends = np.maximum(np.searchsorted(made, made[:-1] + needed), starts + shortest)
    whole = ends < made.size
    starts, ends = starts[whole], ends[whole]
    within = made[ends] - made[starts]
    return np.flatnonzero(seen)[starts], (spent[ends] - spent[starts]) / within, within


def costs_in_turn(cost: Floats, units: Floats, needed: float) -> Floats:
    """Cost per unit over windows one after the other, each of as few bins as hold ``needed`` units; (m,).

    A bin with a NaN in either array is a gap: a NaN between windows, and the window that it cuts is left out.
    """
    found, spent, made = [], 0.0, 0.0
    for one, more in zip(cost.tolist(), units.tolist(), strict=True):
        spent, made = spent + one, made + more
        if made >= needed or made != made or spent != spent:
            found.append(spent / made if made > 0 else float("nan"))
            spent, made = 0.0, 0.0
    return np.array(found)


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


def dips(values: Floats, depth: float, below: float, longest: int) -> Mask:
    """Stretches of ``values`` (n,) beneath ``below``, ``longest`` bins at most, that have more on either side.

    There the highest of as many neighbours as the longest dip has is above the dip's lowest by ``depth``.
    """
    found = np.zeros(values.size, bool)
    with np.errstate(invalid="ignore"):
        low = values < below
    for a, b in runs_of(low):
        before, after = values[max(0, a - longest) : a], values[b : b + longest]
        if b - a <= longest and np.isfinite(before).any() and np.isfinite(after).any():
            found[a:b] = min(np.nanmax(before), np.nanmax(after)) - values[a:b].min() >= depth
    return found


def with_recurring_dips(mask: Mask, among: Mask, deep: Mask, longest: int) -> Mask:
    """``mask`` and its inner gaps that lie in ``among`` and come again.

    Those of ``longest`` bins at most, where there are two; and where ``mask``, from its first to its last, has two
    stretches of ``deep`` (dips, in a gap or not), every gap that is short or has one of them in it.
    """
    filled, stretches = mask.copy(), runs_of(mask)
    gaps = [(a, b) for (_, a), (b, _) in pairwise(stretches) if among[a:b].all()]
    if not gaps:
        return filled
    again = len(runs_of(deep[stretches[0][0] : stretches[-1][1]])) > 1
    short = [(a, b) for a, b in gaps if b - a <= longest]
    for a, b in gaps:
        if (again and deep[a:b].any()) or (b - a <= longest and (again or len(short) > 1)):
            filled[a:b] = True
    return filled
