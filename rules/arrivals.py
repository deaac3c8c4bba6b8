"""Do iterations begin by the clock, as k6's arrival-rate executors have them (an open model), or when a VU is free?

What was planned tells, where it is known. Else k6's own counts do. In a closed loop VUs are the plan, and how often
they ask is what comes of it; in an open model the iterations are, and how many VUs are at work is what comes of it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from rules.series import Floats
from rules.timeline import Timeline

BY_CLOCK: Final = frozenset({"constant-arrival-rate", "ramping-arrival-rate"})
LOOPS: Final = frozenset(
    {"constant-vus", "ramping-vus", "per-vu-iterations", "shared-iterations", "externally-controlled"}
)
"""k6's lib/executor; there are no others."""
LITTLE_LOW, LITTLE_HIGH = 0.6, 1.25
"""VU-seconds that iterations account for, per VU-second that ran. Iterations still open at either end, and pauses
between iterations, take a little from 1; more than this and VUs and iterations are not of one run in a closed loop."""
FEWEST_ITERATIONS = 100.0
ONE_MORE = 0.5
"""VUs are whole: a smaller rise is two pushes that a bin lies between."""
BY_CHANCE, AND_IDLE = 1 / 3, 1 / 5
"""Turns from more to fewer VUs or back, for each step between pushes. In random order two of three values are turning
points (Bienaymé 1874), in a random walk one of two; half of the first leaves room for VUs that stay busy over several
bins, and for a load that grows. A plan turns where a stage ends. Where VUs were idle all the time, who doubts that
needs a closed loop whose plan was not carried out as well, so fewer do: still more than waves of a minute have."""
FEWEST_TURNS, OR_IDLE = 5, 3
"""A wave or a spike turns twice."""
RESTLESS = 0.5
"""Of the bins: scenarios that take turns, of VUs of their own each, stand still for most of the time."""
BEYOND_CHANCE = 1.0
"""Of the root of the VUs in two bins, the standard deviation of their difference where VUs at work are Poisson
distributed. Half of such steps are less than 0.67 of it; of iterations that begin evenly spaced, as k6's, less than
0.48, as the variance is half of that (D/M/∞). Waves of 20 s between 130 and 430 VUs go by 6 of it every 5 s. It is the
median, as a server that pauses or saturates makes a few great steps."""
CONTINUITY = 0.5
"""VUs are whole: a step of one stands for all from a half (Yates 1934)."""
LESS_THAN_ANY = 0.01
"""VU. VUs are whole, and moments of a push are told to the millisecond: a smaller step is none, but arithmetic's."""
ONE_OR_ANOTHER = 1.0
"""VU. Iterations that all take as long, begun evenly, are 13 at once or 14, and of 14 VUs none is missed."""


@lru_cache(maxsize=16)
def may_idle(timeline: Timeline) -> bool:
    """Whether iterations begin by the clock, so that VUs may idle.

    Such a load drops an iteration where all VUs are at work. One that drops none has VUs that are never at work, and
    those at work, which k6_vus then counts alone (k6's lib/executor/ramping_arrival_rate.go; seen with 1.1 and 1.8.1),
    come and go by chance, where those of a closed loop follow a plan, up to all that k6 made ready for it. Where each
    look at them, once a second, finds as many, they are more than iterations account for, or less.
    """
    planned = _as_planned(timeline)
    if planned is not None:
        return planned
    return _drops(timeline) or _unaccounted(timeline) or _overlooked(timeline) or _by_chance(timeline)


def _as_planned(timeline: Timeline) -> bool | None:
    """Whether every scenario's executor goes by the clock; None where some do, and where nobody knows them."""
    executors = set((timeline.plan.executors if timeline.plan else None) or ())
    if executors and executors <= BY_CLOCK:
        return True
    return False if executors and executors <= LOOPS else None


def _drops(timeline: Timeline) -> bool:
    """Whether iterations were dropped before the load ended.

    VUs with a number of iterations to make count as dropped those for which they had no time (k6's
    lib/executor/shared_iterations.go and per_vu_iterations.go): all at the end, as the last VUs leave.
    """
    dropped = timeline.dropped_iterations
    if dropped is None:
        return False
    before = np.isfinite(timeline.vus)
    before[_leaving(timeline) :] = False
    return bool(np.nansum(dropped[before]) > 0)


def _leaving(timeline: Timeline) -> int:
    """The first bin from which on VUs do nothing but leave; the last one at the latest."""
    staying = np.flatnonzero(~(_steps(timeline) < 0))
    return min(int(staying[-1]) + 1 if staying.size else 0, timeline.vus.size - 1)


def _steps(timeline: Timeline) -> Floats:
    """By how many VUs there were more at the end of each bin than at its begin, or than in the bin before; (n,)."""
    if timeline.vus_grew is not None:
        return timeline.vus_grew
    return np.diff(timeline.vus, prepend=timeline.vus[:1])


def _by_chance(timeline: Timeline) -> bool:
    """Whether VUs turn from more to fewer and back as in random order, and by no more than chance has them."""
    steps = _steps(timeline)
    moves = np.isfinite(steps) & (np.abs(steps) >= LESS_THAN_ANY)  # a plan may stand still between spikes
    turns, idle = int((np.diff(np.sign(steps[moves])) != 0).sum()), _some_idle(timeline)
    if turns < max(OR_IDLE if idle else FEWEST_TURNS, (AND_IDLE if idle else BY_CHANCE) * moves.sum()):
        return False
    by = np.abs(steps[moves])
    if _all_at_work(timeline) and np.median(by) > ONE_OR_ANOTHER:
        return False  # by chance there would once have been one iteration more than VUs, and it would have been dropped
    if idle and turns >= BY_CHANCE * moves.sum() and moves.sum() > RESTLESS * np.isfinite(steps).sum():
        return True  # by how much does not matter: near the limit a queue comes and goes by more than its root
    deviations = (by - CONTINUITY) / np.sqrt(np.maximum(2.0 * timeline.vus[moves], 1.0))
    return bool(np.median(deviations) < BEYOND_CHANCE)


def _all_at_work(timeline: Timeline) -> bool:
    """Whether all VUs that k6 made ready were seen at work at once."""
    return timeline.vus_ready is not None and (timeline.most_vus or 0) >= timeline.vus_ready


def _some_idle(timeline: Timeline) -> bool:
    """Whether VUs were clearly fewer than k6 made ready for them, also between two pushes: on a slope, by one more step
    of it than was seen.
    """
    ready, steps = timeline.vus_ready, np.abs(_steps(timeline))
    seen = np.isfinite(timeline.vus) & np.isfinite(steps)
    if ready is None or timeline.most_vus is None or not seen.any():
        return False
    half = 0.5  # of a step: from the middle of a bin to its end
    return max(timeline.most_vus, float((timeline.vus + (half + 1.0) * steps)[seen].max())) < ready


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
    return bool(((np.cumsum(spent.sums[both]) + under_way < LITTLE_LOW * ran) & (count >= FEWEST_ITERATIONS)).any())


def _overlooked(timeline: Timeline) -> bool:
    """Whether iterations account for clearly more VU-seconds than were seen, by one VU at each look at most.

    Between two looks a short iteration begins and ends. A closed loop has all its VUs in iterations whenever they are
    looked at.
    """
    spent = timeline.iteration_durations
    if spent is None or not _some_idle(timeline):
        return False
    both = np.isfinite(spent.sums) & np.isfinite(timeline.vus)
    finished, ran = float(spent.sums[both].sum()), float(timeline.vus[both].sum()) * timeline.step
    enough = spent.counts[both].sum() >= FEWEST_ITERATIONS
    return bool(enough and LITTLE_HIGH * ran < finished <= LITTLE_HIGH * (ran + float(both.sum()) * timeline.step))
