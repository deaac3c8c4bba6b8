"""How long does a queue take to lose the objective at the capacity? By Lindley's recursion (1952), many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tests.benchmarks.tables import table

CAPACITIES: Final = (20.0, 100.0, 1000.0)
"""Requests/s of one worker with exponential service times."""
LOADS: Final = (0.95, 0.98, 0.99, 1.0, 1.01, 1.02)
"""Of the capacity, by the clock."""
SECONDS: Final = (60, 180, 600)
RUNS: Final = 200
LIMIT, OBJECTIVE = 1.0, 0.95
SEED: Final = 90_100


def held(capacity: float, load: float, seconds: Sequence[int], runs: int = RUNS) -> list[float]:
    """The share of ``runs`` in which the objective was met over the first of so many ``seconds`` each."""
    rng = np.random.default_rng((SEED, round(capacity), round(100 * load)))
    rate, longest = capacity * load, max(seconds)
    met = np.zeros(len(seconds))
    for _ in range(runs):
        services = rng.exponential(1 / capacity, int(rate * longest))
        walk = np.concatenate([[0.0], np.cumsum(services[:-1] - 1 / rate)])
        good = walk - np.minimum.accumulate(walk) + services <= LIMIT
        met += [good[: int(rate * one)].mean() >= OBJECTIVE for one in seconds]
    return [float(one) for one in met / runs]


def page() -> str:
    """The table, in Markdown."""
    head = ["capacity", "held for", *(f"at {100 * load:.0f} %" for load in LOADS)]
    rows = []
    for capacity in CAPACITIES:
        by_load = [held(capacity, load, SECONDS) for load in LOADS]
        for number, seconds in enumerate(SECONDS):
            rows.append([f"{capacity:,.0f}/s", f"{seconds} s", *(f"{100 * one[number]:.0f} %" for one in by_load)])
    return (
        f"One worker with exponential service times, {RUNS} runs each: in how many at least 95 % of the replies "
        f"came within 1 s, by the rate as a share of the capacity.\n\n{table(head, rows)}"
    )
