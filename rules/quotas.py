"""Quotas: a rate limiter that lets so many requests through each minute, and none until the next one begins.

Below the quota's rate nothing is seen of it. Above, all is served until the quota is used up, and then every request is
told 429 until the next window: goodput is a burst, then nothing, then a burst. What is sustained is the quota over its
window, and neither the burst nor the silence is. From one begin of a window to another it is known exactly.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from rules import refusals, vus
from rules.series import Floats
from rules.statistics.windows import Mask, runs_of
from rules.timeline import Timeline

ALL: Final = 0.9
"""Of the replies of a bin: the quota is used up. What was under way before may still be answered."""
NONE: Final = 0.1
"""Of the replies: nobody is turned away any more. One who was may still be answered."""
LOAD_KEPT: Final = 0.9
"""Of the load: where it falls by more as requests are let through again, that may be why they are."""


@lru_cache(maxsize=16)
def evened(timeline: Timeline) -> Timeline:
    """``timeline`` with the mean rates of each whole window in all its bins; the same one where there is no quota.

    Of windows at either end, of which no begin or end is seen, what is above the quota or beside a 429 is NaN.
    """
    begins = _begins(timeline)
    if len(begins) < 2:
        return timeline
    limited = refusals.limited(timeline)
    rates = [timeline.goodput.copy(), timeline.throughput.copy(), limited.copy()]
    levels = []
    for (first, since), (after, until) in pairwise(begins):
        within = slice(first, after)
        for rate in rates:
            rate[within] = rate[within].sum() / (until - since)  # NaN where some of it was not seen
        levels.append(rates[0][first])
    if not np.isfinite(levels).any():
        return timeline
    good, every, refused = rates
    with np.errstate(invalid="ignore"):
        bent = (good > float(np.nanmean(levels))) | (limited > 0)
    good[bent & _not_whole(begins, limited)] = np.nan
    by_status = {**timeline.failures_by_status, refusals.TOO_MANY: refused}
    return replace(timeline, goodput=good, throughput=every, failures_by_status=by_status)


def _not_whole(begins: list[tuple[int, float]], limited: Floats) -> Mask:
    """Bins of windows before the first of ``begins`` and after the last, by their clock, in which some are refused."""
    period = float(np.median(np.diff([since for _, since in begins])))
    bins = np.arange(limited.size)
    windows = np.floor((bins + 1 - (begins[0][1] % period)) / period)  # by the end of a bin: it may begin in one
    outside = (bins < begins[0][0]) | (bins >= begins[-1][0])
    refusing = np.unique(windows[limited > 0])
    return outside & np.isin(windows, refusing)


def _begins(timeline: Timeline) -> list[tuple[int, float]]:
    """Where all are let through again though no fewer come: the first bin of each window, and its begin in bins."""
    every, limited, load = timeline.throughput, refusals.limited(timeline), vus.load(timeline)
    with np.errstate(invalid="ignore"):
        used_up, free = (every > 0) & (limited >= ALL * every), (every > 0) & (limited <= NONE * every)
    found = []
    for _, after in runs_of(used_up):
        again = after + np.flatnonzero(free[after : after + 2])[:1]  # a window may begin within a bin
        if again.size and load[again[0]] >= LOAD_KEPT * load[after - 1]:
            found.append((after, after + min(1.0, float(limited[after] / limited[after - 1]))))
    return found
