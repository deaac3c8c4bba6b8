"""The SLO capacity: the highest goodput at which the share of good requests still meets the objective.

The share is asked of the load, not of the clock: windows are put in the order of the VUs (or of the rate that was due)
that they answer, and divided where fewest are on the wrong side. A run that loses the objective only once it is
saturated, which is the usual case, has its plateau as SLO capacity; else the rate lies between those on either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rules import vus
from rules.answer import Interval, Objective
from rules.peak import SUSTAINED_SECONDS, best_sustained
from rules.phases import WINDOW_SECONDS, share_of_good
from rules.plateau import Plateau
from rules.series import Floats
from rules.statistics.crossing import crossing
from rules.statistics.trend import scatter
from rules.statistics.windows import Mask, at_least, sustained_mean, width
from rules.timeline import Timeline

REPLIES = 200.0
"""In a window, so that a share of 95 % is known to 1.5 points; WINDOW_SECONDS at most."""
NEAR = 0.1
"""Goodput on either side of the crossing is that of windows whose load differs by this share at most."""
SETTLING_SECONDS = 30.0
"""After load has fallen a queue is left that this load would not make."""
FELL = 0.02
"""Of the VUs: a smaller fall leaves no queue that matters."""
TOO_WIDE = 0.25
"""Bounds this far, as a share, about their middle are no value: the load went past the crossing in one leap."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Overlapping windows of a run, shape (k,) each: shares of good requests, goodput in requests/s, and the load."""

    bins: int
    share: Floats
    goodput: Floats
    load: Floats
    steady: Mask
    """Load had not just fallen."""


def windows(timeline: Timeline, objective: Objective) -> Windows | None:
    """The windows of ``timeline``; None where k6 told no durations."""
    if timeline.expected_durations is None:
        return None
    replies = timeline.throughput * timeline.step
    busy = replies[np.isfinite(replies) & (replies > 0)]
    typical = float(np.median(busy)) if busy.size else 1.0
    bins = min(max(1, int(np.ceil(REPLIES / typical))), width(WINDOW_SECONDS, timeline.step))
    load = vus.offered(timeline) if vus.may_idle(timeline) else vus.when_sent(timeline)
    return Windows(
        bins,
        share_of_good(timeline.expected_durations, replies, objective.latency_seconds, bins),
        sustained_mean(timeline.goodput, bins),
        sustained_mean(load, bins),
        _steady(timeline, width(SETTLING_SECONDS, timeline.step))[bins - 1 :],
    )


def capacity(timeline: Timeline, found: Plateau | None, seen: Windows, objective: Objective) -> Interval:
    """Requests/s; "at least" where the objective was never lost, bounds without a value where they are far apart.

    All unknown where the objective was not even met under the least load.
    """
    met = seen.share >= objective.objective
    if found is not None and _holds_on(timeline, found, met, seen.bins):
        return Interval(value=found.estimate.value, low=found.estimate.low, high=found.estimate.high)
    told = seen.steady & np.isfinite(seen.share) & np.isfinite(seen.load) & np.isfinite(seen.goodput)
    if found is not None:  # another regime after it has other answers to the same load
        told &= np.arange(told.size) <= np.flatnonzero(found.bins)[-1]
    order = np.flatnonzero(told)[np.argsort(seen.load[told], kind="stable")]
    split, fewest, most = crossing(met[order], seen.bins)
    if split == 0:
        return Interval()
    if split == order.size:
        return Interval(low=best_sustained(timeline))
    below, above, near = _beside(seen, order, split, split)
    value = (below + above) / 2
    fewer, more, _ = _beside(seen, order, max(1, fewest), min(order.size - 1, most))
    low, high = min(below, above, fewer, more), max(below, above, fewer, more)
    if seen.load[order[split]] > (1 + NEAR) * seen.load[order[split - 1]]:
        high = max(high, found.estimate.value if found is not None else best_sustained(timeline) or 0.0)
    noise = 2 * scatter(seen.goodput[order]) / max(1.0, near / seen.bins) ** 0.5
    low, high = max(0.0, low - noise), high + noise
    if found is not None and not found.falling:
        low, high = min(low, found.estimate.low), min(high, found.estimate.high)
    value = min(max(value, low), high)
    narrow = max(value - low, high - value) <= TOO_WIDE * value
    return Interval(value=value if narrow else None, low=low, high=high)


def _beside(seen: Windows, order: NDArray[np.intp], below: int, above: int) -> tuple[float, float, int]:
    """Goodput of the windows just before the first ``below`` of ``order`` end, and just after the first ``above``; and
    how many they are, on the side that has fewer."""
    under, over = order[:below], order[above:]
    under = under[seen.load[under] >= (1 - NEAR) * seen.load[under[-1]]]
    over = over[seen.load[over] <= (1 + NEAR) * seen.load[over[0]]]
    return float(seen.goodput[under].mean()), float(seen.goodput[over].mean()), min(under.size, over.size)


def lost_at(timeline: Timeline, seen: Windows, objective: Objective) -> float | None:
    """The unix second at which the objective began to be missed, for WINDOW_SECONDS at least; None if it never was."""
    missed = at_least(seen.share < objective.objective, width(WINDOW_SECONDS, timeline.step))
    return timeline.start + float(np.argmax(missed)) * timeline.step if missed.any() else None


def _holds_on(timeline: Timeline, found: Plateau, met: Mask, bins: int) -> bool:
    """Whether the objective is met for SUSTAINED_SECONDS of the plateau, or for half of a short one."""
    inside = np.convolve(found.regime, np.ones(bins), mode="valid") == bins
    needed = min(width(SUSTAINED_SECONDS, timeline.step), int(found.regime.sum()) // 2 + 1)
    return bool(at_least(inside & met, max(1, needed - bins + 1)).any())


def _steady(timeline: Timeline, after: int) -> Mask:
    """Bins before which the VUs did not fall within ``after`` bins; shape (n,)."""
    fell = vus.fell(timeline, FELL)
    return np.asarray(np.convolve(fell, np.ones(after), mode="full")[: fell.size] == 0)
