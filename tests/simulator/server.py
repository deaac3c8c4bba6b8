"""The server: many workers, one first-come first-served queue, and what it does to those it will not serve.

Exact without event objects: a request that arrives takes the worker that is free first, so its begin and its end
are known as it arrives.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappush, heapreplace

import numpy as np

from tests.simulator.scenario import RateLimit, Server, Service
from tests.simulator.speed import WorkClock, work_clock

Serve = Callable[[float], tuple[float, float, int]]
"""Arrival time to (begin of service, reply seen by the client, status). Call it with times that never fall."""

OK, NO_REPLY, TOO_MANY, ERROR, OVERLOADED = 200, 0, 429, 500, 503
REFUSED = -1
"""No reply because nobody listens; k6 reports status 0 as well, with another error."""
REJECTION_SECONDS = 0.0005
"""What a rejected request waits for its answer, the network apart."""
BLOCK = 1 << 14


def opened(server: Server, seconds: float, rng: np.random.Generator) -> Serve:
    """``server`` as a function of arrivals, idle at time 0. ``seconds``: how long pauses are drawn for."""
    if server.refuses:
        return lambda now: (now, now + server.network, REFUSED)
    serve = _station(server, work_clock(server, seconds, rng), rng)
    if server.rate_limit:
        serve = _limited(server.rate_limit, server.network + REJECTION_SECONDS, serve)
    if server.error_share:
        serve = _erring(server.error_share, serve, rng)
    return serve


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

    def serve(now: float) -> tuple[float, float, int]:
        if growing and now >= growing[0].at:
            for _ in range(growing.pop().workers):
                heappush(free, clock.work(now) if clock else now)
        needed = next(times)
        if watches_queue:
            while begins and begins[0] <= now:
                begins.popleft()
            if limit is not None and len(begins) >= limit:
                return now, now + network + REJECTION_SECONDS, OVERLOADED
            needed *= 1.0 + contention * len(begins)
        arrival = clock.work(now) if clock else now
        begin = free[0] if free[0] > arrival else arrival
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

    def limited(now: float) -> tuple[float, float, int]:
        nonlocal tokens, last
        tokens = min(limit.burst, tokens + (now - last) * limit.rate)
        last = now
        if tokens < 1.0:
            return now, now + rejection, TOO_MANY
        tokens -= 1.0
        return serve(now)

    return limited


def _erring(share: float, serve: Serve, rng: np.random.Generator) -> Serve:
    def erring(now: float) -> tuple[float, float, int]:
        begin, reply, status = serve(now)
        return begin, reply, ERROR if status == OK and rng.random() < share else status

    return erring
