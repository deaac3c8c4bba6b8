"""What the load is: VUs in a closed loop; where iterations begin by the clock, the requests that were due."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rules.arrivals import ONE_MORE as ONE_MORE
from rules.arrivals import may_idle as may_idle
from rules.series import Floats
from rules.statistics.windows import Mask, centred_mean, width
from rules.timeline import Timeline

LEAP, LEAP_SECONDS = 2.0, 10.0
"""VUs that become so many times as many within so long leap: a straight ramp does so in its first 15 s only."""
EVENED_SECONDS = 30.0
"""A look at the VUs at work is a second old at most, and so is what was due by them; over so long that is little."""


@lru_cache(maxsize=16)
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


def fell(timeline: Timeline, by: float) -> Mask:
    """Bins with fewer VUs than the one before, by more than the share ``by``; shape (n,). A gap is no fall."""
    users = timeline.vus
    with np.errstate(invalid="ignore"):
        return np.concatenate([[False], np.diff(users) < -by * users[:-1]])


def over(timeline: Timeline) -> Mask:
    """The last bin; where VUs became fewer after the last reply, the bins from that reply on. Shape (n,).

    The load ends there: VUs only end their iterations. Who waits for a server that has stopped does not leave.
    """
    answered, n = np.flatnonzero(timeline.throughput > 0), timeline.vus.size
    last = int(answered[-1]) if answered.size else n
    ended = (timeline.vus[last + 1 :] < timeline.vus[last : last + 1]).any()
    return np.arange(n) >= (last if ended else n - 1)


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

    None where k6 does not tell. Over a bin a look at the VUs, a second old at most, is off by some of them. Less than
    was due where k6 was started again: it sends its count of dropped iterations only as that grows, so what it dropped
    from the last count before to the first one after is unknown, and taken for none.
    """
    ended, grew, dropped = timeline.iterations, timeline.vus_grew, timeline.dropped_iterations
    if ended is None or grew is None or dropped is None or not np.nansum(ended) > 0:
        return None
    each = float(np.nansum(timeline.throughput)) / float(np.nansum(ended))
    return each * (ended + grew / timeline.step + np.nan_to_num(dropped))


def load(timeline: Timeline) -> Floats:
    """What a limit is looked for against, (n,): VUs in a closed loop, requests/s that were due in an open one.

    Not those that were answered: good replies are among them, so that goodput would seem to rise with the load in each
    bin that by chance has more, and while a queue grows.
    """
    if not may_idle(timeline):
        return timeline.vus
    asked = due(timeline)
    asked = offered(timeline) if asked is None else asked
    return centred_mean(asked, width(EVENED_SECONDS, timeline.step)) + 0 * timeline.vus
