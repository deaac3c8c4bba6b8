"""Disks: reads, writes, discards, and the time spent on them, by ``device``, from /proc/diskstats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.devices import DISK_EXCLUDE, Chosen
from exporter.collectors.proc import PROC, read

SECTOR: Final = 512.0
"""Bytes; the kernel counts in these whatever the disk's own are (Documentation/admin-guide/iostats.rst)."""
MS: Final = 1e-3

COLUMNS: Final = (
    (names.NODE_DISK_READS, "The total number of reads completed successfully.", 1),
    (names.NODE_DISK_READS_MERGED, "The total number of reads merged.", 1),
    (names.NODE_DISK_READ_BYTES, "The total number of bytes read successfully.", SECTOR),
    (names.NODE_DISK_READ_TIME, "The total number of seconds spent by all reads.", MS),
    (names.NODE_DISK_WRITES, "The total number of writes completed successfully.", 1),
    (names.NODE_DISK_WRITES_MERGED, "The number of writes merged.", 1),
    (names.NODE_DISK_WRITTEN_BYTES, "The total number of bytes written successfully.", SECTOR),
    (names.NODE_DISK_WRITE_TIME, "This is the total number of seconds spent by all writes.", MS),
    (names.NODE_DISK_IO_NOW, "The number of I/Os currently in progress.", 1),
    (names.NODE_DISK_IO_TIME, "Total seconds spent doing I/Os.", MS),
    (names.NODE_DISK_IO_TIME_WEIGHTED, "The weighted # of seconds spent doing I/Os.", MS),
    (names.NODE_DISK_DISCARDS, "The total number of discards completed successfully.", 1),
    (names.NODE_DISK_DISCARDS_MERGED, "The total number of discards merged.", 1),
    (names.NODE_DISK_DISCARDED_SECTORS, "The total number of sectors discarded successfully.", 1),
    (names.NODE_DISK_DISCARD_TIME, "This is the total number of seconds spent by all discards.", MS),
    (names.NODE_DISK_FLUSHES, "The total number of flush requests completed successfully", 1),
    (names.NODE_DISK_FLUSH_TIME, "This is the total number of seconds spent by all flush requests.", MS),
)
"""Metric, help and unit of each column of /proc/diskstats after the name; the last six came with Linux 4.18 and 5.5."""


def parse_diskstats(text: str) -> dict[str, list[int]]:
    """The columns after the name, by device."""
    found = {}
    for line in text.splitlines():
        _, _, device, *columns = line.split()
        found[device] = [int(column) for column in columns[: len(COLUMNS)]]
    return found


class DiskCollector:
    """Reads ``proc``/diskstats; ``left_out`` counts the disks beyond the bound."""

    name = "disk"

    def __init__(self, proc: Path | None = PROC, exclude: re.Pattern[str] = DISK_EXCLUDE.default) -> None:
        self._proc = proc
        # Device mapper and software RAID are made of disks that are there themselves.
        self._chosen = Chosen(exclude, lambda device: device.startswith(("dm-", "md", "zram")))

    @property
    def left_out(self) -> int:
        """Disks that the last call saw and did not report, because there are so many."""
        return self._chosen.left_out

    def collect(self) -> Iterator[Metric]:
        """One family per column that this kernel has, in bytes and seconds."""
        disks = parse_diskstats(read(self._proc, "diskstats"))
        chosen = self._chosen.of(disks)
        for index, (name, documentation, unit) in enumerate(COLUMNS):
            kind = GaugeMetricFamily if name == names.NODE_DISK_IO_NOW else CounterMetricFamily
            family = kind(name, documentation, labels=(names.DEVICE,))
            for device in chosen:
                columns = disks[device]
                if index < len(columns):
                    family.add_metric((device,), columns[index] * unit)
            if family.samples:
                yield family
