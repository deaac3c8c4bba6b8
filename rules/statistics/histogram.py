"""Quantiles, moments and shares of a distribution that is known by the counts in its buckets.

A native histogram's boundaries grow by a constant factor, so observations are taken as spread evenly over the
logarithm inside a bucket, and evenly inside one that touches 0: what Prometheus 3 does in ``histogram_quantile`` and
``histogram_fraction`` (promql/quantile.go). The quantities are durations, so nothing lies below 0.
"""

from __future__ import annotations

import numpy as np

from rules.series import Floats

TOUCHING = 1e-9
"""Far more than the boundary of two buckets can differ by, as a share."""


def quantile(lower: Floats, upper: Floats, counts: Floats, q: float) -> Floats:
    """The ``q`` quantile, 0 to 1, of each distribution in ``counts`` (..., m); shape (...), in the boundaries' unit.

    ``lower`` and ``upper`` (m,) rise. NaN where nothing was observed or a count is NaN. In a bucket without an upper
    end the answer is its lower one. Raises ValueError for a ``q`` outside 0 to 1.
    """
    if not 0 <= q <= 1:
        raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
    if counts.shape[-1] == 0:
        return np.full(counts.shape[:-1], np.nan)
    upto = np.cumsum(counts, axis=-1)
    total = upto[..., -1]
    rank = q * total
    index = np.argmax((upto >= rank[..., None]) & (counts > 0), axis=-1)
    inside = np.take_along_axis(counts, index[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(upto, index[..., None], axis=-1)[..., 0] - inside
    bottom, top = np.maximum(lower, 0.0)[index], upper[index]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (rank - before) / inside
        even = bottom + part * (top - bottom)
        exponential = bottom * (top / bottom) ** part
        value = np.where(bottom > 0, exponential, even)
        return np.where(total > 0, np.where(np.isinf(top), bottom, value), np.nan)


def moments(lower: Floats, upper: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each distribution in ``counts`` (..., m), as if all were in the middle of their buckets.

    Shape (...) each, in the boundaries' unit and its square; 0 where nothing was observed, or m is 0. Less than one
    observation is taken as one. What lies in a bucket without an upper end counts as its lower one.
    """
    bottom, total = np.maximum(lower, 0.0), np.maximum(counts.sum(axis=-1), 1.0)
    middle = np.where(np.isfinite(upper), (bottom + upper) / 2, bottom)
    mean: Floats = counts @ middle / total
    return mean, np.maximum(counts @ middle**2 / total - mean**2, 0.0)


def share_below(lower: Floats, upper: Floats, counts: Floats, limit: float) -> Floats:
    """The share of observations at or below ``limit``, 0 to 1, of each distribution in ``counts`` (..., m).

    Shape (...). NaN where nothing was observed or a count is NaN. What lies in a bucket without an upper
    end is above any limit.
    """
    bottom = np.maximum(lower, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        even = (limit - bottom) / (upper - bottom)
        exponential = np.log(limit / bottom) / np.log(upper / bottom) if limit > 0 else np.zeros_like(bottom)
        inside = np.where(np.isinf(upper), 0.0, np.where(bottom > 0, exponential, even))
        part = np.where(limit >= upper, 1.0, np.where(limit <= bottom, 0.0, inside))
        total = counts.sum(axis=-1)
        return np.where(total > 0, counts @ part / total, np.nan)


def unsure_below(lower: Floats, upper: Floats, counts: Floats, limit: float) -> tuple[Floats, Floats]:
    """By how much the share at or below ``limit`` may be less, and more, than ``share_below`` says; shape (...) each.

    Durations that differ much fill a bucket and those beside it alike, and are spread in it about as is assumed. What a
    bucket has beyond both of its neighbours together may be many that are all alike: on either side of the limit.
    """
    nothing = np.zeros(counts.shape[:-1])
    found = np.flatnonzero((lower < limit) & (limit < upper))
    if not found.size or np.isinf(upper[found[0]]):
        return nothing, nothing
    at = int(found[0])
    beside = nothing
    if at > 0 and upper[at - 1] >= lower[at] * (1.0 - TOUCHING):
        beside = beside + counts[..., at - 1]
    if at + 1 < upper.size and lower[at + 1] <= upper[at] * (1.0 + TOUCHING):
        beside = beside + counts[..., at + 1]
    one = np.zeros(upper.size)
    one[at] = 1.0
    part = float(share_below(lower, upper, one, limit))
    total = counts.sum(axis=-1)
    alike = np.divide(np.maximum(0.0, counts[..., at] - beside), total, out=np.zeros_like(nothing), where=total > 0)
    return part * alike, (1.0 - part) * alike
