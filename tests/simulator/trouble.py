"""What may befall a plain scenario. Each function takes one that saturates and returns another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.simulator.scenario import Change, Generator, Output, Pauses, RateLimit, ScaleOut, Scenario, Server
from tests.simulator.truth import capacity, response_time


def none(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Nothing."""
    return scenario


def too_few_vus(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The run stops well before the plateau."""
    return _with_vus(scenario, _knee(scenario) * rng.uniform(0.2, 0.75), rng)


def failing(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Nobody listens, or (nearly) every request is answered 500."""
    thinking = _thinking(scenario, rng)
    if rng.random() < 0.3:
        return _server(thinking, refuses=True)
    return _server(thinking, error_share=float(rng.choice([1.0, rng.uniform(0.97, 1.0)])))


def slow_generator(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """k6 runs out of CPU below the server's capacity."""
    cores = int(rng.choice([1, 2, 4]))
    rate = capacity(scenario.server, 0.0) * rng.uniform(0.25, 0.7)
    return replace(scenario, generator=Generator(cores, cores / rate))


def queue_limit(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """503 at once where the queue is full."""
    thinking = _thinking(scenario, rng)
    beyond = thinking.load.most_vus - _knee(thinking)
    return _server(thinking, queue_limit=max(1, int(beyond * rng.uniform(0.02, 0.7))))


def rate_limit(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """429 at once for what is too much, below what the workers could do.

    The bucket holds half a second at least: those turned away together come back together, and a smaller one
    overflows between two such waves, so that less than the rate passes.
    """
    thinking = _thinking(scenario, rng)
    rate = capacity(scenario.server, 0.0) * rng.uniform(0.3, 0.8)
    return _server(thinking, rate_limit=RateLimit(rate, burst=max(10.0, rate * rng.uniform(0.5, 1.0))))


def errors(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Some requests are answered 500 after the full work."""
    return _server(scenario, error_share=float(rng.uniform(0.005, 0.2)))


def timeouts(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Past some number of VUs every reply comes after k6 gave up, and goodput collapses."""
    timeout = float(rng.uniform(2.0, 10.0))
    top = capacity(scenario.server, 0.0) * (scenario.load.think + timeout)
    late = _with_vus(scenario, top * rng.uniform(0.9, 1.4), rng)
    return replace(late, load=replace(late.load, timeout=timeout))


def warm_up(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The first seconds are slow."""
    until = min(float(rng.uniform(5.0, 40.0)), 0.14 * scenario.load.seconds)
    return _server(scenario, changes=(Change(0.0, float(rng.uniform(0.2, 0.6))), Change(until, 1.0)))


def garbage_collection(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The server stands still, often and briefly."""
    every = float(rng.uniform(2.0, 20.0))
    return _server(scenario, pauses=Pauses(every, every * float(rng.uniform(0.01, 0.1))))


def neighbour(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Another tenant takes a part of the machine now and then."""
    lasting, depth = float(rng.uniform(1.0, 10.0)), float(rng.uniform(0.2, 0.6))
    return _server(scenario, pauses=Pauses(lasting * float(rng.uniform(2.0, 5.0)), lasting, depth, regular=False))


def credits_used_up(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Half-way the server's CPU is throttled for good."""
    at = scenario.load.seconds * float(rng.uniform(0.4, 0.75))
    return _server(scenario, changes=(Change(at, float(rng.uniform(0.1, 0.7))),))


def scale_out(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Half-way the server gets more workers."""
    at = scenario.load.seconds * float(rng.uniform(0.4, 0.75))
    more = max(1, round(scenario.server.workers * float(rng.uniform(0.3, 2.0))))
    return _server(scenario, scale_out=ScaleOut(at, more))


def contention(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The work grows with the queue, so that goodput falls beyond its peak; at the last VUs by a third or more."""
    waiting = scenario.load.most_vus - _knee(scenario)
    return _server(scenario, contention=float(rng.uniform(0.5, 1.5) / max(waiting, 1.0)))


def short_accept_queue(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Requests wait for a connection, which k6 does not count as duration."""
    return _server(scenario, waits_before_accept=True)


def metrics(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """How the run is pushed, and what is lost of it on the way."""
    seconds = scenario.load.seconds
    gaps: list[tuple[float, float]] = []
    if rng.random() < 0.15:
        begin = rng.uniform(0.0, 0.8) * seconds
        gaps.append((begin, begin + min(float(rng.uniform(5.0, 60.0)), 0.15 * seconds)))
    processes = int(rng.integers(2, 5)) if rng.random() < 0.07 else 1
    dies = processes > 1 and scenario.load.most_vus > 2 * processes / (processes - 1) * _knee(scenario)
    output = Output(
        push_interval=float(rng.choice([1, 2, 5, 5, 5, 10, 15])),
        native_histograms=bool(rng.random() > 0.1),
        gaps=tuple(gaps),
        lost_share=float(rng.uniform(0.02, 0.1)) if rng.random() < 0.1 else 0.0,
        processes=processes,
        last_dies_at=float(rng.uniform(0.7, 0.9)) * seconds if dies and rng.random() < 0.5 else None,
    )
    return replace(scenario, output=output)


def shape(rng: np.random.Generator, vus: float, seconds: float) -> tuple[tuple[float, float], ...]:
    """A straight ramp to ``vus``, a staircase, or a ramp and a hold; each in ``seconds``."""
    kind = rng.choice(["ramp", "stairs", "hold"])
    if kind == "ramp":
        return ((0.0, 1.0), (float(seconds), float(vus)))
    if kind == "hold":
        reached = round(seconds * float(rng.uniform(0.15, 0.7)), 1)
        return ((0.0, 1.0), (reached, float(vus)), (float(seconds), float(vus)))
    steps = int(rng.integers(4, 11))
    points = [(0.0, 1.0)]
    for step in range(steps):
        level = float(round(vus * (step + 1) / steps))
        begin, end = seconds * step / steps, seconds * (step + 1) / steps
        points += [(round(begin + min(2.0, 0.2 * (end - begin)), 3), level), (round(end, 3), level)]
    return tuple(points)


def _knee(scenario: Scenario) -> float:
    return capacity(scenario.server, 0.0) * (scenario.load.think + response_time(scenario.server))


def _with_vus(scenario: Scenario, vus: float, rng: np.random.Generator) -> Scenario:
    return replace(scenario, load=replace(scenario.load, points=shape(rng, round(vus), scenario.load.seconds)))


def _thinking(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The same with a think time: who is turned away at once and never thinks would ask without end."""
    if scenario.load.think >= 0.5:
        return scenario
    thinking = replace(scenario, load=replace(scenario.load, think=float(rng.uniform(0.5, 3.0))))
    return _with_vus(thinking, _knee(thinking) * rng.uniform(1.6, 4.0), rng)


def _server(scenario: Scenario, **changed: object) -> Scenario:
    server: Server = replace(scenario.server, **changed)  # type: ignore[arg-type]
    return replace(scenario, server=server)
