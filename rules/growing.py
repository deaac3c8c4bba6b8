"""How long iterations last, told from those that have ended, while their number grows or falls.

Of what a ramp began, the shortest end first: an iteration of D seconds that ends at t began at t - D, when fewer were
begun. Each counts as many times as it was less likely to be seen (Horvitz & Thompson 1952, *Journal of the American
Statistical Association* 47): by how many begin at t for each that began at t - D.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np

from rules import vus
from rules.series import Floats
from rules.timeline import Durations, Timeline

BEGUN_SECONDS: Final = 10.0
"""Over which the requests are counted that tell how many iterations begin."""
MOST: Final = 10.0
"""Times that one may count: those of the first seconds of a ramp would outweigh all others."""
DIGITS: Final = 9
"""Two ways to add up the same numbers differ by less."""


@lru_cache(maxsize=16)
def evened(timeline: Timeline) -> Durations | None:
    """The iterations that ended in each bin, with the sums of seconds they had if as many had begun at any time.

    None where k6 sent no iteration durations; as they are where only their mean is known. Buckets stay as they are.
    """
    spent = timeline.iteration_durations
    if spent is None or spent.upper.size == 0:
        return spent
    bottom = np.maximum(spent.lower, 0.0)
    middle = np.where(np.isfinite(spent.upper), (bottom + spent.upper) / 2, bottom)
    begun, before = (_begun(timeline, timeline.times[:, None] - ago) for ago in (0.0, middle))
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = np.where(before > 0, np.minimum(begun / before, MOST), MOST)
        mean = (spent.buckets * weights) @ middle / (spent.buckets * weights).sum(axis=1)
        factor = np.round(mean / (spent.buckets @ middle / spent.buckets.sum(axis=1)), DIGITS)
    return replace(spent, sums=spent.sums * np.where(np.isfinite(factor), factor, 1.0))


def _begun(timeline: Timeline, at: Floats) -> Floats:
    """What is as many times as much as iterations begin at the times ``at``, of any shape; 0 before the first did.

    Their requests come first, before they think. In a gap they do as about it, and after the load's end none do.
    """
    edges = timeline.start + timeline.step * np.arange(timeline.vus.size + 1.0)
    seen = np.isfinite(timeline.throughput) & ~vus.over(timeline)
    if not seen.any():
        return np.zeros_like(at)
    rate = np.interp(timeline.times, timeline.times[seen], timeline.throughput[seen])
    total = np.concatenate([[0.0], np.cumsum(rate * timeline.step)])
    half = np.minimum(np.minimum(at - edges[0], edges[-1] - at), BEGUN_SECONDS / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (np.interp(at + half, edges, total) - np.interp(at - half, edges, total)) / (2 * half)
    return np.where(half > 0, mean, 0.0)
