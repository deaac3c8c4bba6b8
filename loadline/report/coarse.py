"""Fewer points for long runs: a chart has some 550 units of width, and a page must stay small."""

from __future__ import annotations

import math

import numpy as np

from rules.series import Floats

MOST_POINTS = 360


def group_size(bins: int) -> int:
    """How many neighbouring bins make one point, so that ``bins`` of them make at most MOST_POINTS."""
    return max(1, math.ceil(bins / MOST_POINTS))


def sums(rows: Floats, group: int) -> Floats:
    """Sums of the observed rows in each group; NaN where none was. (n, ...) becomes (ceil(n / group), ...)."""
    grouped = _grouped(rows, group)
    return np.where(np.isfinite(grouped).any(axis=1), np.nansum(grouped, axis=1), np.nan)


def means(values: Floats, group: int) -> Floats:
    """Means of the observed values in each group; NaN where none was. (n,) becomes (ceil(n / group),)."""
    seen = np.isfinite(_grouped(values, group)).sum(axis=1)
    return sums(values, group) / np.where(seen > 0, seen, np.nan)


def rolling_sums(rows: Floats, width: int = 3) -> Floats:
    """Sums over ``width`` (odd) rows around each, NaN rows left out; NaN where the row itself is. Shape (n, ...)."""
    half = width // 2
    rim = np.zeros((half, *rows.shape[1:]))
    padded = np.concatenate([rim, np.nan_to_num(rows), rim])
    total = np.sum([padded[shift : shift + rows.shape[0]] for shift in range(width)], axis=0)
    return np.where(np.isfinite(rows), total, np.nan)


def _grouped(rows: Floats, group: int) -> Floats:
    missing = -rows.shape[0] % group
    filled = np.concatenate([rows, np.full((missing, *rows.shape[1:]), np.nan)])
    return filled.reshape(-1, group, *rows.shape[1:])
