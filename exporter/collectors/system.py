"""What the host is and what its clock says: ``node_uname_info`` and ``node_time_seconds``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.proc import PROC, read_if_there

UNAME: Final = ("domainname", "machine", "nodename", "release", "sysname", "version")
"""The labels of node_uname_info, which are the fields of uname(2)."""


class SystemCollector:
    """Asks uname and the clock at every scrape; ``clock`` is in seconds since 1970."""

    name = "system"

    def __init__(
        self,
        proc: Path | None = PROC,
        uname: Callable[[], os.uname_result] = os.uname,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._proc = proc
        self._uname = uname
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Two gauges: the time, by which one sees how far the clocks of two hosts are apart, and 1."""
        yield GaugeMetricFamily(names.NODE_TIME, "System time in seconds since epoch (1970).", self._clock())
        said = self._uname()
        # Python leaves the domain out of uname.
        domain = read_if_there(self._proc, "sys/kernel/domainname") if self._proc else None
        values = {field: getattr(said, field, None) or (domain or "(none)").strip() for field in UNAME}
        info = GaugeMetricFamily(
            names.NODE_UNAME, "Labeled system information as provided by the uname system call.", labels=UNAME
        )
        info.add_metric([values[field] for field in UNAME], 1)
        yield info
