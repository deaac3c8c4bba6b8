"""What the load is: VUs in a closed loop; where iterations begin by the clock, the requests that were due."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rules.series import Floats
from rules.statistics.windows import Mask, centred_mean, width
from rules.timeline import Timeline

IN_ITERATIONS = 0.6
"""The least share of a closed loop's VU-seconds that its iterations account for."""
FEWEST_ITERATIONS = 100.0
ONE_MORE = 0.5
"""VUs are whole: a smaller rise is two pushes that a bin lies between."""
BY_CHANCE = 1 / 3
"""Turns from more to fewer VUs or back, for each step between bins. In random order two of three values are turning
points (Bienaymé 1874), in a random walk one of two; half of the first leaves room for VUs that stay busy over several
bins, and for a load that grows. A plan turns where a stage ends."""
FEWEST_TURNS = 5
BEYOND_CHANCE = 1.0
"""Of the root of the VUs in two bins, the standard deviation of their difference where VUs at work are Poisson
distributed. Half of such steps are less than 0.67 of it; of iterations that begin evenly spaced, as k6's, less than
0.48, as the variance is half of that (D/M/∞). Waves of 20 s between 130 and 430 VUs go by 6 of it every 5 s. It is the
median, as a server that pauses or saturates makes a few great steps."""
LEAP, LEAP_SECONDS = 2.0, 10.0
"""VUs that become so many times as many within so long leap: a straight ramp does so in its first 15 s only."""
CONTINUITY = 0.5
"""VUs are whole: a step of one stands for all from a half (Yates 1934)."""
EVENED_SECONDS = 30.0
"""Good replies are among those that an open load is counted by: in a bin that by chance has more of them, there is
more load and more goodput, so that goodput would seem to rise with it. What is due is even; so is this mean of it."""


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
    """Whether iterations begin by the clock, as with k6's arrival-rate executors: an open model, whose VUs may idle.

    Only those drop iterations. One that drops none is told by its VUs: k6_vus then counts those at work alone (k6's
    lib/executor/ramping_arrival_rate.go; seen with 1.1 and 1.8.1), which come and go by chance, where the VUs of a
    closed loop follow a plan. Where each look at them, once a second, finds as many, they are more than iterations
    account for.
    """
    dropped = timeline.dropped_iterations
    return bool(dropped is not None and np.nansum(dropped) > 0) or _by_chance(timeline) or _unaccounted(timeline)


def _by_chance(timeline: Timeline) -> bool:
    """Whether VUs turn from more to fewer and back as in random order, and by no more than chance has them."""
    users = timeline.vus[np.isfinite(timeline.vus)]
    steps, both = np.diff(users), users[1:] + users[:-1]
    moves = steps != 0  # a plan may stand still between spikes
    turns = int((np.diff(np.sign(steps[moves])) != 0).sum())
    if turns < max(FEWEST_TURNS, BY_CHANCE * moves.sum()):
        return False
    deviations = (np.abs(steps[moves]) - CONTINUITY) / np.sqrt(np.maximum(both[moves], 1.0))
    return bool(np.median(deviations) < BEYOND_CHANCE)


def _unaccounted(timeline: Timeline) -> bool:
    """Whether VUs that never rise have more seconds than iterations, ended or under way, account for (Little 1961)."""
    spent = timeline.iteration_durations
    if spent is None:
        return False
    both = np.isfinite(spent.sums) & np.isfinite(timeline.vus)
    count, users = np.cumsum(spent.counts[both]), timeline.vus[both]
    if not count.size or count[-1] < FEWEST_ITERATIONS or (np.diff(timeline.vus) > ONE_MORE).any():
        return False  # VUs that rise in a gap may have been dropping iterations there: NaN is no rise
    under_way = float(users.max()) * float(np.nanmax(spent.mean()))
    ran = np.cumsum(users) * timeline.step
    return bool(((np.cumsum(spent.sums[both]) + under_way < IN_ITERATIONS * ran) & (count >= FEWEST_ITERATIONS)).any())


def fell(timeline: Timeline, by: float) -> Mask:
    """Bins with fewer VUs than the one before, by more than the share ``by``; shape (n,). A gap is no fall."""
    users = timeline.vus
    with np.errstate(invalid="ignore"):
        return np.concatenate([[False], np.diff(users) < -by * users[:-1]])


def leaps(timeline: Timeline) -> Mask:
    """Bins about which VUs leap, up or down, within LEAP_SECONDS, or two bins where these are longer; shape (n,)."""
    around = max(LEAP_SECONDS / 2, timeline.step)
    seen = np.isfinite(timeline.vus)
    if not seen.any():
        return np.zeros(seen.size, bool)
    at, users = timeline.times[seen], np.maximum(timeline.vus[seen], 1.0)
    before, after = (np.log(np.interp(timeline.times + by, at, users)) for by in (-around, around))
    return np.asarray(np.abs(after - before) > np.log(LEAP))


def in_iterations(timeline: Timeline) -> Floats:
    """VUs in an iteration, by Little's law from those that ended in each bin: N = X·(R + Z). Shape (n,).

    All VUs where k6 sent no iteration durations.
    """
    spent = timeline.iteration_durations
    return timeline.vus if spent is None else spent.sums / timeline.step


def offered(timeline: Timeline) -> Floats:
    """Of an open load, the requests/s that were due: those answered, and those of the iterations that k6 dropped.

    Shape (n,). It lags the plan by a response time, and a queue that grows holds a part of it back.
    """
    if timeline.dropped_iterations is None:
        return timeline.throughput
    ran = float(np.nansum(timeline.iterations)) if timeline.iterations is not None else 0.0
    each = float(np.nansum(timeline.throughput)) / ran if ran > 0 else 1.0
    return timeline.throughput + each * timeline.dropped_iterations


def due(timeline: Timeline) -> Floats | None:
    """The same as it is when iterations begin: those that ended, and by how many those under way became more; (n,).

    None where k6 does not tell. Over a bin a look at the VUs, a second old at most, is off by some of them.
    """
    ended, grew, dropped = timeline.iterations, timeline.vus_grew, timeline.dropped_iterations
    if ended is None or grew is None or dropped is None or not np.nansum(ended) > 0:
        return None
    each = float(np.nansum(timeline.throughput)) / float(np.nansum(ended))
    return each * (ended + grew / timeline.step + dropped)


def load(timeline: Timeline) -> Floats:
    """What a limit is looked for against, (n,): VUs in a closed loop, requests/s that were due in an open one."""
    if not may_idle(timeline):
        return timeline.vus
    return centred_mean(offered(timeline), width(EVENED_SECONDS, timeline.step)) + 0 * timeline.vus
