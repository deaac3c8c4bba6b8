"""What a run sustained for half a minute or longer: at best, at its peak, and for sure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rules.series import Floats
from rules.statistics.batch_means import Mean, mean
from rules.statistics.dispersion import curvature_scatter, scatter
from rules.statistics.trend import detrended
from rules.statistics.windows import Mask, sustained_mean, width
from rules.timeline import Timeline

SUSTAINED_SECONDS = 30.0
OBSERVED = 0.75
"""Of a window of SUSTAINED_SECONDS at least, in a run in which no window is without a hole."""
LONGER = 1.3
"""Times a stretch, the next longer one that is tried."""
BEST_OF_MANY = 2.0
"""Standard errors by which the highest of 30 equal half minutes is above their mean (Tippett 1925, *Biometrika* 17)."""
SURE = 4.0
"""Standard errors by which a short stretch must be better than a longer one: there are more of them to choose from."""
ALIKE = 0.5
"""Of the peak: below, most of it is lost, and what varies there (where every reply comes too late, nothing) tells
nothing of how the peak does."""


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


def surely_sustained(timeline: Timeline) -> float | None:
    """A goodput, requests/s, that was sustained for SUSTAINED_SECONDS at least; None for a run too short or too broken.

    The best half minute of a level is a lucky one: it would promise more than the system keeps. So it is the highest
    of the best stretches of all lengths, BEST_OF_MANY standard errors of each taken off. A level is known by all of
    it, and the top of a ramp by its end.
    """
    good, best = timeline.goodput, best_sustained(timeline)
    if best is None:
        return None
    wide = width(SUSTAINED_SECONDS, timeline.step)
    by_chance = BEST_OF_MANY * curvature_scatter(good)
    found: float = best - by_chance / wide**0.5
    for first, long, means in _best_stretches(good, wide):
        found = max(found, float(means[first]) - by_chance / long**0.5)
    return max(0.0, found)


def _best_stretches(values: Floats, wide: int) -> Iterator[tuple[int, int, Floats]]:
    """Of each length from ``wide`` on, LONGER each time: where the best stretch begins, its length, all their means."""
    while wide <= values.size and np.isfinite(means := sustained_mean(values, wide)).any():
        yield int(np.nanargmax(means)), wide, means
        wide = max(wide + 1, round(LONGER * wide))


def sustained_peak(timeline: Timeline, saturated: Mask) -> Mean:
    """The sustained peak of goodput that falls: of its best stretches, queue or not, the one that is highest for sure.

    The best of many short stretches is a lucky one. Longer ones are less so, and where goodput falls slowly they lose
    little: the one that is highest when SURE standard errors are taken off. Each has SUSTAINED_SECONDS at least.
    """
    good, shortest = timeline.goodput, min(max(2, width(SUSTAINED_SECONDS, timeline.step)), timeline.goodput.size)
    with np.errstate(invalid="ignore"):
        alike = saturated & (good >= ALIKE * (best_sustained(timeline) or 0.0))
    usual = noise(np.where(alike, good, np.nan), shortest)
    found, surest = None, -np.inf
    for first, wide, _ in _best_stretches(good, shortest):
        around = good[first : first + wide]
        centre, by_chance = float(np.mean(around)), usual * (shortest / wide) ** 0.5
        if centre - SURE * by_chance > surest:
            surest = centre - SURE * by_chance
            found = _highest_within(around, shortest, usual)
    return found or mean(good)  # the latter where no SUSTAINED_SECONDS are without a gap


def _highest_within(values: Floats, wide: int, usual: float) -> Mean:
    """The highest mean of ``wide`` neighbours in ``values``, as the curve through all of these has it.

    The mean of a stretch in which goodput rises to its peak and falls is less than the peak. ``usual`` is the standard
    error of a mean of ``wide`` neighbours. The curve is a parabola, or a straight line where that is too much to tell
    (of so many values Savitzky & Golay 1964 smooth); what it is above the mean counts by how far it is beyond chance.
    """
    x = np.vander(np.linspace(-1.0, 1.0, values.size), 1 + min(2, values.size // wide - 1))
    onto = np.linalg.pinv(x)  # so that each mean of the curve is a weighted sum of the values
    curve, means = onto @ values, np.column_stack([sustained_mean(column, wide) for column in x.T])
    weights = means[int(np.argmax(means @ curve))] @ onto
    length, plain = float(weights @ weights) * values.size, usual * (wide / values.size) ** 0.5
    centre = float(np.mean(values))
    above, by_chance = float(weights @ values) - centre, plain**2 * max(0.0, length - 1.0)
    value = centre + (above**3 / (above**2 + by_chance) if above > 0 else 0.0)
    half_width = length**0.5 * max(mean(detrended(values - x @ curve + centre)).half_width, 2 * plain)
    return Mean(value, value - half_width, value + half_width)


def noise(values: Floats, wide: int) -> float:
    """Standard error of a mean of ``wide`` neighbours: as such means themselves scatter, and as independent bins would.

    Of a few such means alone it would be a rough figure; bins alone do not know that neighbours are alike.
    """
    whole = values[: values.size // wide * wide].reshape(-1, wide).mean(axis=1)
    seen, alone = curvature_scatter(whole), scatter(values) / wide**0.5
    return float(np.hypot(seen, alone) / 2**0.5) if seen > 0 else alone
