"""Does a plateau lack more requests than chance takes away?

Users who know nothing of each other make counts that vary by their root (Poisson); those who queue make fewer than
that explains. The k requests of an iteration come together, so that counts vary k times as much: a variance of k·m for
m requests (a compound Poisson process; k²·m/k). Where no durations tell how uneven the work is, how much neighbouring
counts differ does. A stretch is taken for a plateau because it was low, out of all stretches that a run has, so what
is left to chance is little.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from rules import per_iteration, unloaded, vus
from rules.plateau import Plateau
from rules.series import Floats
from rules.statistics.dispersion import MEDIAN_TO_SIGMA, pseudo_residuals
from rules.statistics.windows import sustained_mean, width
from rules.sustained import SUSTAINED_SECONDS
from rules.timeline import Timeline

SURE: Final = 5.0
"""Standard errors. Beyond them lies one stretch in 3.5 million; a day has 2,880 half-minutes, and some ten times
as many stretches of all lengths (Siegmund & Venkatraman 1995, *Annals of Statistics* 23, on such maxima)."""
SHORT: Final = 0.05
"""Of the goodput. VUs at work vary: by so much of what 30 s served, more of them at the end than before are no queue
that grows. Of 870 simulated loads below the limit none came to more than 0.023; of 700 beyond it none to less than
0.25."""
MEDIAN_OF_SQUARE: Final = MEDIAN_TO_SIGMA**-2
"""Of a squared normal deviate, whose mean is 1."""


@lru_cache(maxsize=16)
def is_sure(timeline: Timeline, found: Plateau) -> bool:
    """Whether one unbroken stretch of ``found`` has clearly fewer good requests than its load makes with no queue."""
    return any(_errors(timeline, found, *stretch) > SURE for stretch in found.stretches(timeline))


def is_served(timeline: Timeline, found: Plateau) -> bool:
    """Whether goodput was never short of an open load for as long as must be sustained, or as long as was seen of it.

    Replies take longer where nothing is at its limit too (M/M/1 at 60 % has 2.5 times its service time): there VUs at
    work come and go, but what is due is served. Beyond the limit some is dropped, turned away or waits ever longer.
    """
    due, seconds = vus.due(timeline), width(SUSTAINED_SECONDS, timeline.step)
    if due is None:
        return False
    missing = due * _best_share(timeline) - timeline.goodput
    long_enough = [missing[first:after] for first, after in found.stretches(timeline) if after - first >= seconds]
    seen = [one[np.isfinite(one)] for one in long_enough]
    means = np.concatenate([np.empty(0), *(sustained_mean(one, min(seconds, one.size)) for one in seen if one.size)])
    return means.size > 0 and bool((means <= SHORT * found.estimate.value).all())


def _best_share(timeline: Timeline) -> float:
    """Of good replies, at light load or in the best 30 s: what fails at any load was not turned away. 1 if unknown."""
    seen, seconds = np.isfinite(timeline.goodput), width(SUSTAINED_SECONDS, timeline.step)
    good, every = (sustained_mean(rate[seen], seconds) for rate in (timeline.goodput, timeline.throughput))
    enough = every * SUSTAINED_SECONDS >= unloaded.LIGHT_REQUESTS
    shares = [unloaded.light_share(timeline), *(good[enough] / every[enough])]
    return max((float(share) for share in shares if np.isfinite(share)), default=1.0)


def _errors(timeline: Timeline, found: Plateau, first: int, after: int) -> float:
    """By how many standard errors the goodput of the bins ``first`` to ``after`` is too low for its load."""
    good, due = timeline.goodput * timeline.step, unloaded.expected(timeline) * timeline.step
    seen = np.isfinite(good) & np.isfinite(due)
    within = np.zeros_like(seen)
    within[first:after] = seen[first:after]
    made, expected = float(good[within].sum()), float(due[within].sum())
    together = _together(timeline, float(within.sum()) * timeline.step)
    spread = unloaded.cv_squared(timeline)
    times = max(1.0, _dispersion(good) if spread is None else spread) * together
    if timeline.iteration_durations is not None:
        return _in_errors(expected - made, times * expected)
    # N/X is no measure apart from the counts: what they were without a queue is as uncertain as it is scarce.
    light = seen & ~found.saturated & ~unloaded.beside_a_fall(timeline)
    light[-1:] = False
    known = float(good[light].sum())
    of_vus = expected * known / max(float(due[light].sum()), 1.0)
    by_vus = _in_errors(of_vus - made, times * (of_vus + of_vus**2 / max(known, 1.0)))
    came = float(_before_refusals(timeline)[within].sum())  # which needs no light load
    return max(by_vus, _in_errors(came - made, times * came))


def _in_errors(lack: float, variance: float) -> float:
    return lack / float(np.sqrt(max(variance, 1.0)))


def _before_refusals(timeline: Timeline) -> Floats:
    """Good requests in each bin, if none of them had been turned away that came; shape (n,)."""
    good, kept = timeline.goodput * timeline.step, unloaded.kept(timeline)
    return np.asarray(np.divide(good, kept, out=good.copy(), where=kept > 0))


def _dispersion(counts: Floats) -> float:
    """By how many times the variance of a Poisson count neighbours differ; of most of them, as a step is no noise."""
    off = pseudo_residuals(np.arange(float(counts.size)), counts, np.maximum(counts, 1.0))
    seen = off[np.isfinite(off)]
    return float(np.median(seen) / MEDIAN_OF_SQUARE) if seen.size else 1.0


def _together(timeline: Timeline, lasted: float) -> float:
    """Requests of an iteration, as far as a VU gets to them in ``lasted`` seconds; 1 where iterations are not known."""
    cycle, iteration = unloaded.baseline_cycle(timeline), timeline.iteration_durations
    if iteration is None or cycle is None:
        return 1.0
    return max(1.0, min(per_iteration.requests(timeline), lasted / cycle))
