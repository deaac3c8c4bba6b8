"""Loads that differ from a plain one: too few VUs, the same all the time, arrivals by the clock, k6 short of CPU."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.simulator import shapes
from tests.simulator.capacity import full_vus, knee_vus, response_time, served_rate
from tests.simulator.scenario import Arrivals, Endpoint, Generator, RateLimit, Scenario

MOST_VUS = 20_000


def knee(scenario: Scenario) -> float:
    """VUs that make the first regime's capacity if nothing queues."""
    return knee_vus(scenario.load, scenario.server, 0.0)


def with_vus(scenario: Scenario, vus: float, rng: np.random.Generator) -> Scenario:
    """The same with another course of load, to ``vus``."""
    points = shapes.shape(rng, round(min(vus, MOST_VUS)), scenario.load.seconds)
    return replace(scenario, load=replace(scenario.load, points=points))


def saturating(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The same with VUs that fill it."""
    filled = full_vus(scenario.load, scenario.server, 0.0)
    return with_vus(scenario, max(50.0, filled * float(np.exp(rng.uniform(np.log(1.6), np.log(6.0))))), rng)


def patient(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The same with a think time: who is turned away at once and never thinks would ask without end."""
    if scenario.load.think >= 0.5:
        return scenario
    thinking = replace(scenario, load=replace(scenario.load, think=float(rng.uniform(0.5, 3.0))))
    return with_vus(thinking, knee(thinking) * rng.uniform(1.6, 4.0), rng)


def none(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Nothing."""
    return scenario


def memoryless(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Users who think for exponential times: of those whom a ramp brought, who thinks briefly is seen first."""
    calm = patient(scenario, rng)
    return replace(calm, load=replace(calm.load, memoryless=True))


def too_few_memoryless(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Of those the run stops well before the plateau."""
    return too_few_vus(memoryless(scenario, rng), rng)


def too_few_vus(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The run stops well before the plateau."""
    return with_vus(scenario, knee(scenario) * rng.uniform(0.2, 0.75), rng)


def constant(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """As many VUs from the first second to the last, too many for the server."""
    return _at(scenario, scenario.load.most_vus)


def constant_and_light(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """As few VUs from the first second to the last."""
    return _at(scenario, round(knee(scenario) * rng.uniform(0.2, 0.7)))


def short_spike(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """More than the server can do, but for some seconds only, which prove nothing that it would sustain."""
    filled, seconds = knee(scenario), scenario.load.seconds
    begin, lasting = seconds * float(rng.uniform(0.3, 0.7)), float(rng.uniform(5.0, 12.0))
    low, top = round(filled * rng.uniform(0.2, 0.5)), round(filled * rng.uniform(1.3, 2.5))
    points = shapes.peaked(low, top, seconds, begin, begin + lasting, 1.0)
    return replace(scenario, load=replace(scenario.load, points=points))


def arrivals(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Arrivals beyond the capacity, and VUs enough for a queue; sometimes what is too much is answered 429."""
    if rng.random() < 0.25:
        rate = served_rate(scenario.server, 0.0) * float(rng.uniform(0.3, 0.8))
        limit = RateLimit(rate, burst=max(10.0, rate * float(rng.uniform(0.5, 1.0))))
        scenario = replace(scenario, server=replace(scenario.server, rate_limit=limit))
    most = full_vus(scenario.load, scenario.server, 0.0) * float(rng.uniform(1.6, 5.0))
    rate = served_rate(scenario.server, 0.0) * float(rng.uniform(1.3, 3.0))
    return _arriving(scenario, rate, max(50.0, most), float(rng.uniform(0.1, 0.6)), rng)


def arrivals_without_vus(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Arrivals for which k6 has not VUs enough, long before the server has enough of them."""
    most = knee(scenario) * float(rng.uniform(0.2, 0.65))
    lone = scenario.load.think + response_time(scenario.server)
    return _arriving(scenario, most / lone * float(rng.uniform(1.3, 3.0)), most, float(rng.uniform(0.3, 0.9)), rng)


def light_arrivals(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Fewer arrivals than the server could serve, and VUs for all of them."""
    share = float(rng.uniform(0.2, 0.7))
    most = max(50.0, knee(scenario) * share * float(rng.uniform(1.5, 4.0)))
    rate = served_rate(scenario.server, 0.0) * share
    return _arriving(scenario, rate, most, float(rng.uniform(0.7, 1.0)), rng)


def slow_generator(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """k6 runs out of CPU below the server's capacity."""
    cores = int(rng.choice([1, 2, 4]))
    rate = served_rate(scenario.server, 0.0) * rng.uniform(0.25, 0.7)
    return replace(scenario, generator=Generator(cores, cores / rate))


def pinned_generator(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """k6 runs out of CPU on the one core that it may use, of a machine that has many.

    In every second run only the metrics of the cores can tell.
    """
    rate = served_rate(scenario.server, 0.0) * rng.uniform(0.25, 0.7)
    pinned = replace(scenario, generator=Generator(1, 1.0 / rate, idle_cores=int(rng.choice([3, 7, 15]))))
    if rng.random() < 0.5:
        return pinned
    shown = replace(scenario.hosts, shown="generator" if rng.random() < 0.5 else "apart")
    return replace(pinned, hosts=shown, output=replace(pinned.output, native_histograms=False))


def _at(scenario: Scenario, vus: float) -> Scenario:
    points = ((0.0, float(vus)), (scenario.load.seconds, float(vus)))
    return replace(scenario, load=replace(scenario.load, points=points))


def _arriving(scenario: Scenario, rate: float, most: float, allocated: float, rng: np.random.Generator) -> Scenario:
    """``rate`` iterations/s at the top, for ``most`` VUs, of which the share ``allocated`` is there from the start."""
    load, vus = scenario.load, float(round(min(most, MOST_VUS)))
    course = Arrivals(shapes.shape(rng, round(rate, 2), load.seconds), max(1, round(vus * allocated)))
    points = ((0.0, vus), (load.seconds, vus))
    return replace(scenario, load=replace(load, points=points, requests=(Endpoint(),), arrivals=course))
