"""What is watched on a machine, and from where on each resource counts as exhausted: the limits, all in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rules import ec2, processes, resources
from rules.containers import CONTAINER, CONTAINER_MEMORY
from rules.signals import containers
from rules.signals import ec2 as ec2_signals
from rules.signals import host as signals
from rules.signals import processes as process_signals
from rules.signals import resources as watching

CORE: Final = "cpu core"
HELD_BACK: Final = "packets were held back by the"
FETCHED_BACK: Final = "pages were fetched back from disk into the"
MEMORY_WAITING: Final = 0.2
PAGES_PER_REQUEST: Final = 1.0
"""One access to a disk for every request; fewer are what any machine reads that starts a program."""


@dataclass(frozen=True)
class Watched:
    """How one resource is judged; None for what says nothing about it."""

    name: str
    said: str
    full: float | None = None
    """Utilisation from which it is exhausted."""
    near: float | None = None
    """Utilisation that waiting and errors need beside them: they are the machine's, and this is who they are of."""
    waiting: float | None = None
    """Saturation from which it is exhausted: before the limit of a closed loop somebody waits nearly all the time."""
    erring: str | None = None
    """What its errors do to it, where they mean exhaustion."""
    errors: float = 0.01
    """For each request, from where on they do."""
    foretells: bool = True
    """Whether its use follows goodput at once, as the utilisation law has it; not what is held long after a request."""
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
        CONTAINER,
        "CPU limit of the container",
        full=0.92,
        waiting=0.5,
        query=containers.THROTTLED.rate("1m", signals.SERVER),
        advice="Raise the container's CPU limit, or start more of them: the machine may have cores to spare.",
    ),
    Watched(  # before the machine's memory, whose waiting and errors it shares
        CONTAINER_MEMORY,
        "memory of the container",
        near=0.9,
        waiting=MEMORY_WAITING,
        erring=FETCHED_BACK,
        errors=PAGES_PER_REQUEST,
        query=containers.memory_of_limit(signals.SERVER),
        advice="Raise the container's memory limit, start more of them, or use less memory for each request.",
    ),
    Watched(
        ec2.BANDWIDTH,
        "EC2 bandwidth allowance",
        erring=HELD_BACK,
        query=ec2_signals.BANDWIDTH_OUT.rate("1m", signals.SERVER),
        advice="Smaller or compressed replies, or an instance type with a higher baseline bandwidth.",
    ),
    Watched(
        ec2.PACKETS,
        "EC2 packet rate allowance",
        erring=HELD_BACK,
        query=ec2_signals.PACKETS.rate("1m", signals.SERVER),
        advice="Fewer and larger packets (keep connections open), or a larger instance.",
    ),
    Watched(
        ec2.CONNECTIONS,
        "EC2 connection tracking allowance",
        erring=HELD_BACK,
        query=ec2_signals.CONNECTIONS.rate("1m", signals.SERVER),
        advice="Keep connections open, a larger instance, or security group rules that need no tracking.",
    ),
    Watched(
        ec2.LOCAL_SERVICES,
        "EC2 allowance for local services",
        erring=HELD_BACK,
        query=ec2_signals.LOCAL_SERVICES.rate("1m", signals.SERVER),
        advice="Cache names and credentials on the machine: DNS, metadata and time service are asked too often.",
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
        waiting=MEMORY_WAITING,
        erring=FETCHED_BACK,
        errors=PAGES_PER_REQUEST,
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
        processes.PROCESS_FILES,
        "limit of open files of the process",
        full=0.95,
        query=process_signals.FILES_RATIO.value(signals.SERVER),
        advice="Raise the process's limit (ulimit -n; LimitNOFILE= in a systemd unit), or keep fewer connections open.",
    ),
    Watched(
        resources.EPHEMERAL_PORTS,
        "range of ephemeral ports",
        full=0.9,
        foretells=False,
        query=watching.ACTIVE_OPENS.rate("1m", signals.SERVER),
        advice="Keep connections to the services behind it open (a pool), or widen net.ipv4.ip_local_port_range.",
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
