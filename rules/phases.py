"""The phases of a run, light load, knee and end, and what durations say in a phase or in a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules.answer import Quantiles
from rules.plateau import Plateau
from rules.series import Floats
from rules.statistics.histogram import quantile, share_below
from rules.statistics.windows import Mask, sustained_mean, width
from rules.timeline import Durations, Timeline
from rules.unloaded import beside_a_fall

WINDOW_SECONDS = 15.0
"""Of the windowed share of good requests. Short enough to place a crossing on a ramp; the rate it is read at is the
sustained one of the plateau, or lies between neighbouring windows."""
END_SECONDS = 15.0
LIGHT_LOAD = 0.7
"""Below this share of the knee's VUs nothing queues yet."""
AROUND_KNEE = 0.15


@dataclass(frozen=True, eq=False)
class Phases:
    """Masks over the bins, shape (n,). Without a plateau there is no knee, and light load is 0.7 of the most VUs."""

    light_load: Mask
    at_knee: Mask
    at_end: Mask


def phases(timeline: Timeline, found: Plateau | None) -> Phases:
    """Which bins belong to which phase."""
    seen = np.isfinite(timeline.vus)
    knee = found.knee_vus if found else float(np.max(timeline.vus[seen], initial=0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        light = seen & (timeline.vus < LIGHT_LOAD * knee) & ~beside_a_fall(timeline)  # which has what came before
        around = seen & (np.abs(timeline.vus / knee - 1) < AROUND_KNEE)
    end = np.arange(seen.size) >= seen.size - width(END_SECONDS, timeline.step)
    return Phases(light, around if found else np.zeros_like(seen), end)


def quantiles(spread: Durations | None, bins: Mask) -> Quantiles:
    """p50, p95 and p99 over ``bins`` together; unknown where nothing was observed or only means are known."""
    if spread is None or not bins.any():
        return Quantiles()
    counts = np.nansum(spread.buckets[bins], axis=0)
    if counts.sum() <= 0:
        return Quantiles()
    p50, p95, p99 = (float(quantile(spread.lower, spread.upper, counts, q)) for q in (0.5, 0.95, 0.99))
    return Quantiles(p50=p50, p95=p95, p99=p99)


def share_of_good(expected: Durations, replies: Floats, limit: float, bins: int) -> Floats:
    """Share of good requests, over all ``replies`` (counts per bin), in the ``bins`` from each bin on.

    Good is expected and within ``limit`` seconds. Shape (n - bins + 1,); NaN where a bin was not seen or nothing came.
    """
    within = share_below(expected.lower, expected.upper, expected.buckets, limit)
    good = np.where(expected.counts > 0, np.nan_to_num(within) * expected.counts, 0.0 * expected.counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip(sustained_mean(good, bins) / sustained_mean(replies, bins), 0.0, 1.0)
