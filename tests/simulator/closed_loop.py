"""k6's virtual users against a server: every request of a run, as arrays.

VUs are alike, so the loop keeps the times at which they are ready and not who they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace
from itertools import pairwise

import numpy as np

from rules.series import Floats
from tests.simulator.scenario import Generator, Load
from tests.simulator.server import BLOCK, NO_REPLY, Serve


@dataclass(frozen=True, eq=False)
class Requests:
    """All requests that were sent, shape (n,) each, in the order of sending; seconds since the test began."""

    sent: Floats
    begun: Floats
    """When a worker took it, ``sent`` where none did."""
    replied: Floats
    """When k6 had the reply, or gave up."""
    status: Floats
    iteration_ends: Floats
    iteration_seconds: Floats
    busy: Floats
    """Times at which the last iteration of each VU that was active at the end is over, rising; shape (VUs,)."""
    first: Floats
    """When each VU began, rising."""


def starts_and_stops(load: Load) -> tuple[list[float], list[float]]:
    """Times at which VUs begin, and at which one must stop, each rising; as k6 rounds, one at every whole VU."""
    starts, stops = [0.0] * int(load.points[0][1]), []
    for (t0, n0), (t1, n1) in pairwise(load.points):
        if n1 > n0:
            whole = np.arange(np.floor(n0) + 1, np.floor(n1) + 1)
            starts += (t0 + (whole - n0) * (t1 - t0) / (n1 - n0)).tolist()
        elif n1 < n0:
            whole = np.arange(np.floor(n0), np.floor(n1), -1)
            stops += (t0 + (n0 - whole) * (t1 - t0) / (n0 - n1)).tolist()
    return starts, stops


def think_times(load: Load, rng: np.random.Generator) -> Iterator[float]:
    """Endless draws of the time a VU thinks."""
    low, high = load.think * (1 - load.think_spread), load.think * (1 + load.think_spread)
    while True:
        yield from rng.uniform(low, high, BLOCK).tolist()


def loop(load: Load, serve: Serve, stops: list[float], rng: np.random.Generator) -> Requests:
    """The run with a load generator that is never short of CPU. ``stops`` are times at which a VU leaves."""
    starts, _ = starts_and_stops(load)
    ready = list(starts)  # rising, so it is a heap
    leaving = list(reversed(stops))
    thinks = think_times(load, rng)
    end, timeout = load.seconds, load.timeout
    sent, begun, replied, again = array("d"), array("d"), array("d"), array("d")
    status = array("i")
    while ready and (now := ready[0]) < end:
        if leaving and now >= leaving[-1]:
            leaving.pop()
            heappop(ready)
            continue
        begin, reply, code = serve(now)
        if reply - now > timeout:
            reply, code = now + timeout, NO_REPLY
        over = reply + next(thinks)
        heapreplace(ready, over)
        sent.append(now)
        begun.append(begin)
        replied.append(reply)
        status.append(code)
        again.append(over)
    ends = np.array(again)
    return Requests(
        sent=np.array(sent),
        begun=np.array(begun),
        replied=np.array(replied),
        status=np.array(status),
        iteration_ends=ends,
        iteration_seconds=ends - np.array(sent),
        busy=np.sort(ready),
        first=np.array(starts),
    )


def contended_loop(
    load: Load, generator: Generator, serve: Serve, stops: list[float], rng: np.random.Generator
) -> Requests:
    """The run with a generator whose CPU has a queue: before sending, and again at the reply.

    The first wait is part of no request: k6's sleep just lasts longer. The second is in the request's measured
    duration, as k6 reads the clock only once it has the CPU.
    """
    starts, _ = starts_and_stops(load)
    leaving = list(reversed(stops))
    thinks = think_times(load, rng)
    half = generator.cpu_per_request / 2
    cpu = [0.0] * generator.cores
    end, timeout = load.seconds, load.timeout
    # (time, stage, began, sent, begun, status): 0 wants to send, 1 sends, 2 has the reply. Began is the iteration's.
    events = [(t, 0, -1.0, 0.0, 0.0, 0) for t in starts]
    rows: list[tuple[float, float, float, int]] = []
    iterations: list[tuple[float, float]] = []
    left: list[float] = []

    def on_cpu(now: float) -> float:
        begin = max(now, cpu[0])
        heapreplace(cpu, begin + half)
        return begin

    while events:
        now, stage, began, sent, begun, code = heappop(events)
        if stage == 0:
            grant = on_cpu(now)
            if began >= 0:
                iterations.append((grant, grant - began))
            if grant >= end or (leaving and grant >= leaving[-1]):
                if grant < end:
                    leaving.pop()
                left.append(grant)
                continue
            heappush(events, (grant + half, 1, grant, 0.0, 0.0, 0))
        elif stage == 1:
            begun, reply, code = serve(now)
            if reply - now > timeout:
                reply, code = now + timeout, NO_REPLY
            heappush(events, (reply, 2, began, now, begun, code))
        else:
            done = on_cpu(now) + half
            rows.append((sent, begun, done, code))
            heappush(events, (done + next(thinks), 0, began, 0.0, 0.0, 0))
    rows.sort()
    table = np.array(rows).reshape(-1, 4)
    ended = np.array(iterations).reshape(-1, 2)
    return Requests(
        sent=table[:, 0],
        begun=table[:, 1],
        replied=table[:, 2],
        status=table[:, 3].astype(int),
        iteration_ends=ended[:, 0],
        iteration_seconds=ended[:, 1],
        busy=np.sort([t for t in left if t >= end]),
        first=np.array(starts),
    )
