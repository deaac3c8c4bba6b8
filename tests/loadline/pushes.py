"""A run as k6 would have pushed it, by formula, pushed piece by piece into a Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rules import names
from rules.prometheus import Prometheus
from rules.series import Floats, Series
from tests.simulator.remote_write import send

SECONDS, CAPACITY, PUSH = 300, 200.0, 5


def push(client: Prometheus, testid: str, start: float, pushes: Iterable[int]) -> None:
    """A ramp to 600 VUs in SECONDS against a server of CAPACITY, as k6 would have written these of its pushes."""
    vus = 2.0 * PUSH * np.arange(SECONDS // PUSH + 1)
    replies = np.round(np.cumsum(np.minimum(vus / 1.02, CAPACITY) * PUSH))
    chosen = np.fromiter(pushes, int)

    def one(metric: str, values: Floats, **labels: str) -> Series:
        return Series({"__name__": metric, names.TESTID: testid, **labels}, start + PUSH * chosen, values[chosen])

    reply = {names.STATUS: "200", names.EXPECTED_RESPONSE: "true"}
    send([one(names.VUS, vus), one(names.HTTP_REQS, replies, **reply)], f"{client.url}/api/v1/write")
