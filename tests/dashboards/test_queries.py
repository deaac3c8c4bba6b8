"""Every query of every board, asked of a real Prometheus."""

from __future__ import annotations

import pytest

from rules.prometheus import Prometheus
from tests.dashboards.models import ALL, Asked

VALUES = {
    "testid": "a",
    "other": "b",
    "machine": "10.0.1.12:9101",
    "zero": "1000",
    "shift": "-1680000",
    "shift_other": "1",
    "length": "600",
    "__rate_interval": "30s",
    "__range": "30m",
}


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.place)
def test_prometheus_understands_a_query_of_a_board(prometheus: Prometheus, asked: Asked) -> None:
    query = asked.filled(VALUES)
    found = prometheus.range(query, 1000, 1600, 5)  # understood, else PrometheusError
    assert found == [] or "vector(" in query, "nothing is there at that time, 50 years ago"
