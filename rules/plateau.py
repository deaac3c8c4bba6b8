"""What several rules need to know of a run: the unloaded cycle, which bins are saturated, and the plateau.

Operational analysis (Denning & Buzen 1978): N users with a cycle of R0 + Z seconds make N/(R0 + Z) requests/s while
nothing queues. Where goodput stays clearly below that line, the system is saturated; flatness alone would not
tell a plateau of throughput from a plateau of VUs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rules import vus
from rules.series import Floats
from rules.statistics.batch_means import Mean, mean
from rules.statistics.levels import best_level
from rules.statistics.trend import detrended, falls
from rules.statistics.windows import Mask, at_least, centred_mean, cost_per_unit, sustained_mean, with_recurring_dips
from rules.timeline import Timeline

SATURATED_BELOW = 0.85
"""Goodput below this share of N/(R0+Z) is a queue; estimator.md's study found 0.85 to separate best."""
SATURATED_SECONDS = 10.0
SUSTAINED_SECONDS = 30.0
DEEP = 1.15
"""Times the knee's VUs, from where on a bin is clear of the bend."""
SLIGHT_FALL = 0.03
TOP_REGIME = 0.15
"""Wide on purpose: pauses, neighbours and noise belong to the mean; other regimes stay out."""
N_OVER_X_SECONDS = 15.0
"""N/X needs windows so long that VUs who just started, all with a request at once, weigh little."""
SETTLED_CYCLES = 2.0
"""Of a ramp's first iterations only the shortest have ended: random think times look short until two cycles later."""
STILL_UNLOADED = 1.5
NEARLY_WHOLE = 0.1
OBSERVED = 0.75
"""Of a window of SUSTAINED_SECONDS at least, in a run in which no window is without a hole."""
DIP_SECONDS = 30.0
"""Pauses that come again belong to what a system sustains; one alone may be a deploy."""
RELATIVE_ERROR = 0.04
"""Windows are long enough for their mean to be known about this well."""


@dataclass(frozen=True, eq=False)
class Plateau:
    """The best regime in which the system was saturated; masks have shape (n,)."""

    estimate: Mean
    """Goodput, requests/s."""
    bins: Mask
    saturated: Mask
    knee_vus: float
    falling: bool = False
    """Goodput fell as VUs rose; the estimate is its sustained peak."""

    def seconds(self, step: float) -> float:
        return float(self.bins.sum()) * step


def width(seconds: float, step: float) -> int:
    """Bins in ``seconds``, at least one."""
    return max(1, round(seconds / step))


@lru_cache(maxsize=16)
def baseline_cycle(timeline: Timeline) -> float | None:
    """c0 = R0 + Z: VU-seconds per good request while nothing queues; None where no window holds enough.

    From k6's iteration durations where they are known, which a ramp does not bend; else from N/X over windows of
    N_OVER_X_SECONDS or more.
    """
    spent, requests = timeline.vus * timeline.step, timeline.goodput * timeline.step
    iteration = timeline.iteration_durations
    if iteration is not None and np.nansum(iteration.counts) > 0:
        with np.errstate(invalid="ignore", divide="ignore"):
            good = np.where(timeline.throughput > 0, timeline.goodput / timeline.throughput, 0.0)
        spent, requests = iteration.sums, iteration.counts * requests_per_iteration(timeline) * good
    shortest = 0.0 if iteration is not None else N_OVER_X_SECONDS
    starts, cycles = cost_per_unit(spent, requests, _needed(timeline), width(shortest, timeline.step))
    if cycles.size == 0:
        return None
    least = float(cycles.min())
    settled = cycles[starts * timeline.step > SETTLED_CYCLES * least]
    later = float(settled.min()) if settled.size else np.inf
    return later if later < STILL_UNLOADED * least else least


def requests_per_iteration(timeline: Timeline) -> float:
    """How many requests one run of the script makes. A ramp leaves iterations open at its end, with requests already
    counted: near a whole number, it is that number."""
    iteration = timeline.iteration_durations
    finished = float(np.nansum(iteration.counts)) if iteration is not None else 0.0
    ratio = float(np.nansum(timeline.throughput)) * timeline.step / max(finished, 1.0)
    whole = max(1, round(ratio))
    return float(whole) if abs(ratio / whole - 1) < NEARLY_WHOLE else ratio


def _needed(timeline: Timeline) -> float:
    """How many requests a window must hold for its mean cycle to be known to RELATIVE_ERROR."""
    spread = timeline.iteration_durations or timeline.durations
    if spread is None or spread.upper.size == 0:
        return 400.0
    early = np.nancumsum(spread.counts) <= max(400.0, 0.1 * float(np.nansum(spread.counts)))
    counts = np.nansum(spread.buckets[early], axis=0)
    if counts.sum() < 2:
        return 400.0
    middle = (spread.lower + spread.upper) / 2
    average = float(counts @ middle / counts.sum())
    variance = float(counts @ (middle - average) ** 2 / counts.sum())
    return float(np.clip(variance / average**2 / RELATIVE_ERROR**2, 100.0, 5000.0))


def load_ratio(timeline: Timeline) -> Floats:
    """Goodput over what N VUs would make with no queue, N taken when the replies' requests were sent. Shape (n,)."""
    cycle = baseline_cycle(timeline)
    good = timeline.goodput
    if cycle is None:
        return np.full(good.shape, np.nan)
    n = vus.in_iterations(timeline) if vus.may_idle(timeline) else vus.when_sent(timeline)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(n >= 1, good * cycle / n, np.nan)
    return centred_mean(ratio, width(SATURATED_SECONDS, timeline.step)) + 0 * timeline.vus


@lru_cache(maxsize=16)
def find(timeline: Timeline) -> Plateau | None:
    """The plateau, or None where no sustained saturation is seen."""
    good = timeline.goodput
    cycle = baseline_cycle(timeline)
    if cycle is None:
        return None
    step = timeline.step
    ratio = load_ratio(timeline)
    with np.errstate(invalid="ignore"):
        saturated = at_least(ratio < SATURATED_BELOW, width(SATURATED_SECONDS, step))
    saturated[-1:] = False  # the last bin holds the end of the run
    if saturated.sum() < 2:
        return None
    bins = _best_regime(timeline, saturated)
    if bins.sum() < 2:
        return None
    falling = _retrograde(timeline, bins, saturated)
    if not falling:
        deep = saturated & _is_past(timeline, DEEP * cycle * float(np.mean(good[bins])))
        deep = _best_regime(timeline, deep)
        if deep.sum() >= max(2, width(SUSTAINED_SECONDS, step)):
            bins = deep
            falling = _retrograde(timeline, bins, saturated)
    if not falling:
        where = np.flatnonzero(bins)
        bins = np.zeros_like(bins)
        bins[where[best_level(good[where], width(SUSTAINED_SECONDS, step))]] = True
    estimate = _peak(timeline) if falling else mean(good[bins])
    return Plateau(estimate, bins, saturated, knee_vus=estimate.value * cycle, falling=falling)


def _best_regime(timeline: Timeline, saturated: Mask) -> Mask:
    """Those of ``saturated`` where goodput is near its best, with the pauses between them."""
    good, step = timeline.goodput, timeline.step
    level = centred_mean(np.where(saturated, good, np.nan), width(SUSTAINED_SECONDS, step))
    best = float(np.nanmax(level[saturated])) if saturated.any() else 0.0
    if best <= 0:
        return np.zeros_like(saturated)
    with np.errstate(invalid="ignore"):
        bins = saturated & (level >= (1 - TOP_REGIME) * best)
    return with_recurring_dips(bins, saturated, width(DIP_SECONDS, step)) & np.isfinite(good)


def _is_past(timeline: Timeline, knee: float) -> Mask:
    """Bins all through which more than ``knee`` VUs had sent what is answered in them.

    Chosen by the load, never by the outcome: a pause has many VUs too and counts, and the flanks of a ramp, of a
    spike and of the end do not. In an open model VUs are no load: all bins.
    """
    if vus.may_idle(timeline):
        return np.ones(timeline.vus.shape, bool)
    flank = timeline.step / 2
    return np.asarray(np.minimum(vus.when_sent(timeline, -flank), vus.when_sent(timeline, flank)) >= knee)


def _retrograde(timeline: Timeline, bins: Mask, saturated: Mask) -> bool:
    """Whether goodput falls with time or with VUs within the best regime, clearly, or slightly and ever more after it.

    With VUs too, as load that goes down and up again meets its peak anew each time.
    """
    good = timeline.goodput
    by_vus = np.flatnonzero(bins)[np.argsort(vus.when_sent(timeline)[bins], kind="stable")]
    if falls(good[bins]) or (not vus.may_idle(timeline) and falls(good[by_vus])):
        return True
    after = saturated.copy()
    after[: np.flatnonzero(bins)[-1] + 1] = False
    lost = after.any() and float(np.nanmean(good[after])) < (1 - TOP_REGIME) * float(np.nanmean(good[bins]))
    return bool(lost) and falls(good[bins], SLIGHT_FALL)


def _peak(timeline: Timeline) -> Mean:
    """The sustained peak of goodput that falls with more VUs: its best SUSTAINED_SECONDS, queue or not."""
    good = timeline.goodput
    wide = min(width(SUSTAINED_SECONDS, timeline.step), good.size)
    means = sustained_mean(good, wide)
    first = int(np.nanargmax(means)) if np.isfinite(means).any() else 0
    around = good[first : first + wide]
    noise = mean(detrended(around)).half_width
    centre = float(np.nanmean(around))
    return Mean(centre, centre - noise, centre + noise)


def best_sustained(timeline: Timeline, among: Mask | None = None) -> float | None:
    """The highest mean goodput over SUSTAINED_SECONDS, requests/s; None for a run too short or too broken."""
    good = timeline.goodput
    values = good if among is None else np.where(among, good, np.nan)
    wide = width(SUSTAINED_SECONDS, timeline.step)
    means = sustained_mean(values, wide)
    if not np.isfinite(means).any() and among is None and good.size >= wide:
        share = sustained_mean(np.isfinite(good).astype(float), wide)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.where(share >= OBSERVED, sustained_mean(np.nan_to_num(good), wide) / share, np.nan)
    return float(np.nanmax(means)) if np.isfinite(means).any() else None
