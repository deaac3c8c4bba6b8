"""Quotas: a rate limiter that lets so many requests through each minute, and none until the next one begins.

Below the quota's rate nothing is seen of it. Above, all is served until the quota is used up, and then every request is
told 429 until the next window: goodput is a burst, then nothing, then a burst. What is sustained is the quota over its
window, and neither the burst nor the silence is. From one begin of a window to another it is known exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class _Clock:
    """When windows begin: in bins, to within one."""

    first: float
    period: float

    def windows(self, bins: Floats) -> Floats:
        """The window that each of the moments ``bins`` (n,) is in."""
        return np.asarray(np.floor((bins - self.first) / self.period))


@lru_cache(maxsize=16)
def evened(timeline: Timeline) -> Timeline:
    """``timeline`` with the mean rates of each whole window in all its bins; the same one where there is no quota.

    Of other windows in which some are refused, and of those cut off by either end of the run, what is above the quota
    or beside a 429 is NaN. A quota has a clock, is the same in each window that uses it up, and more in none: circuit
    breakers and the like, which open when they do, are none.
    """
    begins = _begins(timeline)
    clock = _clock(begins)
    if clock is None:
        return timeline
    limited = refusals.limited(timeline)
    rates = [timeline.goodput.copy(), timeline.throughput.copy(), limited.copy()]
    levels, whole = [], np.zeros(limited.size, bool)
    for (first, since), (after, until) in pairwise(begins):
        if round((until - since) / clock.period) > 1:
            continue  # others lie between, which did not use it up
        within = slice(first, after)
        whole[within] = True
        for rate in rates:
            rate[within] = rate[within].sum() / (until - since)  # NaN where some of it was not seen
        levels.append(rates[0][first])
    told = np.array(levels)[np.isfinite(levels)]
    if (
        not told.size
        or np.ptp(told) > told.mean() / clock.period
        or _otherwise(timeline, clock, whole, float(told.mean()))
    ):
        return timeline
    good, every, refused = rates
    with np.errstate(invalid="ignore"):
        bent = (good > float(told.mean())) | (limited > 0)
    good[bent & ~whole & _not_whole(clock, limited)] = np.nan
    by_status = {**timeline.failures_by_status, refusals.TOO_MANY: refused}
    return replace(timeline, goodput=good, throughput=every, failures_by_status=by_status)


def _clock(begins: list[tuple[int, float]]) -> _Clock | None:
    """The one that ``begins`` keep to within a bin; None where they keep none, or are fewer than two."""
    if len(begins) < 2:
        return None
    since = np.array([moment for _, moment in begins]) - begins[0][1]
    counted = np.concatenate([[0.0], np.cumsum(np.round(np.diff(since) / np.diff(since).min()))])
    period = float(since[-1] / counted[-1])
    kept = bool(np.all(np.abs(since - period * counted) <= 1.0))
    return _Clock(begins[0][1] % period, period) if kept else None


def _otherwise(timeline: Timeline, clock: _Clock, whole: Mask, quota: float) -> bool:
    """Whether any window but the ``whole`` ones had more than ``quota``, or used it up with less; to within a bin."""
    bins = np.arange(float(whole.size))
    begin, end = clock.windows(bins), clock.windows(bins + 1.0 - 1e-9)
    used_up, good = _used_up(timeline), timeline.goodput
    for one in np.unique(begin[~whole]):
        inside = ~whole & (begin == one) & (end == one)
        if np.nansum(good[inside]) > quota * (clock.period + 1.0):
            return True
        some = ~whole & ((begin == one) | (end == one))  # a bin may be in two windows
        # Of the first, others may have had a part, and of what was not seen nothing is known.
        if one > begin[0] and used_up[inside].any() and good[some].sum() < quota * (clock.period - 1.0):
            return True
    return False


def _not_whole(clock: _Clock, limited: Floats) -> Mask:
    """Bins of windows, by their clock, in which some are refused, or that the run has a part of."""
    ends = np.arange(1.0, limited.size + 1.0)  # of bins: a window may begin in one
    windows = clock.windows(ends)
    return np.isin(windows, windows[limited > 0]) | np.isin(windows, windows[[0, -1]])


def _begins(timeline: Timeline) -> list[tuple[int, float]]:
    """Where all are let through again though no fewer come: the first bin of each window, and its begin in bins."""
    every, limited, load = timeline.throughput, refusals.limited(timeline), vus.load(timeline)
    with np.errstate(invalid="ignore"):
        free = (every > 0) & (limited <= NONE * every)
    found = []
    for _, after in runs_of(_used_up(timeline)):
        again = after + np.flatnonzero(free[after : after + 2])[:1]  # a window may begin within a bin
        if again.size and load[again[0]] >= LOAD_KEPT * load[after - 1]:
            found.append((after, after + min(1.0, float(limited[after] / limited[after - 1]))))
    return found


def _used_up(timeline: Timeline) -> Mask:
    every = timeline.throughput
    with np.errstate(invalid="ignore"):
        return np.asarray((every > 0) & (refusals.limited(timeline) >= ALL * every))
