"""A share of trials and its 95 % interval, where neighbours are alike: who waits in a queue waits as the next does.

Wilson's interval (1927, *Journal of the American Statistical Association* 22) for as many independent trials as would
vary as much as batch means of the trials do; with no failure seen it has an upper end all the same, unlike Wald's.
"""

from __future__ import annotations

import math

import numpy as np

from rules.series import Floats
from rules.statistics import batch_means
from rules.statistics.batch_means import NORMAL, Mean

LEAST = 0.5
"""Fewer of a kind are none at all: counts between two samples of a counter are fractions."""


def proportion(hits: Floats, trials: Floats) -> Mean:
    """The share of ``hits`` among ``trials``, counts of shape (n,) in the order of time; NaN is a gap.

    Raises ValueError for fewer than two that were seen, or where there was no trial.
    """
    seen = np.isfinite(hits) & np.isfinite(trials)
    hits, trials = np.clip(hits[seen], 0.0, trials[seen]), trials[seen]
    if hits.size < 2 or trials.sum() <= 0:
        raise ValueError("a share needs trials in two bins")
    count, found = float(trials.sum()), float(hits.sum())
    share = 0.0 if found < LEAST else 1.0 if count - found < LEAST else found / count
    # The ratio of two sums, made a mean: its first-order term (Cochran, Sampling Techniques, 6.3).
    half = float(batch_means.mean((hits - share * trials) / float(trials.mean())).half_width)
    if half > 0 and 0 < share < 1:
        count = min(count, NORMAL**2 * share * (1 - share) / half**2)
    return _wilson(share, max(count, 1.0))


def _wilson(share: float, count: float) -> Mean:
    squared = NORMAL**2 / count
    centre = (share + squared / 2) / (1 + squared)
    half = NORMAL / (1 + squared) * math.sqrt(share * (1 - share) / count + squared / (4 * count))
    # It holds the share; the last digits of none and of all may say otherwise.
    return Mean(share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)))
