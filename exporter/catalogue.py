"""The explicit, ordered list of the collectors. A new one is a file under collectors/ and a line here.

A line imports its collector only when it makes it: the command's ``--help`` reads the list and stays fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from exporter.collector import Collector


@dataclass(frozen=True)
class Line:
    """``name`` is the collector's own; ``make`` builds it with production defaults."""

    name: str
    description: str
    make: Callable[[], Collector]


def _cpu() -> Collector:
    from exporter.collectors.cpu import CpuCollector

    return CpuCollector()


def _memory() -> Collector:
    from exporter.collectors.memory import MemoryCollector

    return MemoryCollector()


CATALOGUE: Final = (
    Line("cpu", "CPU time per core and mode, steal included", _cpu),
    Line("memory", "memory installed, free and available", _memory),
)
