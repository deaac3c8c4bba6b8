"""What k6 tells of itself: from 1.2 on, at /metrics of its REST API, where it was given an address.

Such names are any Go program's: the scrape job says that they are k6's, and the target label ``testid`` of which run.
"""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals.signal import Kind, Signal, any_of, where

LABELS: Final = ("__name__", names.INSTANCE)


def _signal(name: str, unit: str, metric: str, description: str, kind: Kind = "gauge") -> Signal:
    return Signal(name, unit, description, metric, kind, where(job=names.K6_JOB), by=(names.INSTANCE,))


CPU: Final = _signal("k6's CPU", "cores", names.PROCESS_CPU, "Cores that k6 keeps busy.", "counter")
CORES: Final = _signal("k6's cores", "cores", names.GO_MAX_PROCS, "Cores that k6 may use: by number, affinity, quota.")
MEMORY: Final = _signal("k6's memory", "bytes", names.PROCESS_MEMORY, "Memory that k6 holds.")
OPEN_FILES: Final = _signal("k6's open files", "files", names.PROCESS_FILES, "Its connections are among them.")
FILES_LIMIT: Final = _signal("k6's open files limit", "files", names.PROCESS_FILES_LIMIT, "As ulimit -n has it.")

ITSELF: Final[tuple[Signal, ...]] = (CPU, CORES, MEMORY, OPEN_FILES, FILES_LIMIT)


def all_of_itself(testid: str | None) -> str:
    """The raw series of every signal in ITSELF at once, of the k6 processes of one run."""
    return any_of(ITSELF, where(job=names.K6_JOB, testid=testid or ""))


def all_of_itself_on_grid(testid: str | None) -> str:
    """The last value of each at every point of a range query."""
    return f"max by ({', '.join(LABELS)}) ({all_of_itself(testid)})"
