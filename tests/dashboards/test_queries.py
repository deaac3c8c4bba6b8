"""Every query of every board is understood by every Prometheus that is to be served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rules.prometheus import Prometheus
from tests.dashboards.models import ALL, Asked
from tests.stores import STORES, started

VALUES = {
    "testid": "a",
    "other": "b",
    "machine": "10.0.1.12:9101",
    "slo": "requests",
    "zero": "1000",
    "shift": "-1680000",
    "shift_other": "1",
    "length": "600",
    "__rate_interval": "30s",
    "__range": "30m",
}


@pytest.fixture(scope="module", params=STORES)
def empty(request: pytest.FixtureRequest) -> Iterator[Prometheus]:
    """A Prometheus with nothing in it."""
    with started(request.param) as client:
        yield client


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.place)
def test_prometheus_understands_a_query_of_a_board(empty: Prometheus, asked: Asked) -> None:
    query = asked.filled(VALUES)
    found = empty.range(query, 1000, 1600, 5)  # understood, else PrometheusError
    assert found == [] or "vector(" in query, "there is something in an empty Prometheus"
