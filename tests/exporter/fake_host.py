"""A host made of files: three cores, 16 GB, three disks, four interfaces, and the collectors that read it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from exporter.collector import Collector
from exporter.collectors.conntrack import ConntrackCollector
from exporter.collectors.cpu import CpuCollector
from exporter.collectors.disk import DiskCollector
from exporter.collectors.filedescriptors import FileDescriptorsCollector
from exporter.collectors.load import LoadCollector
from exporter.collectors.memory import MemoryCollector
from exporter.collectors.network import NetworkCollector
from exporter.collectors.pressure import PressureCollector
from exporter.collectors.self import SelfCollector
from exporter.collectors.sockets import SocketsCollector
from exporter.collectors.softnet import SoftnetCollector
from exporter.collectors.system import SystemCollector

PROC: Final = Path(__file__).parent / "proc"
SYS: Final = Path(__file__).parent / "sys"
UNAME: Final = os.uname_result(("Linux", "server-1", "6.12.0", "#1 SMP", "x86_64"))


def collectors(proc: Path = PROC, sys: Path = SYS) -> list[Collector]:
    """Every host collector on this host, and the exporter on itself, with clocks and versions that stand still."""
    return [
        CpuCollector(proc, ticks_per_second=100),
        MemoryCollector(proc),
        LoadCollector(proc),
        DiskCollector(proc),
        NetworkCollector(proc, sys),
        SocketsCollector(proc, sys, page_bytes=4096),
        FileDescriptorsCollector(proc),
        PressureCollector(proc),
        ConntrackCollector(proc, sys),
        SoftnetCollector(proc, sys),
        SystemCollector(proc, lambda: UNAME, lambda: 1795600959.5),
        SelfCollector(proc, version="0.1.0", python_version="3.11.7"),
    ]
