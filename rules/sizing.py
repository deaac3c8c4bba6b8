"""How much a server can do, to the order of magnitude, from a probe: VUs that grow by the same factor every second.

While nothing queues, replies then grow by that factor too and X/N stays the same, whatever the cycle: of N ∝ e^(gt) VUs
with a cycle of c0 seconds, X/N = g·e^(-g·R0) / (1 - e^(-g·c0)). It falls where somebody waits or is turned away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules.series import Floats
from rules.timeline import Timeline

FELL = 0.5
"""Of the best X/N before it: stages in straight lines bend it by a third, and the last bin may not be whole."""
ENOUGH_REPLIES = 20.0
"""A window with so many has a rate that is known to a fifth or so."""
BY_CHANCE = 4.0
"""Standard errors of a count, which is its root: fewer replies by less than that may be chance."""
SURE_REPLIES = 60.0
"""The highest of many windows is a lucky one, and the more so the fewer replies each holds."""
FEWEST_ITERATIONS = 5.0
USELESS_REPLIES, USELESS = 100.0, 0.05
"""So many replies of which hardly one is good: more load would show no more."""


@dataclass(frozen=True)
class Size:
    """Of a server, as a probe saw it, for scripts that make one request an iteration."""

    rate: float
    """Good replies per second at the top, over one bin or more; the server's limit where the knee was ``crossed``."""
    cycle: float
    """Seconds from request to request of one VU while nothing queues, c0 = R0 + Z."""
    response: float
    """Seconds of a reply at light load, R0; 0 where unknown."""
    vus: int
    """At the end of the probe."""
    crossed: bool
    """Whether X/N fell: more VUs were waiting than being served."""

    @property
    def knee_vus(self) -> float:
        """VUs that make ``rate`` if nothing queues: N = X·c0."""
        return self.rate * self.cycle


def size(timeline: Timeline) -> Size | None:
    """What ``timeline``, of VUs that grew exponentially, tells of the size; None where too few replies came so far."""
    seen = np.isfinite(timeline.vus) & np.isfinite(timeline.throughput)
    good = timeline.goodput if np.isfinite(timeline.goodput).any() else timeline.throughput
    replies, spent = np.where(seen, good, 0.0) * timeline.step, np.where(seen, timeline.vus, 0.0) * timeline.step
    every = np.nan_to_num(np.where(seen, timeline.throughput, 0.0)) * timeline.step
    useless = bool(every.sum() > 0 and np.nansum(replies) < USELESS * every.sum())
    # Where hardly one is good, what comes at all tells how much to send.
    replies = every if useless else np.nan_to_num(replies)
    useless &= bool(replies.sum() >= USELESS_REPLIES)
    made, counts, _ = _windows(replies, spent, timeline.step, ENOUGH_REPLIES)
    known = np.flatnonzero(counts >= ENOUGH_REPLIES)
    if not known.size:
        return None
    # The best by more than luck: the highest of many noisy ones is a lucky one.
    best = int(known[np.argmax(made[known] * (1.0 - 1.0 / np.sqrt(counts[known])))])
    fallen = _fallen(replies, spent, best, float(made[best]))
    _, sure, during = _windows(replies, spent, timeline.step, min(SURE_REPLIES, float(replies.sum())))
    cycle = _cycle(timeline, best)
    response = _mean_until(timeline.durations.counts, timeline.durations.sums, best) if timeline.durations else None
    return Size(
        rate=float((sure / during).max()),
        cycle=max(cycle or 1.0 / float(made[best]), response or 0.0),
        response=response or 0.0,
        vus=timeline.most_vus or round(float(np.nanmax(timeline.vus))),
        crossed=fallen or useless,
    )


def _windows(replies: Floats, spent: Floats, step: float, enough: float) -> tuple[Floats, Floats, Floats]:
    """For each bin the shortest stretch up to it with ``enough`` replies, or all before it: X/N, replies, seconds."""
    upto, vus_seconds = np.concatenate([[0.0], np.cumsum(replies)]), np.concatenate([[0.0], np.cumsum(spent)])
    ends = np.arange(1, upto.size)
    first = np.minimum(np.searchsorted(upto, upto[1:] - enough, side="right") - 1, ends - 1)
    first = np.maximum(first, 0)
    counts, during = upto[ends] - upto[first], vus_seconds[ends] - vus_seconds[first]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(during > 0, counts / during, 0.0), counts, (ends - first) * step


def _fallen(replies: Floats, spent: Floats, best: int, made: float) -> bool:
    """Whether any bin after ``best`` has clearly fewer replies than its VUs make while nothing queues."""
    due = made * spent[best + 1 :]
    missing = due - replies[best + 1 :]
    return bool(((missing > (1.0 - FELL) * due) & (missing > BY_CHANCE * np.sqrt(due))).any())


def _cycle(timeline: Timeline, best: int) -> float | None:
    """Seconds of an iteration before anything queued; None where none had ended yet."""
    iteration = timeline.iteration_durations
    if iteration is None or not np.nansum(iteration.counts) >= FEWEST_ITERATIONS:
        return None
    return _mean_until(iteration.counts, iteration.sums, best)


def _mean_until(counts: Floats, sums: Floats, best: int) -> float | None:
    """The mean over the bins up to ``best``, or over the first ones that hold FEWEST_ITERATIONS."""
    total, spent = np.nancumsum(counts), np.nancumsum(sums)
    enough = np.flatnonzero(total >= FEWEST_ITERATIONS)
    if not enough.size:
        return None
    at = max(best, int(enough[0]))
    return float(spent[at] / total[at])
