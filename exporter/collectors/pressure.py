"""Pressure stall information: time in which a task waited for CPU, memory or a disk (Linux 4.20 and newer)."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, Metric

from exporter import names
from exporter.collectors.proc import PROC, read
from exporter.errors import NothingHere

REPORTED: Final = (
    ("cpu", "some", names.NODE_CPU_WAITING, "Total time in seconds that processes have waited for CPU time"),
    ("io", "some", names.NODE_IO_WAITING, "Total time in seconds that processes have waited due to IO congestion"),
    ("io", "full", names.NODE_IO_STALLED, "Total time in seconds no process could make progress due to IO congestion"),
    ("memory", "some", names.NODE_MEMORY_WAITING, "Total time in seconds that processes have waited for memory"),
    (
        "memory",
        "full",
        names.NODE_MEMORY_STALLED,
        "Total time in seconds no process could make progress due to memory congestion",
    ),
)
"""Resource, line of its file, metric, help. ``full`` of the CPU says nothing of a whole host (kernel's psi.rst)."""
NO_PRESSURE: Final = "this kernel reports no pressure; boot it with psi=1 if it is 4.20 or newer"


def parse_pressure(text: str) -> dict[str, float]:
    """Seconds by line ("some", "full") of a file in /proc/pressure, which counts microseconds."""
    return {line.partition(" ")[0]: int(line.rpartition("total=")[2]) / 1e6 for line in text.splitlines()}


class PressureCollector:
    """Reads ``proc``/pressure. Raises NothingHere where the kernel has none, or was booted without."""

    name = "pressure"

    def __init__(self, proc: Path | None = PROC) -> None:
        self._proc = proc

    def collect(self) -> Iterator[Metric]:
        """Five counters, in seconds."""
        try:
            found = {file: parse_pressure(read(self._proc, f"pressure/{file}")) for file in ("cpu", "io", "memory")}
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EOPNOTSUPP):
                raise NothingHere(NO_PRESSURE) from error
            raise
        for resource, line, name, documentation in REPORTED:
            yield CounterMetricFamily(name, documentation, found[resource][line])
