"""Memory: every field of /proc/meminfo as ``node_memory_…``, and paging and OOM kills of /proc/vmstat.

On Linux the files are read directly, elsewhere psutil is asked; exporter/collectors/cpu.py says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric, UnknownMetricFamily

from exporter import names
from exporter.collectors.proc import PROC, read, read_if_there

VITAL: Final = (names.NODE_MEMORY_TOTAL, names.NODE_MEMORY_AVAILABLE)
"""Without these two a host's memory cannot be judged."""
VMSTAT_FIELDS: Final = ("oom_kill", "pgpg", "pswp")
"""Which fields of /proc/vmstat are reported: those that begin so, and page faults (node_exporter's own choice)."""


def parse_meminfo(text: str) -> dict[str, int]:
    """Value by node_exporter's field: ``Active(anon): 5 kB`` is Active_anon_bytes, a field without a unit is a count.

    The kernel's kB are 1,024 bytes (proc_meminfo(5)).
    """
    found = {}
    for line in text.splitlines():
        field, _, rest = line.partition(":")
        value, _, unit = rest.strip().partition(" ")
        if "(" in field:
            field = field.replace("(", "_").replace(")", "")
        if unit == "kB":
            found[f"{field}_bytes"] = int(value) * 1024
        elif value:
            found[field] = int(value)
    return found


def parse_vmstat(text: str) -> dict[str, int]:
    """The fields of /proc/vmstat that node_exporter reports too."""
    found = {}
    for line in text.splitlines():
        if line.startswith(VMSTAT_FIELDS) or (line.startswith("pg") and "fault" in line):
            field, _, value = line.partition(" ")
            found[field] = int(value)
    return found


class MemoryCollector:
    """Reads ``proc``/meminfo and vmstat at every scrape; ``proc`` None asks psutil.

    Raises OSError if meminfo cannot be read, and ValueError if it lacks the total or what is available. A
    container's /proc may lack vmstat; then there is no paging.
    """

    name = "memory"

    def __init__(self, proc: Path | None = PROC) -> None:
        self._proc = proc

    def collect(self) -> Iterator[Metric]:
        """One gauge per field of meminfo, in bytes or pages, and one untyped metric per field of vmstat."""
        found = ask_psutil() if self._proc is None else parse_meminfo(read(self._proc, "meminfo"))
        missing = [name for name in VITAL if name.removeprefix(names.NODE_MEMORY) not in found]
        if missing:
            raise ValueError(f"{self._proc}/meminfo does not say {' and '.join(missing)}")
        for field, value in found.items():
            yield GaugeMetricFamily(f"{names.NODE_MEMORY}{field}", f"Memory information field {field}.", value)
        paging = parse_vmstat(read_if_there(self._proc, "vmstat") or "") if self._proc else {}
        for field, value in paging.items():
            yield UnknownMetricFamily(f"{names.NODE_VMSTAT}{field}", f"/proc/vmstat information field {field}.", value)


def ask_psutil() -> Mapping[str, int]:
    """The fields that psutil knows on every system, under node_exporter's names."""
    import psutil

    memory = psutil.virtual_memory()
    return {"MemTotal_bytes": memory.total, "MemFree_bytes": memory.free, "MemAvailable_bytes": memory.available}
