"""Processes that the exporter was told to name, under process-exporter's names: the server's own, and k6."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals.signal import Kind, Signal

RESIDENT: Final = f'{names.MEMORY_TYPE}=~"|resident"'
"""Of memory, what is in use of the machine's; true of what is no memory."""


def _signal(name: str, unit: str, metric: str, description: str, kind: Kind = "gauge") -> Signal:
    return Signal(name, unit, description, metric, kind, by=(names.INSTANCE, names.PROCESS_GROUP))


CPU: Final = _signal("CPU of processes", "cores", names.NAMED_CPU, "CPU time used.", "counter")
MEMORY: Final = _signal("memory of processes", "bytes", names.NAMED_MEMORY, "Memory in use.")
FILES: Final = _signal("open files of processes", "files", names.NAMED_FILES, "Connections are among them.")
FILES_RATIO: Final = _signal(
    "open files of a process", "ratio", names.NAMED_FILES_RATIO, "Of the process that is nearest to its ulimit -n."
)

WATCHED: Final = (CPU, MEMORY, FILES, FILES_RATIO)
