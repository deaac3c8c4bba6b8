"""The size of a server from a probe: its order of magnitude, and whether it was full, in spite of noise."""

from __future__ import annotations

import numpy as np
import pytest

from loadline.steering import climbs
from rules.gridding import to_timeline
from rules.series import Samples
from rules.sizing import Size, size
from tests.simulator import Change, Load, Scenario, Server, Service, simulate
from tests.simulator.scenario import Output


def probed(server: Server, think: float, until: float, seed: int = 1) -> Size | None:
    """What is known ``until`` so many seconds of a probe have passed."""
    at, points = 0.0, [(0.0, 1.0)]
    for seconds, vus in climbs.probe(1, 20_000):
        at += seconds
        points.append((at, float(vus)))
    times, levels = zip(*points, strict=True)
    kept = [point for point in points if point[0] < until]
    load = Load((*kept, (until, float(np.interp(until, times, levels)))), think, graceful_stop=0.0)
    run = simulate(Scenario(load, server, output=Output(push_interval=1.0)), seed)
    samples: Samples = run.samples
    return size(to_timeline(samples, run.testid))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("workers", "capacity", "think"), [(4, 20.0, 1.0), (8, 200.0, 0.0), (50, 1000.0, 5.0)])
def test_a_full_server_is_sized_within_a_third(workers: int, capacity: float, think: float, seed: int) -> None:
    knee = capacity * (think + workers / capacity)
    until = 5.0 + climbs.DOUBLING_SECONDS * np.log2(8 * knee)
    found = probed(Server(workers, Service(workers / capacity)), think, until, seed)
    assert found is not None
    assert found.crossed
    assert found.rate == pytest.approx(capacity, rel=0.34)
    assert found.cycle == pytest.approx(think + workers / capacity + 0.001, rel=0.34)
    assert found.knee_vus == found.rate * found.cycle


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("workers", "capacity", "think"), [(20, 100.0, 1.0), (64, 2000.0, 0.0), (50, 500.0, 5.0)])
def test_half_full_is_not_full(workers: int, capacity: float, think: float, seed: int) -> None:
    """As little load as makes half of what the server can: noise alone must not end a probe."""
    lone = think + workers / capacity
    growth = np.log(2.0) / climbs.DOUBLING_SECONDS
    made = growth / (1.0 - np.exp(-growth * lone))  # X/N of VUs that grow
    until = 2.0 + climbs.DOUBLING_SECONDS * np.log2(0.5 * capacity / made)
    found = probed(Server(workers, Service(workers / capacity)), think, until, seed)
    assert found is None or not found.crossed


def test_a_slow_first_second_is_no_limit() -> None:
    server = Server(32, Service(0.032), changes=(Change(0.0, 0.05), Change(1.0, 1.0)))
    found = probed(server, 1.0, 14.0)
    assert found is not None
    assert not found.crossed


def test_few_replies_tell_nothing() -> None:
    assert probed(Server(1, Service(3.0)), 1.0, 10.0) is None


@pytest.mark.parametrize("server", [Server(8, Service(0.01), refuses=True), Server(8, Service(0.01), error_share=0.98)])
def test_a_server_that_does_no_useful_work_is_full_at_once(server: Server) -> None:
    found = probed(server, 1.0, 18.0)
    assert found is not None
    assert found.crossed
    assert found.vus < 500
