"""Servers whose knee is soft: stations one after another, and a lock that the workers share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.simulator.capacity import pool_rate
from tests.simulator.loads import saturating
from tests.simulator.scenario import Endpoint, Scenario, Tier
from tests.simulator.services import log_uniform, service
from tests.simulator.trouble import changed


def tiers(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """One or two stations behind the server; one of all of them is the slowest, and the plain server's rate is its."""
    first = scenario.server
    rate = first.workers / first.service.mean
    spare = [1.0, *(float(rng.uniform(1.08, 2.5)) for _ in range(int(rng.integers(1, 3))))]
    mine, *others = (float(one) for one in rng.permutation(spare))
    behind = []
    for factor in others:
        workers = max(1, min(round(log_uniform(rng, 1, 64)), int(rate)))
        behind.append(Tier(workers, service(rng, workers / (rate * factor))))
    faster = replace(first.service, mean=first.service.mean / mine)
    return saturating(changed(scenario, service=faster, tiers=tuple(behind)), rng)


def lock(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """Workers that wait for one lock: work under it and beside it are scaled so that the plain server's rate stays."""
    server = scenario.server
    workers = max(4, server.workers)
    rate = server.workers / server.service.mean
    held = server.service.mean / workers * float(rng.uniform(0.3, 3.0))
    scale = pool_rate(workers, server.service, held) / rate
    slower = replace(server.service, mean=server.service.mean * scale)
    one_by_one = replace(scenario, load=replace(scenario.load, requests=(Endpoint(),)))
    return saturating(changed(one_by_one, workers=workers, service=slower, lock_seconds=held * scale), rng)
