"""The SLO capacity: the highest goodput at which the share of good requests still meets the objective.

A run that loses the objective only once it is saturated, which is the usual case, has its plateau as SLO capacity; else
the rate is read where the share of good requests, put in the order of the load, passes the objective.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules import slo_crossing, slo_foretold, vus
from rules.answer import Interval, Objective
from rules.phases import WINDOW_SECONDS, share_of_good
from rules.plateau import DEEP, Plateau
from rules.series import Floats
from rules.statistics.windows import Mask, at_least, width
from rules.sustained import SUSTAINED_SECONDS, best_sustained, surely_sustained
from rules.timeline import Timeline

REPLIES = 200.0
"""In a window, so that a share of 95 % is known to 1.5 points; WINDOW_SECONDS at most."""
TOO_WIDE = 0.25
"""Bounds this far, as a share, about what lies between them are no value: the load leapt over the crossing."""
CLOSE = 0.03
"""Bounds of an open load that are no further apart, as a share, are one number: what an answer is held to
(docs/accuracy.md)."""
ELSEWHERE = 2.0
"""How many VUs are thinking varies by the root of their number: so many roots more keep a server busy all the time."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Overlapping windows of a run: their length in bins, and the shares of good requests, shape (k,)."""

    bins: int
    share: Floats


@dataclass(frozen=True)
class Told:
    """What a run tells of its SLO capacity."""

    interval: Interval
    """Requests/s; "at least" where the objective was never lost, bounds without a value where they are far apart.

    "At most" where it is not sure to have been met under the least load; and all unknown where too little was seen.
    """
    lost: bool = False
    """The likeliest course of the share of good requests passes the objective under a load that was seen."""


def windows(timeline: Timeline, objective: Objective) -> Windows | None:
    """The windows of ``timeline``; None where k6 told no durations."""
    if timeline.expected_durations is None:
        return None
    replies = timeline.throughput * timeline.step
    busy = replies[np.isfinite(replies) & (replies > 0)]
    typical = float(np.median(busy)) if busy.size else 1.0
    bins = min(max(1, int(np.ceil(REPLIES / typical))), width(WINDOW_SECONDS, timeline.step))
    share = share_of_good(timeline.expected_durations, replies, objective.latency_seconds, bins)
    return Windows(bins, share)


def capacity(timeline: Timeline, found: Plateau | None, seen: Windows, objective: Objective) -> Told:
    """Of ``timeline``, whose plateau is ``found``: that, or what was served where the objective is lost."""
    if vus.may_idle(timeline):
        return _of_open_load(_by_load(timeline, found, objective), found)
    if found is not None and _bears(timeline, found, seen, objective):
        return Told(Interval(value=found.estimate.value, low=found.estimate.low, high=found.estimate.high))
    return _by_load(timeline, found, objective)


def _by_load(timeline: Timeline, found: Plateau | None, objective: Objective) -> Told:
    # Another regime after the plateau has other answers to the same load.
    last = int(np.flatnonzero(found.bins)[-1]) if found is not None else timeline.vus.size
    bins = slo_crossing.by_load(timeline, objective, last)
    crossing = slo_crossing.place(bins, objective.objective) if bins is not None else None
    if crossing is None:
        return Told(Interval())
    if crossing.value is None:
        if crossing.low is None:  # it may have been lost from the first: what was sustained is no bound
            return Told(Interval())
        surely = surely_sustained(timeline)
        return Told(Interval(low=crossing.low if surely is None else min(crossing.low, surely)))
    return Told(_within(crossing, found, best_sustained(timeline) or 0.0), lost=True)


def _of_open_load(told: Told, found: Plateau | None) -> Told:
    """What ``told`` is worth where nobody waits: bounds, and a value only where any between them is as good.

    A queue that grows takes time, which a rate that rises does not give it: where the objective is lost more is served
    than would keep it for ever. On the plateau ``found`` it is no other, however many replies were in time so far.
    """
    low, high = told.interval.low, told.interval.high
    if found is not None and not found.falling:
        high = min(high or np.inf, found.estimate.high)
        low = min(low, found.estimate.low) if low is not None else None
    if low is None or high is None or high > (1.0 + CLOSE) * low:
        return Told(Interval(low=low, high=high), lost=told.lost)
    return Told(Interval(value=(low + high) / 2, low=low, high=high), lost=told.lost)


def _within(crossing: slo_crossing.Place, found: Plateau | None, best: float) -> Interval:
    """The interval of ``crossing``, and what the plateau ``found`` tells of it; ``best`` was sustained at some load."""
    value, low, high = crossing.value or 0.0, crossing.low, crossing.high
    if found is None:
        high = max(high, best) if high is not None and crossing.leapt else high
    else:
        if high is None or crossing.leapt or found.falling or crossing.high_load >= found.knee_vus:
            high = max(high or 0.0, found.estimate.high)
        if not found.falling:  # more than the most that the system sustains it cannot be
            high, value = min(high, found.estimate.high), min(value, found.estimate.value)
            low = min(low, found.estimate.low) if low is not None else None
        if crossing.load >= DEEP * found.knee_vus:
            value = found.estimate.value
    if low is None or high is None:
        return Interval(low=low, high=high)
    low, high = min(low, high), max(low, high)
    value = min(max(value, low), high)
    narrow = max(value - low, high - value) <= TOO_WIDE * value
    return Interval(value=value if narrow else None, low=low, high=high)


def _bears(timeline: Timeline, found: Plateau, seen: Windows, objective: Objective) -> bool:
    """Whether the objective was met for long enough on the plateau, or would be with VUs that are clear of its bend."""
    if _holds_on(timeline, found, seen.share >= objective.objective, seen.bins):
        return True
    if found.falling:
        return False
    most, knee = slo_foretold.bearable_vus(timeline, found, objective), found.knee_vus
    return most is not None and most >= max(DEEP * knee, knee + ELSEWHERE * knee**0.5)


def lost_at(timeline: Timeline, seen: Windows, objective: Objective) -> float | None:
    """The unix second at which the objective began to be missed, for WINDOW_SECONDS at least; None if it never was."""
    missed = at_least(seen.share < objective.objective, width(WINDOW_SECONDS, timeline.step))
    return timeline.start + float(np.argmax(missed)) * timeline.step if missed.any() else None


def _holds_on(timeline: Timeline, found: Plateau, met: Mask, bins: int) -> bool:
    """Whether the objective is met for SUSTAINED_SECONDS of the plateau, or for half of a short one."""
    inside = np.convolve(found.regime, np.ones(bins), mode="valid") == bins
    needed = min(width(SUSTAINED_SECONDS, timeline.step), int(found.regime.sum()) // 2 + 1)
    return bool(at_least(inside & met, max(1, needed - bins + 1)).any())
