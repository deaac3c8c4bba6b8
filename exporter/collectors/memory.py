"""Memory installed, free and available: ``node_memory_…_bytes``.

On Linux /proc/meminfo is read directly, elsewhere psutil is asked; exporter/collectors/cpu.py says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.proc import PROC

FIELDS: Final = {
    "MemTotal": names.NODE_MEMORY_TOTAL,
    "MemFree": names.NODE_MEMORY_FREE,
    "MemAvailable": names.NODE_MEMORY_AVAILABLE,
    "Buffers": names.NODE_MEMORY_BUFFERS,
    "Cached": names.NODE_MEMORY_CACHED,
}
"""Field of /proc/meminfo (proc_meminfo(5)) to metric."""


def parse_meminfo(text: str) -> dict[str, int]:
    """Bytes by field, for the fields that are counted in kB (1,024 bytes, proc_meminfo(5))."""
    found = {}
    for line in text.splitlines():
        field, _, rest = line.partition(":")
        value, _, unit = rest.strip().partition(" ")
        if unit == "kB":
            found[field] = int(value) * 1024
    return found


class MemoryCollector:
    """Reads ``proc``/meminfo at every scrape; ``proc`` None asks psutil.

    Raises OSError if it cannot be read, and ValueError if it lacks the total or what is available, for without
    these two a host's memory cannot be judged.
    """

    name = "memory"

    def __init__(self, proc: Path | None = PROC) -> None:
        self._proc = proc

    def collect(self) -> Iterator[Metric]:
        """One gauge per field, in bytes."""
        found = self._read()
        for field, metric in FIELDS.items():
            if field in found:
                # The help is node_exporter's, whose field names end in the unit.
                shown = metric.removeprefix("node_memory_")
                yield GaugeMetricFamily(metric, f"Memory information field {shown}.", value=found[field])

    def _read(self) -> Mapping[str, int]:
        if self._proc is None:
            return ask_psutil()
        found = parse_meminfo((self._proc / "meminfo").read_text())
        missing = {"MemTotal", "MemAvailable"} - found.keys()
        if missing:
            raise ValueError(f"{', '.join(sorted(missing))} not in {self._proc / 'meminfo'}")
        return found


def ask_psutil() -> dict[str, int]:
    """The fields that psutil knows on every system, under the names of /proc/meminfo."""
    import psutil

    memory = psutil.virtual_memory()
    return {"MemTotal": memory.total, "MemFree": memory.free, "MemAvailable": memory.available}
