"""A collector that does not come back before it is let go."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

PATIENCE = 10.0
"""Seconds after which a test has failed; nothing takes them where it passes."""


class Hanging:
    """Holds every call until it is let go, and counts them."""

    def __init__(self, name: str = "hanging") -> None:
        self.name = name
        self.calls = 0
        self.called = threading.Event()
        self.let_go = threading.Event()

    def collect(self) -> Iterator[Metric]:
        self.calls += 1
        self.called.set()
        assert self.let_go.wait(PATIENCE)
        yield GaugeMetricFamily(f"{self.name}_celsius", "At last.", value=1)
