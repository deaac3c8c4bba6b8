"""What the system did at other levels than its best: regimes before and after, and the time beyond the peak."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from rules import unloaded
from rules.answer import AfterPeak, Event, Regime
from rules.plateau import Plateau
from rules.statistics.dispersion import scatter
from rules.statistics.windows import Mask, at_least, runs_of, width
from rules.sustained import SUSTAINED_SECONDS
from rules.timeline import Timeline
from rules.wording import between, number, seconds

RULE = "regime"
FLAT, COLLAPSED = 0.95, 0.5
"""Of the peak: above, it was held; below, most of it was lost."""
BY_CHANCE = 3.0
"""Standard errors of so short a mean: what is less by no more may be the peak's own noise."""


def regimes(timeline: Timeline, found: Plateau) -> list[Regime]:
    """Every level at which the system was saturated for SUSTAINED_SECONDS or more, in the order of time."""
    long_enough = width(SUSTAINED_SECONDS, timeline.step)
    best = (int(np.flatnonzero(found.bins)[0]), int(np.flatnonzero(found.bins)[-1]))
    spans = [(*best, found.estimate.value)]
    other = found.saturated & np.isfinite(timeline.goodput) & ~_inside(found.bins, *best)
    for first, after in runs_of(at_least(other, long_enough)):
        spans.append((first, after - 1, float(np.nanmean(timeline.goodput[first:after]))))
    told = []
    for first, last, goodput in sorted(spans):
        window = between(timeline, first, last)
        share = goodput / found.estimate.value
        because = f"a queue for {seconds((last - first + 1) * timeline.step)}"
        if (first, last) != best:
            because += f", at {share:.0%} of the best"
        told.append(Regime(start=window.start, end=window.end, goodput=goodput, saturated=True, because=because))
    return told


def changes(told: Sequence[Regime]) -> list[Event]:
    """Each time that the level of saturation was another one than before, with both."""
    return [
        Event(rule=RULE, time=after.start, text=f"{number(after.goodput)} requests/s, after {number(before.goodput)}")
        for before, after in pairwise(told)
        if min(before.goodput, after.goodput) < FLAT * max(before.goodput, after.goodput)
    ]


def after_peak(timeline: Timeline, found: Plateau) -> AfterPeak:
    """Goodput over the last saturated stretch against the plateau, and whether it came back when load fell."""
    last = np.flatnonzero(found.saturated & np.isfinite(timeline.goodput))
    tail = last[-width(SUSTAINED_SECONDS, timeline.step) :]
    level = float(timeline.goodput[tail].mean())
    kept = level / found.estimate.value
    at = f"{number(level)}/s at the end of the saturated stretch"
    by_chance = BY_CHANCE * scatter(timeline.goodput[found.bins]) / tail.size**0.5
    if kept >= FLAT or level >= found.estimate.value - by_chance:
        return AfterPeak(state="flat", goodput=level, because=at)
    lost = f"{at}, {kept:.0%} of the peak"
    if _recovered(timeline, found, int(last[-1])):
        return AfterPeak(state="recovered", goodput=level, because=f"{lost}; it came back when load fell")
    if kept < COLLAPSED:
        return AfterPeak(state="collapsed", goodput=level, because=lost)
    return AfterPeak(state="falling" if found.falling else "degraded", goodput=level, because=lost)


def _recovered(timeline: Timeline, found: Plateau, last: int) -> bool:
    """Load fell below the knee after ``last``, and every VU was served without a queue again for a while."""
    ratio = unloaded.load_ratio(timeline)[last + 1 :]
    vus = timeline.vus[last + 1 :]
    with np.errstate(invalid="ignore"):
        fine = (vus < found.knee_vus) & (vus >= 1) & (ratio >= unloaded.SATURATED_BELOW)
    return bool(at_least(fine, width(unloaded.SATURATED_SECONDS, timeline.step)).any())


def _inside(like: Mask, first: int, last: int) -> Mask:
    mask = np.zeros_like(like)
    mask[first : last + 1] = True
    return mask
