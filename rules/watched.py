"""What is watched on a machine, and from where on each resource counts as exhausted: the limits, all in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rules import resources
from rules.signals import host as signals
from rules.signals import resources as watching

CORE: Final = "cpu core"


@dataclass(frozen=True)
class Watched:
    """How one resource is judged; None for what says nothing about it."""

    name: str
    said: str
    full: float | None = None
    """Utilisation from which it is exhausted."""
    waiting: float | None = None
    """Saturation from which it is exhausted: before the limit of a closed loop somebody waits nearly all the time."""
    erring: str | None = None
    """What its errors do to it, where they mean exhaustion."""
    query: str = ""
    advice: str = ""


WATCHED: Final[tuple[Watched, ...]] = (
    Watched(
        resources.CPU,
        "CPU",
        full=0.92,
        waiting=0.8,
        query=signals.cpu_ratio("1m", signals.SERVER),
        advice="More or faster cores, more instances, or less work for each request (a profiler tells where it goes).",
    ),
    Watched(
        CORE,
        "busiest core",
        full=0.95,
        query=signals.CPU_SECONDS.rate("1m", signals.SERVER),
        advice="The work of one thread does not spread: start more worker processes, or a server that uses all cores.",
    ),
    Watched(
        resources.NETWORK,
        "network link",
        full=0.9,
        erring="packets were dropped at the",
        query=watching.SENT.rate("1m", signals.SERVER),
        advice="Smaller or compressed replies, or an instance with more network bandwidth.",
    ),
    Watched(
        resources.DISK,
        "disk",
        full=0.95,
        waiting=0.8,
        query=watching.DISK_IO_TIME.rate("1m", signals.SERVER),
        advice="Fewer or larger disk accesses, a cache, or a volume with more IOPS.",
    ),
    Watched(
        resources.MEMORY,
        "memory",
        waiting=0.2,
        erring="pages were fetched back from disk into the",
        query=watching.MAJOR_FAULTS.rate("1m", signals.SERVER),
        advice="More memory, or less of it for each request.",
    ),
    Watched(
        resources.CONNTRACK,
        "connection tracking table",
        full=0.95,
        query=watching.CONNTRACK.value(signals.SERVER),
        advice="Raise net.netfilter.nf_conntrack_max, or keep connections open.",
    ),
    Watched(
        resources.FILES,
        "table of open files",
        full=0.95,
        query=watching.FILES.value(signals.SERVER),
        advice="Raise fs.file-max and the process's own limit, or keep fewer connections open.",
    ),
    Watched(
        resources.ACCEPT_QUEUE,
        "accept queue",
        erring="connections overflowed the",
        query=watching.LISTEN_OVERFLOWS.rate("1m", signals.SERVER),
        advice="Raise net.core.somaxconn and the server's backlog, accept faster, or keep connections open.",
    ),
    Watched(
        resources.RETRANSMITS,
        "network path",
        erring="TCP segments were sent again on the",
        query=watching.RETRANSMITS.rate("1m", signals.SERVER),
        advice="Packets are lost between generator and server: look at bandwidth and packet limits on the way.",
    ),
)
