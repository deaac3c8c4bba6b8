"""Every query of every board, asked of a real Prometheus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dashboards.catalogue import BOARDS
from dashboards.house import render
from rules.prometheus import Prometheus

VARIABLES = {"$testid": "a", "$__rate_interval": "30s", "$__range": "30m"}


def _queries() -> Iterator[Any]:
    for uid, build in BOARDS.items():
        model = json.loads(render(build()))
        for panel in model["panels"]:
            for target in panel.get("targets", []):
                yield pytest.param(target["expr"], id=f"{uid}: {panel['title']} {target['refId']}")
        for mark in model["annotations"]["list"]:
            if "expr" in mark:
                yield pytest.param(mark["expr"], id=f"{uid}: annotation {mark['name']}")


@pytest.mark.parametrize("query", list(_queries()))
def test_prometheus_understands_a_query_of_a_board(prometheus: Prometheus, query: str) -> None:
    for variable, value in VARIABLES.items():
        query = query.replace(variable, value)
    assert "$" not in query
    assert prometheus.range(query, 1000, 1600, 5) == []  # understood, and nothing there: else PrometheusError
