"""Which loop plays a load: the plain one where it is exact, else one that keeps events or a clock of its own."""

from __future__ import annotations

import numpy as np

from tests.simulator import closed_loop, journeys, open_loop, server
from tests.simulator.closed_loop import Requests
from tests.simulator.scenario import Generator, Load, Server


def play(
    load: Load, system: Server, generator: Generator | None, stops: list[float], rng: np.random.Generator
) -> Requests:
    """Every request of ``load`` to ``system``; ``generator`` None is one that is never short of CPU."""
    serves = server.opened(system, load.seconds + load.timeout, rng)
    if load.arrivals:
        return open_loop.loop(load, load.arrivals, serves[0], rng)
    if generator or len(load.requests) > 1 or len(serves) > 1:
        return journeys.loop(load, generator, serves, stops, rng)
    return closed_loop.loop(load, serves[0], stops, rng)
