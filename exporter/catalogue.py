"""The explicit, ordered list of the collectors. A new one is a file under collectors/ and a line here.

A line imports its collector only when it makes it: the command's ``--help`` reads the list and stays fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from exporter.settings import Option, Settings

if TYPE_CHECKING:
    from exporter.collector import Collector


@dataclass(frozen=True)
class Line:
    """``name`` is the collector's own; ``make`` builds it, with production defaults from ``Settings()``.

    ``of_node_exporter`` says that node_exporter reports the same: where one answers on this host, it is left to it.
    """

    name: str
    description: str
    make: Callable[[Settings], Collector]
    options: tuple[Option[Any], ...] = ()
    of_node_exporter: bool = False


def _cpu(settings: Settings) -> Collector:
    from exporter.collectors.cpu import CpuCollector

    return CpuCollector(settings.proc)


def _memory(settings: Settings) -> Collector:
    from exporter.collectors.memory import MemoryCollector

    return MemoryCollector(settings.proc)


CATALOGUE: Final = (
    Line("cpu", "CPU time per core and mode, steal included", _cpu, of_node_exporter=True),
    Line("memory", "memory installed, free and available", _memory, of_node_exporter=True),
)
