"""What a server keeps for ever when requests come by the clock: as queueing theory has it."""

from __future__ import annotations

import math

import pytest

from rules.answer import Objective
from tests.simulator import Server, Service
from tests.simulator.open_promise import share, slo_capacity


@pytest.mark.parametrize(("workers", "cv"), [(16, 1.0), (4, 0.5)])
def test_the_way_below_the_capacity_is_that_of_heavy_traffic(workers: int, cv: float) -> None:
    """P(W > t) = exp(−2(1 − ρ)·capacity·t/cv²) where arrivals are evenly spaced (Kingman 1962)."""
    server, limit = Server(workers, Service(0.04, cv)), 0.5
    capacity = workers / 0.04
    below = math.log(20) * cv**2 / (2 * capacity * (limit - 0.041))
    found = slo_capacity(server, Objective(latency_seconds=limit))
    assert found == pytest.approx(capacity * (1 - below), rel=0.012)


def test_a_server_that_is_never_in_time_has_none() -> None:
    assert slo_capacity(Server(4, Service(0.04, 0.0)), Objective(latency_seconds=0.03)) is None


def test_the_wait_before_accept_is_none_that_k6_calls_a_duration() -> None:
    late = Objective(latency_seconds=0.05)
    assert share(Server(4, Service(0.04, 0.0), waits_before_accept=True), 120.0, late) == 1.0
    assert share(Server(4, Service(0.04, 0.0)), 120.0, late) == 0.0
