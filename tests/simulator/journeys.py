"""VUs whose requests take a path: several requests an iteration, tiers behind the server, a CPU that k6 waits for.

Events in the order of time, as each station must see its arrivals in that order. Three times the work of
``closed_loop.loop``, which does the same for one request to one station.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush, heapreplace

import numpy as np

from tests.simulator.closed_loop import Requests, starts_and_stops, think_times
from tests.simulator.scenario import Generator, Load
from tests.simulator.server import NO_REPLY, OK, Serve

WANTS, SENDS, AT_TIER, REPLIED = range(4)
"""Wants to send, sends, arrives at a tier, has the reply."""


def loop(
    load: Load, generator: Generator | None, serves: list[Serve], stops: list[float], rng: np.random.Generator
) -> Requests:
    """Every request of the run. ``stops`` are times at which a VU leaves.

    With a ``generator`` its CPU has a queue, before sending and again at the reply. The first wait is part of no
    request: k6's sleep just lasts longer. The second is in the request's measured duration, as k6 reads the clock
    only once it has the CPU.
    """
    starts, _ = starts_and_stops(load)
    leaving = list(reversed(stops))
    thinks = think_times(load, rng)
    half = generator.cpu_per_request / 2 if generator else 0.0
    cpu = [0.0] * (generator.cores if generator else 1)
    end, timeout, sizes, tiers = load.seconds, load.timeout, [one.size for one in load.requests], len(serves) - 1
    # (time, stage, began, turn, sent, begun, tier or status). Began is the iteration's; -1 before a VU's first.
    events = [(t, WANTS, -1.0, 0, 0.0, 0.0, 0) for t in starts]
    heapify(events)
    rows: list[tuple[float, float, float, int, int]] = []
    iterations: list[tuple[float, float]] = []
    left: list[float] = []

    def on_cpu(now: float) -> float:
        if not half:
            return now
        begin = max(now, cpu[0])
        heapreplace(cpu, begin + half)
        return begin

    while events:
        now, stage, began, turn, sent, begun, code = heappop(events)
        if stage == WANTS:
            grant = on_cpu(now)
            if turn == 0:
                if began >= 0:
                    iterations.append((grant, grant - began))
                if grant >= end or (leaving and grant >= leaving[-1]):
                    if grant < end:
                        leaving.pop()
                    else:
                        left.append(grant)
                    continue
                began = grant
            heappush(events, (grant + half, SENDS, began, turn, 0.0, 0.0, 0))
        elif stage == REPLIED:
            done = on_cpu(now) + half
            rows.append((sent, begun, done, code, turn))
            if turn + 1 < len(sizes):
                heappush(events, (done, WANTS, began, turn + 1, 0.0, 0.0, 0))
            else:
                heappush(events, (done + next(thinks), WANTS, began, 0, 0.0, 0.0, 0))
        else:
            tier = code if stage == AT_TIER else 0
            sent = now if stage == SENDS else sent
            begin, reply, status = serves[tier](now, sizes[turn])
            begun = begin if stage == SENDS else begun
            if reply - sent > timeout:
                heappush(events, (sent + timeout, REPLIED, began, turn, sent, begun, NO_REPLY))
            elif status == OK and tier < tiers:
                heappush(events, (reply, AT_TIER, began, turn, sent, begun, tier + 1))
            else:
                heappush(events, (reply, REPLIED, began, turn, sent, begun, status))
    rows.sort()
    table = np.array(rows).reshape(-1, 5)
    ended = np.array(iterations).reshape(-1, 2)
    return Requests(
        sent=table[:, 0],
        begun=table[:, 1],
        replied=table[:, 2],
        status=table[:, 3].astype(int),
        iteration_ends=ended[:, 0],
        iteration_seconds=ended[:, 1],
        busy=np.sort(left),
        first=np.array(starts),
        turn=table[:, 4].astype(int),
    )
