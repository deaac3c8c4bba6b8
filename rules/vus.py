"""Which VUs are load: all of them in a closed loop, those in an iteration where iterations begin by the clock."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rules.series import Floats
from rules.timeline import Timeline

IN_ITERATIONS = 0.6
"""The least share of a closed loop's VU-seconds that its iterations account for."""
FEWEST_ITERATIONS = 100.0


def when_sent(timeline: Timeline, later: float = 0.0) -> Floats:
    """N at the time when the requests that are answered in a bin were sent, R(t) before; or so many seconds later.

    Shape (n,).
    """
    seen = np.isfinite(timeline.vus)
    if not seen.any():
        return timeline.vus
    waited = 0.0 if timeline.durations is None else np.nan_to_num(timeline.durations.mean())
    sent: Floats = np.interp(timeline.times - waited + later, timeline.times[seen], timeline.vus[seen])
    return sent


@lru_cache(maxsize=16)
def may_idle(timeline: Timeline) -> bool:
    """Whether VUs wait for an iteration to be due, as with k6's arrival-rate executors: an open model.

    Only those drop iterations. One that drops none makes no VUs either, so that their number stands still; and in a
    closed loop all VU-seconds are in an iteration, but for those still under way at the end (Little 1961).
    """
    if timeline.dropped_iterations is not None and np.nansum(timeline.dropped_iterations) > 0:
        return True
    spent = timeline.iteration_durations
    if spent is None:
        return False
    both = np.isfinite(spent.sums) & np.isfinite(timeline.vus)
    vus, count, finished = timeline.vus[both], float(spent.counts[both].sum()), float(spent.sums[both].sum())
    if count < FEWEST_ITERATIONS or vus.max() > vus[0]:
        return False
    return finished + float(vus[-1]) * finished / count < IN_ITERATIONS * float(vus.sum()) * timeline.step


def in_iterations(timeline: Timeline) -> Floats:
    """VUs in an iteration, by Little's law from those that ended in each bin: N = X·(R + Z). Shape (n,).

    All VUs where k6 sent no iteration durations.
    """
    spent = timeline.iteration_durations
    return timeline.vus if spent is None else spent.sums / timeline.step
