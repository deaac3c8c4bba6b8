"""The SLO capacity of a server whose own speed never changes, for requests that come by the clock: long steady runs.

The closed model's is in promise.py: there VUs wait, so that a server that is slow is asked less.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rules.answer import Objective
from tests.simulator import server as serving
from tests.simulator.capacity import capacity
from tests.simulator.k6 import durations
from tests.simulator.play import play
from tests.simulator.scenario import Arrivals, Load, Server

REQUESTS = 150_000
SEED = 40_232
CLOSE = 0.003
"""Relative; nearer the capacity a queue takes longer to settle than the runs last."""
LOWEST = 0.2
"""Of the capacity: a server that keeps the objective only below has none."""
ENDLESS = 10_000_000


def slo_capacity(server: Server, load: Load, objective: Objective) -> float | None:
    """Requests/s that keep ``objective`` for ever; None where not even LOWEST of the capacity does."""
    most = capacity(server, 0.0)
    low, high = LOWEST * most, most
    if share(server, load, low, objective) < objective.objective:
        return None
    while high - low > CLOSE * most:
        middle = (low + high) / 2
        if share(server, load, middle, objective) >= objective.objective:
            low = middle
        else:
            high = middle
    return low


def share(server: Server, load: Load, rate: float, objective: Objective) -> float:
    """Of good requests in the long run at ``rate``; ``load`` says how long k6 waits for a reply."""
    seconds = REQUESTS / rate
    constant = replace(
        load,
        points=((0.0, ENDLESS), (seconds, ENDLESS)),
        think=0.0,
        arrivals=Arrivals(((0.0, rate), (seconds, rate)), ENDLESS),
    )
    requests = play(constant, server, None, [], np.random.default_rng(SEED))
    late = requests.sent > seconds / 5
    within = (requests.status == serving.OK) & (durations(requests, server) <= objective.latency_seconds)
    return float(np.mean(within[late]))
