"""The ideal schedule: parallel slots, first come first served, from which the true capacity follows.

A slot is busy for exactly one service time per request, counted from when the schedule says it became free, not
from when a timer fired. So timers that fire late make single replies late, but do not lower the capacity: it is
``workers / mean service time`` as long as the process keeps up with its events.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Callable
from typing import Final

ServiceTimes = Callable[[], float]
"""Gives the next service time in seconds."""

DISTRIBUTIONS: Final = ("fixed", "exponential", "lognormal")

LOGNORMAL_SIGMA: Final = math.sqrt(math.log(2.0))
"""Makes the coefficient of variation 1, as the exponential's, with a longer tail."""


def service_times(distribution: str, mean: float, rng: random.Random) -> ServiceTimes:
    """Service times in seconds with that mean; ``distribution`` is one of DISTRIBUTIONS, else ValueError."""
    match distribution:
        case "fixed":
            return lambda: mean
        case "exponential":
            return lambda: rng.expovariate(1.0 / mean)
        case "lognormal":
            # The mean of a lognormal is exp(mu + sigma² / 2).
            mu = math.log(mean) - LOGNORMAL_SIGMA**2 / 2.0
            return lambda: rng.lognormvariate(mu, LOGNORMAL_SIGMA)
    raise ValueError(f"{distribution!r} is not a service time distribution; there are {', '.join(DISTRIBUTIONS)}")


class Slots:
    """``workers`` slots behind one queue of at most ``queue`` waiting requests (None: no limit)."""

    def __init__(self, workers: int, next_service: ServiceTimes, queue: int | None = None) -> None:
        self._free = [0.0] * workers
        """When each slot becomes free, as a heap: the earliest first."""
        self._next_service = next_service
        self._queue = queue
        self._waiting: deque[float] = deque()
        """The times at which the waiting requests will start; rising, for nobody overtakes."""

    def book(self, now: float) -> float | None:
        """When the request that arrives at ``now`` is done (the same clock, seconds), or None: the queue is full.

        Calls must come with rising ``now``. What is booked is served, even if the client goes away.
        """
        while self._waiting and self._waiting[0] <= now:
            self._waiting.popleft()
        start = max(now, self._free[0])
        if start > now:
            if self._queue is not None and len(self._waiting) >= self._queue:
                return None
            self._waiting.append(start)
        done = start + self._next_service()
        heapq.heapreplace(self._free, done)
        return done
