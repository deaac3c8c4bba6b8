"""How many VUs a plateau would bear within the objective, foretold from what it took at more: by Little's law.

A load that leaps over the crossing leaves no bin near it. But on a plateau all is known: N VUs have N = X·(R + Z), so
that the mean response time at any other number of them follows. How far the slowest replies are above the mean is taken
to be no more with fewer VUs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rules import vus
from rules.answer import Objective
from rules.plateau import Plateau
from rules.statistics.histogram import quantile
from rules.timeline import Timeline

LEAST: Final = 1.15
"""Times its fewest VUs, the bins that are looked at: those nearest to the crossing."""


def bearable_vus(timeline: Timeline, found: Plateau, objective: Objective) -> float | None:
    """VUs with which the plateau ``found`` would still meet ``objective``; None where replies do not tell.

    That is where too many of them were not as expected, and where VUs may idle: those are turned away, or wait nowhere.
    """
    expected, every = timeline.expected_durations, timeline.durations
    if expected is None or every is None or vus.may_idle(timeline):
        return None
    load = vus.when_sent(timeline)
    bins = found.bins & np.isfinite(load) & np.isfinite(timeline.throughput) & np.isfinite(every.counts)
    bins &= load <= LEAST * np.min(load[bins], initial=np.inf)
    replies, good = float(timeline.throughput[bins].sum()) * timeline.step, expected.buckets[bins].sum(axis=0)
    if not bins.any() or good.sum() <= objective.objective * replies:
        return None
    slow = float(quantile(expected.lower, expected.upper, good, objective.objective * replies / float(good.sum())))
    mean = float(every.sums[bins].sum() / every.counts[bins].sum())
    rate = float(timeline.throughput[bins].mean())
    beside = float(load[bins].mean()) / rate - mean
    return rate * (objective.latency_seconds + beside - (slow - mean))
