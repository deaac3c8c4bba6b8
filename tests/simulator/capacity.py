"""How much a server can do, in closed form.

A pool of workers serves workers·speed / mean service time, less the share lost to pauses and to errors. Of stations one
after another the slowest counts, or the rate limit if that is lower. A pool with a lock is Palm's machine-repair
model (1947): workers break down to one repairman, so that it is busy unless none of them is there,
which Erlang's loss formula gives for any time spent elsewhere.
"""

from __future__ import annotations

import math

from tests.simulator.scenario import Load, Pauses, Server, Service
from tests.simulator.server import REJECTION_SECONDS
from tests.simulator.speed import base_speed


def capacity(server: Server, time: float) -> float:
    """Long-run goodput in requests/s with ever enough VUs, of the regime at ``time``."""
    return served_rate(server, time) * (1.0 - (0.0 if server.instant_errors else server.error_share))


def served_rate(server: Server, time: float) -> float:
    """Requests/s that cost the server work, at most; those answered 500 after it too."""
    grown = server.scale_out
    workers = server.workers + (grown.workers if grown and grown.at <= time else 0)
    pool = pool_rate(workers, server.service, server.lock_seconds)
    tiers = (tier.workers / tier.service.mean for tier in server.tiers)
    rate = min(pool, *tiers, float("inf")) * base_speed(server, time) * (1.0 - _lost(server))
    if server.rate_limit:
        rate = min(rate, server.rate_limit.rate)
    return rate


def pool_rate(workers: int, service: Service, lock_seconds: float) -> float:
    """Requests/s of a pool that is always full."""
    if not lock_seconds:
        return workers / service.mean
    return (1.0 - erlang_b(workers, service.mean / lock_seconds)) / lock_seconds


def erlang_b(servers: int, offered: float) -> float:
    """The share of calls that ``servers`` lines lose when ``offered`` erlangs come."""
    lost = 1.0
    for line in range(1, servers + 1):
        lost = offered * lost / (line + offered * lost)
    return lost


def response_time(server: Server, speed: float = 1.0) -> float:
    """Seconds a lone request takes on average, from its sending to its reply."""
    work = server.service.mean + server.lock_seconds + sum(tier.service.mean for tier in server.tiers)
    served = work / speed / (1.0 - _lost(server))
    if server.instant_errors:
        served = (1.0 - server.error_share) * served + server.error_share * REJECTION_SECONDS
    return server.network + served


def knee_vus(load: Load, server: Server, time: float) -> float:
    """VUs that make the capacity at ``time`` if nothing queues: N = X(Z + R0), X with those that fail at once."""
    every = served_rate(server, time)
    if server.instant_errors:
        every /= 1.0 - server.error_share
    return every * (load.think_per_request + response_time(server, base_speed(server, time)))


def full_vus(load: Load, server: Server, time: float) -> float:
    """VUs from which goodput is the capacity at ``time``; above the knee, which is soft.

    How many VUs are elsewhere than in the queue varies by its root. A lock needs all workers engaged. Of tiers, those
    that are faster keep ρ/(1-ρ) requests waiting, M/M/1's mean.
    """
    more = 2.0 * math.sqrt(knee_vus(load, server, time))
    if server.lock_seconds:
        more += server.workers - served_rate(server, time) * (server.service.mean + server.lock_seconds)
    if server.tiers:
        rates = [server.workers / server.service.mean, *(t.workers / t.service.mean for t in server.tiers)]
        shares = [min(rates) / rate for rate in rates if rate > min(rates)]
        spread = max(1.0, *(t.service.cv**2 for t in server.tiers), server.service.cv**2)
        more += sum(spread * share / (1.0 - share) for share in shares)
    return knee_vus(load, server, time) + more


def counting_cv_squared(load: Load, server: Server, rate: float) -> float:
    """Variance over mean of the number of good replies in a long stretch at full load, ``rate`` of them a second.

    Of a renewal process that is the service's cv², mixed over the script's requests; pauses add rate·σ², with σ² the
    variance per second of the time lost in an alternating renewal process. A lock's holds are exponential.
    """
    kept = 1.0 if server.instant_errors else 1.0 - server.error_share
    if server.rate_limit and server.rate_limit.rate <= rate / kept + 1e-9:
        return 1.0 - kept
    slowest = min(server.tiers, key=lambda tier: tier.workers / tier.service.mean, default=None)
    service = server.service
    if slowest and slowest.workers / slowest.service.mean < server.workers / service.mean:
        service = slowest.service
    sizes = [one.size for one in load.requests]
    squared = sum(size**2 for size in sizes) / len(sizes) * (1.0 + service.cv**2) - 1.0
    squared = max(squared, 1.0) if server.lock_seconds else squared
    return squared * kept + (1.0 - kept) + (rate * _pause_variance(server.pauses) if server.pauses else 0.0)


def _lost(server: Server) -> float:
    return server.pauses.cost if server.pauses else 0.0


def _pause_variance(pauses: Pauses) -> float:
    spread = 1 / 12 if pauses.regular else 1.0
    up, down = pauses.every, pauses.lasting
    return pauses.depth**2 * 2 * spread * up**2 * down**2 / (up + down) ** 3
