"""k6's virtual users against a server: every request of a run, as arrays.

VUs are alike, so the loop keeps the times at which they are ready and not who they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heapreplace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.series import Floats
from tests.simulator.scenario import Load
from tests.simulator.server import BLOCK, NO_REPLY, Serve

Counts = NDArray[np.integer[Any]]


def none() -> Floats:
    """No times."""
    return np.empty(0)


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
    turn: Counts
    """Which of the script's requests it was, from 0."""
    dropped: Floats = field(default_factory=none)
    """When an iteration was due and no VU was free, rising; of any length."""
    made: Floats = field(default_factory=none)
    """When a VU was made for want of one, rising; of any length."""


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
        drawn = rng.exponential(load.think, BLOCK) if load.memoryless else rng.uniform(low, high, BLOCK)
        yield from drawn.tolist()


def loop(load: Load, serve: Serve, stops: list[float], rng: np.random.Generator) -> Requests:
    """The run of a script of one request, with a load generator that is never short of CPU.

    ``stops`` are times at which a VU leaves.
    """
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
        turn=np.zeros(len(sent), int),
    )
