"""The exporter on itself: its CPU, memory and open files, and what it was built from."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from prometheus_client import ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names

UNKNOWN = "unknown"
"""The version of files that were copied and not installed."""


def own_version() -> str:
    """Of the installed distribution."""
    try:
        return version("loadline")
    except PackageNotFoundError:
        return UNKNOWN


class SelfCollector:
    """``process_…`` as every client library has them, from the process's own /proc, and the build.

    ``proc`` is never a mounted one: there the exporter has another number.
    """

    name = "self"

    def __init__(
        self,
        proc: Path = Path("/proc"),
        pid: str = "self",
        version: str | None = None,
        python_version: str = platform.python_version(),
    ) -> None:
        self._process = ProcessCollector(registry=None, proc=str(proc), pid=lambda: pid)
        self._version = version or own_version()
        self._python_version = python_version

    def collect(self) -> Iterator[Metric]:
        """Counters and gauges in seconds, bytes and files, and 1."""
        yield from self._process.collect()
        info = GaugeMetricFamily(
            names.BUILD_INFO, "1, by the version of the exporter.", labels=(names.VERSION, names.PYTHON_VERSION)
        )
        info.add_metric((self._version, self._python_version), 1)
        yield info
