"""The plateau: the best level that a run held while it was saturated. What several rules need to know of a run.

Flatness alone would not tell a plateau of throughput from a plateau of VUs; saturation does (rules/unloaded.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from rules import mix, peak, quotas, sustained, unloaded, vus
from rules.peak import TOP_REGIME
from rules.series import Floats
from rules.statistics.batch_means import Mean, mean
from rules.statistics.dispersion import scatter
from rules.statistics.levels import best_level
from rules.statistics.trend import steps
from rules.statistics.windows import (
    Mask,
    at_least,
    centred_mean,
    dips,
    runs_of,
    sustained_mean,
    width,
    with_recurring_dips,
)
from rules.sustained import SUSTAINED_SECONDS
from rules.timeline import Timeline

DEEP = 1.15
"""Times the knee's VUs, from where on a bin is clear of the bend."""
RANGE = 4.1
"""Standard deviations between the highest and the lowest of 30 half minutes of one level (Tippett 1925, *Biometrika*
17): where that is more than TOP_REGIME, only the lucky ones would be near the best."""
EDGE, FLANK_ERRORS = 0.08, 3.0
"""Of the level, and of the scatter: a bin at an end of a stretch that is lower by both is a flank; higher, a burst."""
DIP_SECONDS = 30.0
"""Pauses that come again belong to what a system sustains; one alone may be a deploy."""
DIP_ERRORS = 3.0
"""Standard errors below what is before and after, from where on ten seconds are a pause and no noise."""


@dataclass(frozen=True, eq=False)
class Plateau:
    """The best regime in which the system was saturated; masks have shape (n,)."""

    estimate: Mean
    """Goodput, requests/s."""
    bins: Mask
    """Those that the estimate is taken from."""
    regime: Mask
    """Those at its level, flanks included."""
    saturated: Mask
    knee_vus: float
    falling: bool = False
    """Goodput fell as VUs rose; the estimate is its sustained peak."""
    leapt: bool = False
    """More was served for moments, at fewer VUs that the load leapt over; the estimate is what was held."""

    def seconds(self, timeline: Timeline) -> float:
        """How long it was seen, and without a break: a queue that comes and goes may be noise.

        Half a bin less than it covers: the first and the last bin may hold other load too.
        """
        longest = max((after - first for first, after in self.stretches(timeline)), default=0)
        return timeline.step * max(0.0, longest - 0.5)

    def stretches(self, timeline: Timeline) -> list[tuple[int, int]]:
        """Where it was seen without a break, as half-open ranges of bins. Gaps break nothing."""
        bins, found = np.flatnonzero(self.saturated if self.falling else self.regime), []
        for first, after in runs_of(self.saturated | ~np.isfinite(timeline.goodput)):
            within = bins[(bins >= first) & (bins < after)]
            if within.size:
                found.append((int(within[0]), int(within[-1]) + 1))
        return found


@lru_cache(maxsize=16)
def find(timeline: Timeline) -> Plateau | None:
    """The plateau, or None where no sustained saturation is seen."""
    timeline = quotas.evened(timeline)
    cycle = unloaded.baseline_cycle(timeline)
    if cycle is None:
        return None
    with np.errstate(invalid="ignore"):
        queue = unloaded.load_ratio(timeline) < unloaded.SATURATED_BELOW
    saturated = at_least(queue, width(unloaded.SATURATED_SECONDS, timeline.step))
    saturated[-1:] = False  # the last bin holds the end of the run
    even, passed = _held(mix.evened(timeline), saturated)
    bins = regime = _best_regime(even, saturated)
    if bins.sum() < 2:
        return None
    falling = peak.retrograde(even, bins, saturated)
    if not falling:
        knee = cycle * float(np.mean(even.goodput[bins]))
        deep = _best_regime(even, saturated & _clear_of_flanks(timeline, knee))
        if deep.sum() >= max(2, width(SUSTAINED_SECONDS, timeline.step)):
            bins = deep
            falling = peak.retrograde(even, bins, saturated)
    if not falling:
        bins = _without_bursts(even, _best_level(even, _without_edges(even, bins)))
        falling = peak.peaked_before(even, bins)
    estimate = sustained.sustained_peak(even, saturated) if falling else mean(even.goodput[bins])
    estimate = estimate.widened(mix.doubt(timeline, bins))
    regime = regime | bins  # a bin beside a flank has a half minute that is lower than itself
    return Plateau(
        estimate,
        bins,
        regime,
        saturated,
        knee_vus=estimate.value * cycle,
        falling=falling,
        leapt=not falling and peak.passed_twice(mix.evened(timeline), regime | passed),
    )


def _held(timeline: Timeline, saturated: Mask) -> tuple[Timeline, Mask]:
    """``timeline`` without the goodput of bins in which the load leapt and far more came than the best half minute
    without a leap sustained, or would have had by then if it goes on falling; and these bins: a burst."""
    good, wide = timeline.goodput, width(SUSTAINED_SECONDS, timeline.step)
    leaps = vus.leaps(timeline) & saturated
    means = sustained_mean(np.where(leaps, np.nan, good), wide)
    if not leaps.any() or vus.may_idle(timeline) or not np.isfinite(means).any() or wide < 2:
        return timeline, np.zeros_like(leaps)
    first = int(np.nanargmax(means))
    away = np.arange(good.size) - (first + (wide - 1) / 2)
    slope = np.polyfit(away[first : first + wide], good[first : first + wide], 1)[0]
    due = means[first] + np.maximum(0.0, np.where(np.abs(away) <= 2 * wide, slope * away, 0.0))
    far = max(EDGE * float(means[first]), FLANK_ERRORS * scatter(good[saturated & ~leaps]))
    with np.errstate(invalid="ignore"):
        bursts = leaps & (good > due + far)
    return replace(timeline, goodput=np.where(bursts, np.nan, good)) if bursts.any() else timeline, bursts


def _best_regime(timeline: Timeline, saturated: Mask) -> Mask:
    """Those of ``saturated`` where goodput is near its best, with the pauses between them."""
    good, step = timeline.goodput, timeline.step
    wide = width(SUSTAINED_SECONDS, step)
    level = centred_mean(np.where(saturated, good, np.nan), wide)
    in_full = sustained_mean(np.where(saturated, good, np.nan), wide)
    of_best = in_full if np.isfinite(in_full).any() else level[saturated]
    best = float(np.nanmax(of_best)) if np.isfinite(of_best).any() else 0.0
    if best <= 0:
        return np.zeros_like(saturated)
    near = best - max(TOP_REGIME * best, RANGE * scatter(good[saturated]) / wide**0.5)
    with np.errstate(invalid="ignore"):
        bins = saturated & (level >= near)
    short = dips(*_brief(timeline, saturated, bins), near, width(DIP_SECONDS, step))
    regime = with_recurring_dips(bins, saturated, short, width(DIP_SECONDS, step)) & np.isfinite(good)
    return regime if good[regime].any() else np.zeros_like(saturated)  # beside replies and without one of its own


def _brief(timeline: Timeline, saturated: Mask, bins: Mask) -> tuple[Floats, float]:
    """Goodput as means over SATURATED_SECONDS, and how far below its neighbours one of a pause is, at least."""
    good, wide = timeline.goodput, width(unloaded.SATURATED_SECONDS, timeline.step)
    level = float(np.nanmean(good[bins])) if np.isfinite(good[bins]).any() else 0.0
    brief = centred_mean(np.where(saturated, good, np.nan), wide)
    return brief, max(EDGE * level, DIP_ERRORS * scatter(good[bins]) / wide**0.5)


def _best_level(timeline: Timeline, bins: Mask) -> Mask:
    """Those of ``bins`` that hold the highest of the levels that can be told apart; what drifts evenly has one."""
    where = np.flatnonzero(bins)
    if not steps(timeline.goodput[where]):
        return bins
    best = np.zeros_like(bins)
    best[where[best_level(timeline.goodput[where], width(SUSTAINED_SECONDS, timeline.step))]] = True
    return best


def _clear_of_flanks(timeline: Timeline, knee: float) -> Mask:
    """Bins whose whole load is past the bend at ``knee`` VUs; not the flanks of a ramp, of a spike and of the end."""
    return _inner(timeline) if vus.may_idle(timeline) else _is_past(timeline, DEEP * knee)


def _is_past(timeline: Timeline, users: float) -> Mask:
    """Bins all through which more than so many ``users`` had sent what is answered in them.

    Chosen by the load, never by the outcome: a pause has many VUs too and counts, and the flanks of a ramp, of a
    spike and of the end do not.
    """
    flank = timeline.step / 2
    return np.asarray(np.minimum(vus.when_sent(timeline, -flank), vus.when_sent(timeline, flank)) >= users)


def _inner(timeline: Timeline) -> Mask:
    """Bins that are saturated themselves, between two such: in an open model VUs are no load that would tell flanks."""
    with np.errstate(invalid="ignore"):
        below = ~(unloaded.ratio(timeline) >= unloaded.SATURATED_BELOW)
    inner = below.copy()
    inner[1:] &= below[:-1]
    inner[:-1] &= below[1:]
    return inner


def _without_edges(timeline: Timeline, bins: Mask) -> Mask:
    """``bins`` without those at either end of a stretch that are far below the level: a queue that fills or runs empty,
    a regime that begins or ends there. A dip within counts."""
    good = timeline.goodput
    level, off = _level(good[bins])
    with np.errstate(invalid="ignore"):
        return _trimmed(timeline, bins, good < level - off, good.size)


def _without_bursts(timeline: Timeline, bins: Mask) -> Mask:
    """The same of what is far above it, for less than SUSTAINED_SECONDS: tokens that were saved up, workers that were
    idle, a peak that the load leapt over. None of it is sustained."""
    good = timeline.goodput
    level, off = _level(good[bins])
    with np.errstate(invalid="ignore"):
        return _trimmed(timeline, bins, good > level + off, width(SUSTAINED_SECONDS, timeline.step) - 1)


def _level(values: Floats) -> tuple[float, float]:
    """The mean of ``values``, and how far from it a flank is at least."""
    level = mean(values).value
    return level, max(EDGE * level, FLANK_ERRORS * scatter(values))


def _trimmed(timeline: Timeline, bins: Mask, odd: Mask, longest: int) -> Mask:
    """``bins`` without those of ``odd``, ``longest`` at most, at either end of a stretch. Gaps end none.

    As they are where fewer than two would be left, or none that served anything.
    """
    kept = bins.copy()
    for first, after in runs_of(bins | ~np.isfinite(timeline.goodput)):
        fine = np.flatnonzero((bins & ~odd)[first:after])
        if fine.size and fine[0] <= longest:
            kept[first : first + fine[0]] = False
        if fine.size and after - first - 1 - fine[-1] <= longest:
            kept[first + fine[-1] + 1 : after] = False
    return kept if kept.sum() >= 2 and timeline.goodput[kept].any() else bins
