"""The kernel's table of connections: how full it is, and how many packets it dropped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.netns import net_folder
from exporter.collectors.proc import PROC, SYS, read_if_there
from exporter.errors import NothingHere

STATISTICS: Final = {
    "found": "Number of searched entries which were successful.",
    "invalid": "Number of packets seen which can not be tracked.",
    "ignore": "Number of packets seen which are already connected to a conntrack entry.",
    "insert": "Number of entries inserted into the list.",
    "insert_failed": "Number of entries for which list insertion was attempted but failed.",
    "drop": "Number of packets dropped due to conntrack failure.",
    "early_drop": "Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.",
    "search_restart": "Number of conntrack table lookups which had to be restarted due to hashtable resizes.",
}
"""Column of /proc/net/stat/nf_conntrack to node_exporter's help; it calls them gauges."""


def parse_statistics(text: str) -> dict[str, int]:
    """By column, the hexadecimal values of all cores added up; ``entries`` stands on every line, and is that."""
    header, *lines = text.splitlines()
    columns = header.split()
    cores = [[int(word, 16) for word in line.split()] for line in lines]
    total = {column: sum(values) for column, values in zip(columns, zip(*cores, strict=True), strict=False)}
    if cores:
        total["entries"] = cores[0][0]
    return total


class ConntrackCollector:
    """Reads ``proc``/sys/net/netfilter and the host's net folder; NothingHere where connections are not tracked."""

    name = "conntrack"

    def __init__(self, proc: Path | None = PROC, sys: Path | None = SYS) -> None:
        self._proc = proc
        self._sys = sys

    def collect(self) -> Iterator[Metric]:
        """Gauges, in entries and packets."""
        text = read_if_there(self._net, "stat/nf_conntrack")
        statistics = parse_statistics(text) if text else {}
        limit = read_if_there(self._proc, "sys/net/netfilter/nf_conntrack_max")
        entries = self._entries(statistics)
        if limit is None or entries is None:
            raise NothingHere("connections are not tracked: the module nf_conntrack is not loaded")
        yield GaugeMetricFamily(
            names.NODE_CONNTRACK, "Number of currently allocated flow entries for connection tracking.", entries
        )
        yield GaugeMetricFamily(names.NODE_CONNTRACK_LIMIT, "Maximum size of connection tracking table.", int(limit))
        for column, documentation in STATISTICS.items():
            if column in statistics:
                yield GaugeMetricFamily(f"{names.NODE_CONNTRACK_STAT}{column}", documentation, statistics[column])

    def _entries(self, statistics: dict[str, int]) -> int | None:
        """How many there are. The file under sys is of the reader's own network, the other of the host's."""
        if self._net == f"{self._proc}/net":
            count = read_if_there(self._proc, "sys/net/netfilter/nf_conntrack_count")
            return None if count is None else int(count)
        return statistics.get("entries")

    @cached_property
    def _net(self) -> str | None:
        return net_folder(self._proc, self._sys)
