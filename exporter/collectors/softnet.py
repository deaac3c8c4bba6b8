"""Packets that each core took from the network cards, and those for which it had no room or no time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, Metric

from exporter import names
from exporter.collectors.netns import net_folder
from exporter.collectors.proc import PROC, SYS, read

COLUMNS: Final = (
    (names.NODE_SOFTNET_PROCESSED, "Number of processed packets"),
    (names.NODE_SOFTNET_DROPS, "Number of dropped packets"),
    (names.NODE_SOFTNET_SQUEEZED, "Number of times processing packets ran out of quota"),
)
"""The first three columns of /proc/net/softnet_stat, which are hexadecimal."""
CORE: Final = 12
"""The column that says whose line it is, since Linux 5.10; before, lines and cores were counted alike."""


def parse_softnet(text: str) -> dict[str, list[int]]:
    """The values of COLUMNS by core."""
    found = {}
    for number, line in enumerate(text.splitlines()):
        words = line.split()
        core = str(int(words[CORE], 16)) if len(words) > CORE else str(number)
        found[core] = [int(word, 16) for word in words[: len(COLUMNS)]]
    return found


class SoftnetCollector:
    """Reads softnet_stat in the host's net folder. The kernel counts in 32 bits there: a counter may begin anew."""

    name = "softnet"

    def __init__(self, proc: Path | None = PROC, sys: Path | None = SYS) -> None:
        self._proc = proc
        self._sys = sys

    def collect(self) -> Iterator[Metric]:
        """Three counters by core."""
        cores = parse_softnet(read(self._net, "softnet_stat"))
        for index, (name, documentation) in enumerate(COLUMNS):
            family = CounterMetricFamily(name, documentation, labels=(names.CPU,))
            for core, values in cores.items():
                family.add_metric((core,), values[index])
            yield family

    @cached_property
    def _net(self) -> str | None:
        return net_folder(self._proc, self._sys)
