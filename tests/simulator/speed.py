"""A server's speed over time, and the work clock that makes slow-downs exact.

With every worker at the same speed v(t), the queue in clock time W(t) = ∫ v is the undisturbed queue.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.simulator.scenario import Pauses, Server

LEAK_STEPS = 200
"""A leak's slope is made of so many steps, each far smaller than any noise."""


@dataclass(frozen=True)
class WorkClock:
    """Piecewise-constant speed: ``speeds[i]`` from ``begins[i]`` on, when ``done[i]`` seconds of work were done."""

    begins: list[float]
    done: list[float]
    speeds: list[float]

    def work(self, time: float) -> float:
        """Seconds of work that one busy worker has done by ``time``."""
        i = bisect_right(self.begins, time) - 1
        return self.done[i] + (time - self.begins[i]) * self.speeds[i]

    def time(self, work: float) -> float:
        """The first time at which ``work`` is done; the last speed, which lasts for ever, is above 0."""
        i = max(bisect_left(self.done, work) - 1, 0)
        return self.begins[i] + (work - self.done[i]) / self.speeds[i]


def work_clock(server: Server, seconds: float, rng: np.random.Generator) -> WorkClock | None:
    """The clock of one run of ``server``; None where its speed is always 1."""
    if not server.changes and server.pauses is None and server.leak is None:
        return None
    stops = list(_pauses(server.pauses, seconds, rng)) if server.pauses else []
    leak = server.leak
    steps = np.linspace(leak.at, leak.until, LEAK_STEPS + 1).tolist() if leak else []
    marks = sorted({0.0, *steps, *(c.at for c in server.changes), *(t for stop in stops for t in stop)})
    begins, done, speeds = [0.0], [0.0], [1.0]
    edge = 0
    for mark in marks:
        while edge < len(stops) and stops[edge][1] <= mark:
            edge += 1
        depth = server.pauses.depth if server.pauses and edge < len(stops) and stops[edge][0] <= mark else 0.0
        speed = base_speed(server, mark) * (1.0 - depth)
        done.append(done[-1] + (mark - begins[-1]) * speeds[-1])
        begins.append(mark)
        speeds.append(speed)
    return WorkClock(begins, done, speeds)


def base_speed(server: Server, time: float) -> float:
    """Speed at ``time`` without pauses."""
    speed = 1.0
    for change in server.changes:
        if change.at <= time:
            speed = change.speed
    if leak := server.leak:
        speed *= 1.0 - leak.share * min(max((time - leak.at) / (leak.until - leak.at), 0.0), 1.0)
    return speed


def _pauses(pauses: Pauses, seconds: float, rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    time = rng.random() * pauses.every
    while time < seconds:
        lasting = _draw(pauses.lasting, pauses.regular, rng)
        yield time, time + lasting
        time += lasting + _draw(pauses.every, pauses.regular, rng)


def _draw(mean: float, regular: bool, rng: np.random.Generator) -> float:
    return float(mean * (rng.uniform(0.5, 1.5) if regular else rng.exponential()))
