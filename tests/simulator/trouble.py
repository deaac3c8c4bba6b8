"""What may befall the server of a plain scenario. Each function takes one that saturates and returns another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.simulator.capacity import served_rate
from tests.simulator.loads import knee, patient, with_vus
from tests.simulator.scenario import Change, Leak, Outage, Pauses, RateLimit, ScaleOut, Scenario, Server
from tests.simulator.services import log_uniform


def failing(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Nobody listens, or (nearly) every request is answered 500."""
    calm = patient(scenario, rng)
    if rng.random() < 0.3:
        return changed(calm, refuses=True)
    return changed(calm, error_share=float(rng.choice([1.0, rng.uniform(0.97, 1.0)])))


def queue_limit(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """503 at once where the queue is full."""
    calm = patient(scenario, rng)
    beyond = calm.load.most_vus - knee(calm)
    return changed(calm, queue_limit=max(1, int(beyond * rng.uniform(0.02, 0.7))))


def rate_limit(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """429 at once for what is too much, below what the workers could do.

    The bucket holds half a second at least: those turned away together come back together, and a smaller one
    overflows between two such waves, so that less than the rate passes.
    """
    calm = patient(scenario, rng)
    rate = served_rate(scenario.server, 0.0) * rng.uniform(0.3, 0.8)
    return changed(calm, rate_limit=RateLimit(rate, burst=max(10.0, rate * rng.uniform(0.5, 1.0))))


def deep_bucket(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The same with a bucket of seconds, from which a ramp that passes the limit is served for a while."""
    limited = rate_limit(scenario, rng)
    rate = limited.server.rate_limit.rate if limited.server.rate_limit else 0.0
    return changed(limited, rate_limit=RateLimit(rate, burst=max(10.0, rate * float(rng.uniform(1.0, 6.0)))))


def errors(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Some requests are answered 500 after the full work."""
    return changed(scenario, error_share=float(rng.uniform(0.005, 0.3)))


def instant_errors(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Some requests are answered 500 at once, which makes all replies together look like more."""
    calm = patient(scenario, rng)
    failing = changed(calm, error_share=float(rng.uniform(0.05, 0.5)), instant_errors=True)
    return with_vus(failing, knee(failing) * rng.uniform(1.6, 4.0), rng)


def timeouts(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Past some number of VUs every reply comes after k6 gave up, and goodput collapses."""
    timeout = float(rng.uniform(2.0, 10.0))
    top = served_rate(scenario.server, 0.0) * (scenario.load.think_per_request + timeout)
    late = with_vus(scenario, top * rng.uniform(0.9, 1.4), rng)
    return replace(late, load=replace(late.load, timeout=timeout))


def warm_up(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The first seconds are slow."""
    until = min(float(rng.uniform(5.0, 40.0)), 0.14 * scenario.load.seconds)
    return changed(scenario, changes=(Change(0.0, float(rng.uniform(0.2, 0.6))), Change(until, 1.0)))


def garbage_collection(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The server stands still, often and briefly."""
    every = float(rng.uniform(2.0, 20.0))
    return changed(scenario, pauses=Pauses(every, every * float(rng.uniform(0.01, 0.1))))


def neighbour(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Another tenant takes a part of the machine now and then."""
    lasting, depth = log_uniform(rng, 0.1, 10.0), float(rng.uniform(0.2, 0.6))
    return changed(scenario, pauses=Pauses(lasting * float(rng.uniform(2.0, 5.0)), lasting, depth, regular=False))


def credits_used_up(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Half-way the server's CPU is throttled for good."""
    at = scenario.load.seconds * float(rng.uniform(0.4, 0.75))
    return changed(scenario, changes=(Change(at, float(rng.uniform(0.1, 0.7))),))


def mild_credits(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Half-way it loses so little that both levels look like one plateau."""
    at = scenario.load.seconds * float(rng.uniform(0.4, 0.75))
    return changed(scenario, changes=(Change(at, float(rng.uniform(0.85, 0.95))),))


def scale_out(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Half-way the server gets more workers."""
    at = scenario.load.seconds * float(rng.uniform(0.4, 0.75))
    more = max(1, round(scenario.server.workers * float(rng.uniform(0.3, 2.0))))
    return changed(scenario, scale_out=ScaleOut(at, more))


def deploy(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Half-way a new version: nobody listens for some seconds, then it warms up, then it is faster or slower."""
    calm = patient(scenario, rng)
    begin = calm.load.seconds * float(rng.uniform(0.35, 0.6))
    up = begin + float(rng.uniform(2.0, 15.0))
    warm, speed = up + float(rng.uniform(3.0, 15.0)), float(rng.uniform(0.7, 1.4))
    changes = (Change(up, 0.5 * speed), Change(warm, speed))
    return changed(calm, outage=Outage(begin, up), changes=changes)


def leak(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The server gets slower all the time: so little that it is one plateau, or so much that it must be seen."""
    share = float(rng.uniform(0.005, 0.04) if rng.random() < 0.5 else rng.uniform(0.2, 0.5))
    return changed(scenario, leak=Leak(0.0, scenario.load.seconds, share))


def contention(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The work grows with the queue, so that goodput falls beyond its peak; at the last VUs by a third or more."""
    waiting = scenario.load.most_vus - knee(scenario)
    return changed(scenario, contention=float(rng.uniform(0.5, 1.5) / max(waiting, 1.0)))


def short_accept_queue(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Requests wait for a connection, which k6 does not count as duration."""
    return changed(scenario, waits_before_accept=True)


def changed(scenario: Scenario, **changes: object) -> Scenario:
    """The same with other attributes of its server."""
    server: Server = replace(scenario.server, **changes)  # type: ignore[arg-type]
    return replace(scenario, server=server)
