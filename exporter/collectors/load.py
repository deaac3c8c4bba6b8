"""Load averages: tasks that run, wait for a CPU, or wait for a disk, over 1, 5 and 15 minutes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.proc import PROC, read

AVERAGES: Final = (
    (names.NODE_LOAD1, "1m load average."),
    (names.NODE_LOAD5, "5m load average."),
    (names.NODE_LOAD15, "15m load average."),
)


class LoadCollector:
    """Reads ``proc``/loadavg; where there is no /proc the system itself is asked. Raises OSError or ValueError."""

    name = "load"

    def __init__(self, proc: Path | None = PROC) -> None:
        self._proc = proc

    def collect(self) -> Iterator[Metric]:
        """Three gauges, in tasks."""
        loads = os.getloadavg() if self._proc is None else map(float, read(self._proc, "loadavg").split()[:3])
        for (name, documentation), load in zip(AVERAGES, loads, strict=True):
            yield GaugeMetricFamily(name, documentation, load)
