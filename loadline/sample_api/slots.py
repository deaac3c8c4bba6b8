"""The ideal schedule: parallel slots, first come first served, from which the true capacity follows.

A slot is busy for exactly one service time per request, counted from when the schedule says it became free, not
from when a timer fired. So timers that fire late make single replies late, but do not lower the capacity: it is
``capacity`` as long as the process keeps up with its events.
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


def capacity(workers: int, service_seconds: float, lock_seconds: float = 0.0) -> float:
    """Requests per second that the slots serve in the long run.

    Without a lock that holds for any distribution of the service time with this mean. With one it holds for a fixed
    service time only: both are limits of a closed network without variability, which reaches the lower of them
    (Lazowska et al., Quantitative System Performance, ch. 5).
    """
    by_workers = workers / service_seconds
    return min(by_workers, 1.0 / lock_seconds) if lock_seconds else by_workers


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
    """``workers`` slots behind one queue of at most ``queue`` waiting requests (None: no limit).

    All share one lock: a request waits for it in its slot, and holds it for the first ``lock_seconds`` of its service.
    """

    def __init__(
        self, workers: int, next_service: ServiceTimes, queue: int | None = None, lock_seconds: float = 0.0
    ) -> None:
        self._free = [0.0] * workers
        """When each slot becomes free, as a heap: the earliest first."""
        self._next_service = next_service
        self._queue = queue
        self._lock_seconds = lock_seconds
        self._lock_free = 0.0
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
        locked = max(start, self._lock_free)  # nobody overtakes here either: starts only rise
        self._lock_free = locked + self._lock_seconds
        done = locked + self._next_service()
        heapq.heapreplace(self._free, done)
        return done
