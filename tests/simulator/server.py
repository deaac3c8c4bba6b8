"""The server: many workers, one first-come first-served queue, and what it does to those it will not serve.

Exact without event objects: a request that arrives takes the worker that is free first, so its begin and its end
are known as it arrives.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from heapq import heappush, heapreplace
from typing import Protocol

import numpy as np

from tests.simulator.scenario import Outage, RateLimit, Server, Service
from tests.simulator.speed import WorkClock, work_clock


class Serve(Protocol):
    """Arrival time, and work as a multiple of the mean, to (begin of service, reply, status).

    The reply is when the client sees it. Call it with times that never fall.
    """

    def __call__(self, now: float, size: float = 1.0) -> tuple[float, float, int]: ...


OK, NO_REPLY, TOO_MANY, ERROR, OVERLOADED = 200, 0, 429, 500, 503
REFUSED = -1
"""No reply because nobody listens; k6 reports status 0 as well, with another error."""
REJECTION_SECONDS = 0.0005
"""What a rejected request waits for its answer, the network apart."""
BLOCK = 1 << 14


def opened(server: Server, seconds: float, rng: np.random.Generator) -> list[Serve]:
    """``server`` as functions of arrivals, idle at time 0: itself, then each of its tiers.

    A request that one has answered well goes to the next. ``seconds``: how long pauses are drawn for.
    """
    clock = work_clock(server, seconds, rng)
    serve = _station(server, clock, rng)
    if server.outage:
        serve = _restarted(server.outage, server.network, serve, _station(server, clock, rng))
    rejection = server.network + REJECTION_SECONDS
    if server.rate_limit:
        serve = _limited(server.rate_limit, rejection, serve)
    if server.error_share and server.instant_errors:
        serve = _erring_at_once(server.error_share, rejection, serve, rng)
    elif server.error_share:
        serve = _erring(server.error_share, serve, rng)
    if server.refuses:
        serve = _restarted(Outage(0.0, np.inf), server.network, serve, serve)
    bare = replace(server, network=0.0, scale_out=None, queue_limit=None, contention=0.0, lock_seconds=0.0)
    tiers = [replace(bare, workers=tier.workers, service=tier.service) for tier in server.tiers]
    return [serve, *(_station(tier, work_clock(tier, seconds, rng), rng) for tier in tiers)]


def service_times(service: Service, rng: np.random.Generator) -> Iterator[float]:
    """Endless draws of ``service``."""
    draw = _sampler(service, rng)
    while True:
        yield from draw(BLOCK).tolist()


def _sampler(service: Service, rng: np.random.Generator) -> Callable[[int], np.ndarray]:
    mean, squared = service.mean, service.cv**2
    if squared == 0:
        return lambda n: np.full(n, mean)
    if service.shape == "gamma":
        return lambda n: rng.gamma(1 / squared, mean * squared, n)
    if service.shape == "lognormal":
        sigma = np.sqrt(np.log1p(squared))
        return lambda n: mean * np.exp(rng.normal(-(sigma**2) / 2, sigma, n))
    tail = 2 * squared / (squared - 1)  # of a Lomax: cv² = tail / (tail - 2)
    return lambda n: mean * (tail - 1) * rng.pareto(tail, n)


def _station(server: Server, clock: WorkClock | None, rng: np.random.Generator) -> Serve:
    free = [0.0] * server.workers
    times = service_times(server.service, rng)
    network, contention, limit = server.network, server.contention, server.queue_limit
    growing = [server.scale_out] if server.scale_out else []
    begins: deque[float] = deque()
    watches_queue = bool(contention) or limit is not None
    holds = service_times(Service(server.lock_seconds), rng) if server.lock_seconds else None
    unlocked = 0.0

    def serve(now: float, size: float = 1.0) -> tuple[float, float, int]:
        nonlocal unlocked
        if growing and now >= growing[0].at:
            for _ in range(growing.pop().workers):
                heappush(free, clock.work(now) if clock else now)
        needed = next(times) * size
        if watches_queue:
            while begins and begins[0] <= now:
                begins.popleft()
            if limit is not None and len(begins) >= limit:
                return now, now + network + REJECTION_SECONDS, OVERLOADED
            needed *= 1.0 + contention * len(begins)
        arrival = clock.work(now) if clock else now
        begin = free[0] if free[0] > arrival else arrival
        if holds:  # those who begin in this order also ask for the lock in this order
            unlocked = (unlocked if unlocked > begin else begin) + next(holds)
            end = unlocked + needed
        else:
            end = begin + needed
        heapreplace(free, end)
        if clock:
            # A worker that is free at once begins now, also in a pause, when the clock stands still.
            begin, end = (clock.time(begin) if begin > arrival else now), clock.time(end)
        if watches_queue:
            begins.append(begin)
        return begin, end + network, OK

    return serve


def _limited(limit: RateLimit, rejection: float, serve: Serve) -> Serve:
    tokens, last = limit.burst, 0.0

    def limited(now: float, size: float = 1.0) -> tuple[float, float, int]:
        nonlocal tokens, last
        tokens = min(limit.burst, tokens + (now - last) * limit.rate)
        last = now
        if tokens < 1.0:
            return now, now + rejection, TOO_MANY
        tokens -= 1.0
        return serve(now, size)

    return limited


def _erring(share: float, serve: Serve, rng: np.random.Generator) -> Serve:
    def erring(now: float, size: float = 1.0) -> tuple[float, float, int]:
        begin, reply, status = serve(now, size)
        return begin, reply, ERROR if status == OK and rng.random() < share else status

    return erring


def _erring_at_once(share: float, rejection: float, serve: Serve, rng: np.random.Generator) -> Serve:
    def erring(now: float, size: float = 1.0) -> tuple[float, float, int]:
        return (now, now + rejection, ERROR) if rng.random() < share else serve(now, size)

    return erring


def _restarted(outage: Outage, network: float, before: Serve, after: Serve) -> Serve:
    """``before`` until the outage, which ends the requests that it has not answered; then ``after``, empty."""

    def restarted(now: float, size: float = 1.0) -> tuple[float, float, int]:
        if now >= outage.end:
            return after(now, size)
        if now >= outage.begin:
            return now, now + network, REFUSED
        begin, reply, status = before(now, size)
        return (begin, reply, status) if reply < outage.begin else (min(begin, outage.begin), outage.begin, REFUSED)

    return restarted
