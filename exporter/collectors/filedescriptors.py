"""File handles of the whole host: how many are open, and how many the kernel will give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.proc import PROC, read


class FileDescriptorsCollector:
    """Reads ``proc``/sys/fs/file-nr. The limit of one process (``ulimit -n``) is the process collector's."""

    name = "filedescriptors"

    def __init__(self, proc: Path | None = PROC) -> None:
        self._proc = proc

    def collect(self) -> Iterator[Metric]:
        """Two gauges, in files."""
        allocated, _, maximum = read(self._proc, "sys/fs/file-nr").split()  # the second is always 0 (proc_sys_fs(5))
        yield GaugeMetricFamily(names.NODE_FILES, "File descriptor statistics: allocated.", int(allocated))
        yield GaugeMetricFamily(names.NODE_FILES_LIMIT, "File descriptor statistics: maximum.", int(maximum))
