"""The SLO capacity of a server whose own speed never changes, for requests that come by the clock: long steady runs.

The closed model's is in promise.py: there VUs wait, so that a server that is slow is asked less.
"""

from __future__ import annotations

import numpy as np

from rules.answer import Objective
from tests.simulator import server as serving
from tests.simulator.capacity import capacity
from tests.simulator.scenario import Server

REQUESTS = 120_000
"""Per run, of which the first fifth is left out."""
SEED = 40_232
CLOSE = 0.004
"""Of the capacity; nearer to it a queue takes longer to settle than the runs last."""
LIKELY = 0.9
LOWEST = 0.2
"""Of the capacity: a server that keeps the objective only below has none."""


def slo_capacity(server: Server, objective: Objective) -> float | None:
    """Requests/s that keep ``objective`` for ever; None where not even LOWEST of the capacity does."""
    most = capacity(server, 0.0)
    low, high = LIKELY * most, (1 - CLOSE / 2) * most
    if share(server, high, objective) >= objective.objective:
        return high
    if share(server, low, objective) < objective.objective:
        low, high = LOWEST * most, low
        if share(server, low, objective) < objective.objective:
            return None
    while high - low > CLOSE * most:
        middle = (low + high) / 2
        if share(server, middle, objective) >= objective.objective:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def share(server: Server, rate: float, objective: Objective) -> float:
    """Of good requests in the long run at ``rate``, as k6 times them: without the wait for a connection."""
    (serve,) = serving.opened(server, REQUESTS / rate + 60.0, np.random.default_rng(SEED))
    good, limit, since = 0, objective.latency_seconds, 0.0
    late = range(REQUESTS // 5, REQUESTS)
    for number in range(REQUESTS):
        now = number / rate
        begun, reply, code = serve(now)
        if number in late and code == serving.OK:
            since = begun if server.waits_before_accept else now
            good += reply - since <= limit
    return good / len(late)
