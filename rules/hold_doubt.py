"""May a hold that failed be blamed on the system under test? Not where the load generator was short of something.

A hold that was kept needs no such proof: what k6 was short of would have made it worse than it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from rules import unsent
from rules.answer import Objective
from rules.generator_evidence import CORE_LIMIT, CPU_LIMIT, PORTS_LIMIT, UNSENT_LIMIT
from rules.generator_usage import usage
from rules.holding import Hold
from rules.sharing import shared
from rules.timeline import Timeline
from rules.wording import number, seconds, share

DROPPED: Final = 0.01
"""Of the due."""
BUSY_VUS: Final = 0.5
"""Of those that are ready. k6_vus counts those at work where a constant-arrival-rate makes the load (k6 1.1, 1.8)."""
OUTSIDE: Final = 0.15
"""Of an iteration, which has nothing to do but its request; and FELT seconds at least."""
FELT: Final = 0.005


def doubt(timeline: Timeline, hold: Hold, objective: Objective) -> str | None:
    """What the generator was short of during ``hold``, in words; None where nothing says that it was."""
    return "; ".join(_doubts(timeline, hold, objective)) or None


def _doubts(timeline: Timeline, hold: Hold, objective: Objective) -> Iterator[str]:
    used, alone = usage(timeline, hold.bins), not shared(timeline)
    if used.own_cpu is not None and used.own_cpu > CPU_LIMIT:
        yield f"k6 kept {share(used.own_cpu)} of the CPU busy that it may use"
    elif alone and used.cpu is not None and used.cpu > CPU_LIMIT:
        yield f"the CPU of its host was at {share(used.cpu)}"
    elif alone and used.core is not None and used.core > CORE_LIMIT:
        yield f"one core of its host was at {share(used.core)}"
    if alone and used.ports is not None and used.ports > PORTS_LIMIT:
        yield f"{share(used.ports)} of its local ports were taken"
    lost = unsent.share(timeline, hold.bins)
    if lost > UNSENT_LIMIT:
        yield f"{share(lost)} of the requests never left it, for want of {unsent.most_lacking(timeline)}"
    yield from _outside(timeline, hold)
    yield from _starts(timeline, hold, objective)


def _outside(timeline: Timeline, hold: Hold) -> Iterator[str]:
    """An iteration without a think time is its request: what is longer is k6 waiting for a CPU."""
    whole, inside, blocked = timeline.iteration_durations, timeline.durations, timeline.blocked
    if whole is None or inside is None:
        return
    spent = [float(np.nansum(one.sums[hold.bins])) for one in (whole, inside, blocked) if one is not None]
    count = float(np.nansum(whole.counts[hold.bins]))
    between = spent[0] - sum(spent[1:])
    if count > 0 and between > OUTSIDE * spent[0] and between > FELT * count:
        yield f"{share(between / spent[0])} of an iteration was outside its request, in k6 itself"


def _starts(timeline: Timeline, hold: Hold, objective: Objective) -> Iterator[str]:
    """Iterations dropped while VUs were free, or where VUs cannot wait as long as the limit; and those begun late."""
    ready, dropped = timeline.vus_ready, timeline.dropped_iterations
    if ready is None or dropped is None:
        return
    if hold.dropped > DROPPED:
        busy = float(np.median(timeline.vus[hold.bins & (dropped > 0)]))
        if busy < BUSY_VUS * ready:
            yield f"k6 dropped {share(hold.dropped)} of its iterations with {number(busy)} of {ready:,} VUs at work"
        elif ready < hold.rate * objective.latency_seconds:
            yield f"{ready:,} VUs are too few to wait {seconds(objective.latency_seconds)} at this rate"
    # Whatever was begun is answered or under way, and no more can be under way than there are VUs.
    due = hold.rate * hold.seconds
    missing = due * (1.0 - hold.answered - hold.dropped)
    if missing > ready and missing > DROPPED * due:
        yield f"k6 began {share((missing - ready) / due)} of its iterations late"
