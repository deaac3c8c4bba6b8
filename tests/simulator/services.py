"""How long services take: drawn from fixed to heavy-tailed."""

from __future__ import annotations

import numpy as np

from tests.simulator.scenario import Endpoint, Service


def service(rng: np.random.Generator, mean: float) -> Service:
    """Of ``mean`` seconds: fixed or nearly, exponential, gamma, log-normal, or with a heavy tail."""
    kind = rng.integers(6)
    if kind == 0:
        return Service(mean, 0.0 if rng.random() < 0.5 else 0.1)
    if kind in (1, 2):
        return Service(mean, 1.0)
    if kind == 3:
        return Service(mean, float(rng.uniform(0.1, 1.0)))
    if kind == 4:
        return Service(mean, log_uniform(rng, 0.1, 3.0), "lognormal")
    return Service(mean, log_uniform(rng, 1.2, 3.0), "pareto")


def script(rng: np.random.Generator) -> tuple[Endpoint, ...]:
    """Two to six requests, from a tenth of the mean work to a few times as much."""
    count = int(rng.integers(2, 7))
    sizes = np.exp(rng.uniform(np.log(0.1), np.log(3.0), count))
    sizes *= count / sizes.sum()
    return tuple(Endpoint(f"step-{number}", float(size)) for number, size in enumerate(sizes, 1))


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A draw whose logarithm is uniform, rounded to four digits so that a repr is short."""
    return float(f"{np.exp(rng.uniform(np.log(low), np.log(high))):.4g}")
