"""Interfaces: bytes, packets, errors and drops by ``device``, and the speed of the link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.devices import NETWORK_EXCLUDE, Chosen
from exporter.collectors.netns import net_folder
from exporter.collectors.proc import PROC, SYS, read

COLUMNS: Final = tuple(
    f"{direction}_{column}"
    for direction, columns in (
        ("receive", ("bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast")),
        ("transmit", ("bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed")),
    )
    for column in columns
)
"""The columns of /proc/net/dev as node_exporter names them."""
VIRTUAL: Final = ("veth", "docker", "br-", "cali", "cni", "flannel", "virbr", "tun", "tap", "ifb", "dummy")
"""How interfaces begin whose packets pass another one too, or none."""
BYTES_PER_MEGABIT: Final = 125_000
"""The kernel says Mbit/s."""


def parse_dev(text: str) -> dict[str, list[int]]:
    """The values of COLUMNS by device. Raises ValueError where there are fewer."""
    found = {}
    for line in text.splitlines()[2:]:
        device, _, rest = line.rpartition(":")  # an alias may have a colon in its name
        found[device.strip()] = values = [int(column) for column in rest.split()]
        if len(values) != len(COLUMNS):
            raise ValueError(f"/proc/net/dev has {len(values)} columns, not {len(COLUMNS)}")
    return found


class NetworkCollector:
    """Reads net/dev below ``proc`` and the speeds below ``sys``; ``left_out`` counts interfaces beyond the bound."""

    name = "network"

    def __init__(
        self,
        proc: Path | None = PROC,
        sys: Path | None = SYS,
        exclude: re.Pattern[str] = NETWORK_EXCLUDE.default,
    ) -> None:
        self._proc = proc
        self._sys = sys
        self._chosen = Chosen(exclude, lambda device: device.startswith(VIRTUAL))

    @property
    def left_out(self) -> int:
        """Interfaces that the last call saw and did not report, because there are so many."""
        return self._chosen.left_out

    def collect(self) -> Iterator[Metric]:
        """One counter per column; and the speed in bytes per second, negative where the kernel does not know it."""
        devices = parse_dev(read(self._net, "dev"))
        chosen = self._chosen.of(devices)
        for index, column in enumerate(COLUMNS):
            family = CounterMetricFamily(
                f"{names.NODE_NETWORK}{column}_total", f"Network device statistic {column}.", labels=(names.DEVICE,)
            )
            for device in chosen:
                family.add_metric((device,), devices[device][index])
            if family.samples:
                yield family
        speeds = {device: speed for device in chosen if (speed := self._speed(device)) is not None}
        gauge = GaugeMetricFamily(
            names.NODE_NETWORK_SPEED, "Network device property: speed_bytes", labels=(names.DEVICE,)
        )
        for device, speed in speeds.items():
            gauge.add_metric((device,), speed * BYTES_PER_MEGABIT)
        if speeds:
            yield gauge

    @cached_property
    def _net(self) -> str | None:
        return net_folder(self._proc, self._sys)

    def _speed(self, device: str) -> int | None:
        """Mbit/s; None of an interface that is down, has no such thing, or is gone."""
        try:
            return int(read(self._sys, f"class/net/{device}/speed"))
        except OSError:
            return None
