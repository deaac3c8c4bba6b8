"""k6's ramping-arrival-rate against a server: iterations begin by the clock, whatever became of those before."""

from __future__ import annotations

from array import array
from heapq import heappop, heappush

import numpy as np

from rules.series import Floats
from tests.simulator.closed_loop import Requests, think_times
from tests.simulator.scenario import Arrivals, Load
from tests.simulator.server import NO_REPLY, Serve


def planned_starts(arrivals: Arrivals) -> Floats:
    """Times at which an iteration is due: evenly spaced, as k6 does it, so one at each whole number of the integral."""
    times = np.arange(0.0, arrivals.points[-1][0] + 0.05, 0.1)
    rates = np.interp(times, [t for t, _ in arrivals.points], [rate for _, rate in arrivals.points])
    due = np.concatenate([[0.0], np.cumsum((rates[1:] + rates[:-1]) / 2 * 0.1)])
    return np.asarray(np.interp(np.arange(1.0, due[-1]), due, times))


def loop(load: Load, arrivals: Arrivals, serve: Serve, rng: np.random.Generator) -> Requests:
    """Every request of the run, one an iteration; an iteration that finds no VU free is dropped.

    A VU that is made for want of one is there for the next iteration, not for the one that wanted it.
    """
    most, vus, busy = int(load.most_vus), arrivals.allocated, list[float]()
    thinks = think_times(load, rng)
    sent, begun, replied, over = array("d"), array("d"), array("d"), array("d")
    status = array("i")
    dropped, made = array("d"), array("d")
    for now in planned_starts(arrivals).tolist():
        while busy and busy[0] <= now:
            heappop(busy)
        if len(busy) >= vus:
            dropped.append(now)
            if vus < most:
                vus += 1
                made.append(now)
            continue
        begin, reply, code = serve(now)
        if reply - now > load.timeout:
            reply, code = now + load.timeout, NO_REPLY
        ends = reply + next(thinks)
        heappush(busy, ends)
        sent.append(now)
        begun.append(begin)
        replied.append(reply)
        status.append(code)
        over.append(ends)
    finished = np.array(over)
    order = np.argsort(finished, kind="stable")
    return Requests(
        sent=np.array(sent),
        begun=np.array(begun),
        replied=np.array(replied),
        status=np.array(status),
        iteration_ends=finished[order],
        iteration_seconds=(finished - np.array(sent))[order],
        busy=np.sort([time for time in busy if time >= load.seconds]),
        first=np.concatenate([np.array(sent[: arrivals.allocated]), np.array(made)]),
        turn=np.zeros(len(sent), int),
        dropped=np.array(dropped),
        made=np.array(made),
    )
