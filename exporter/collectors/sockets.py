"""TCP, UDP and IP: established and TIME_WAIT sockets, listen overflows and drops, retransmits, resets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric, UnknownMetricFamily

from exporter import names
from exporter.collectors.netns import net_folder
from exporter.collectors.netstat import parse_lines, parse_pairs
from exporter.collectors.proc import PROC, SYS, read, read_if_there


def parse_sockstat(text: str, page_bytes: int) -> dict[tuple[str, str], int]:
    """Value by protocol and state, as in ("TCP", "tw"); where ``mem`` is given in pages, ``mem_bytes`` too."""
    found: dict[tuple[str, str], int] = {}
    for line in text.splitlines():
        protocol, _, rest = line.partition(":")
        words = rest.split()
        for state, value in zip(words[::2], words[1::2], strict=True):
            found[protocol, state] = int(value)
            if state == "mem":
                found[protocol, "mem_bytes"] = int(value) * page_bytes
    return found


class SocketsCollector:
    """Reads netstat, snmp and sockstat in the host's net folder, and what IPv6 has of them where it is on."""

    name = "sockets"

    def __init__(
        self, proc: Path | None = PROC, sys: Path | None = SYS, page_bytes: int = os.sysconf("SC_PAGE_SIZE")
    ) -> None:
        self._proc = proc
        self._sys = sys
        self._page_bytes = page_bytes

    def collect(self) -> Iterator[Metric]:
        """Untyped counters of the protocols, then gauges of sockets by state."""
        net = self._net
        counted = dict(parse_pairs(read(net, "netstat")))
        counted.update(parse_pairs(read(net, "snmp")))
        counted.update(parse_lines(read_if_there(net, "snmp6") or ""))
        for (protocol, field), value in counted.items():
            yield UnknownMetricFamily(f"{names.NODE_NETSTAT}{protocol}_{field}", f"Statistic {protocol}{field}.", value)
        text = read(net, "sockstat") + (read_if_there(net, "sockstat6") or "")
        for (protocol, state), value in parse_sockstat(text, self._page_bytes).items():
            documentation = f"Number of {protocol} sockets in state {state}."
            if (protocol, state) == ("sockets", "used"):
                documentation = "Number of IPv4 sockets in use."
            yield GaugeMetricFamily(f"{names.NODE_SOCKSTAT}{protocol}_{state}", documentation, value)

    @cached_property
    def _net(self) -> str | None:
        return net_folder(self._proc, self._sys)
