"""What can run out on a machine besides CPU time, under node_exporter's names, and how all that can is read at once."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals import containers, ec2, processes
from rules.signals.host import MEMORY_AVAILABLE, MEMORY_TOTAL
from rules.signals.signal import Kind, Signal, any_of

RESOURCE_LABELS: Final = (
    "__name__",
    names.INSTANCE,
    names.JOB,
    names.ROLE,
    names.DEVICE,
    names.CONTAINER,
    names.PROCESS_GROUP,
    names.INSTANCE_TYPE,
)
PHYSICAL: Final = f'{names.DEVICE}!~"(lo|veth|docker|br-|cali|cni|flannel|virbr|tun|tap|loop|ram|zram|sr|dm-|md).*"'
"""Devices on which something can run out; those on top of them would count twice. True of what has no device."""


def _signal(name: str, unit: str, metric: str, description: str, kind: Kind, *by: str) -> Signal:
    return Signal(name, unit, description, metric, kind, by=(names.INSTANCE, *by))


def _counter(name: str, unit: str, metric: str, description: str, *by: str) -> Signal:
    return _signal(name, unit, metric, description, "counter", *by)


def _gauge(name: str, unit: str, metric: str, description: str, *by: str) -> Signal:
    return _signal(name, unit, metric, description, "gauge", *by)


LOAD1: Final = _gauge("load", "tasks", names.NODE_LOAD1, "Tasks that run or wait, averaged over about a minute.")
MAJOR_FAULTS: Final = _counter(
    "major page faults", "faults/s", names.NODE_MAJOR_FAULTS, "Touches of memory that had to come from disk."
)
CPU_WAITING: Final = _counter("CPU pressure", "ratio", names.NODE_CPU_WAITING, "Time in which a task waited for CPU.")
MEMORY_WAITING: Final = _counter(
    "memory pressure", "ratio", names.NODE_MEMORY_WAITING, "Time in which a task waited for memory."
)
IO_WAITING: Final = _counter("IO pressure", "ratio", names.NODE_IO_WAITING, "Time in which a task waited for a disk.")
DISK_IO_TIME: Final = _counter(
    "disk", "ratio", names.NODE_DISK_IO_TIME, "Time in which the disk had work.", names.DEVICE
)
RECEIVED: Final = _counter("received", "bytes/s", names.NODE_NETWORK_RECEIVED, "Bytes received.", names.DEVICE)
SENT: Final = _counter("sent", "bytes/s", names.NODE_NETWORK_SENT, "Bytes sent.", names.DEVICE)
LINK_SPEED: Final = _gauge(
    "link speed",
    "bytes/s",
    names.NODE_NETWORK_SPEED,
    "What the link carries; not positive where unknown.",
    names.DEVICE,
)
RECEIVE_DROPS: Final = _counter(
    "packets dropped on receipt", "packets/s", names.NODE_NETWORK_RECEIVE_DROPS, "Packets the interface dropped."
)
SEND_DROPS: Final = _counter(
    "packets dropped on sending", "packets/s", names.NODE_NETWORK_SEND_DROPS, "Packets the interface dropped."
)
SOFTNET_DROPS: Final = _counter(
    "packets dropped by the kernel", "packets/s", names.NODE_SOFTNET_DROPS, "Packets for which a core had no room."
)
LISTEN_OVERFLOWS: Final = _counter(
    "accept queue overflows", "connections/s", names.NODE_LISTEN_OVERFLOWS, "Connections that found the queue full."
)
LISTEN_DROPS: Final = _counter(
    "connections dropped", "connections/s", names.NODE_LISTEN_DROPS, "Connections not accepted, overflows included."
)
RETRANSMITS: Final = _counter("retransmits", "segments/s", names.NODE_RETRANSMITS, "TCP segments that were sent again.")
TIME_WAIT: Final = _gauge(
    "TIME_WAIT", "sockets", names.NODE_TIME_WAIT, "Ports held by connections closed a moment ago."
)
ACTIVE_OPENS: Final = _counter(
    "outgoing connections", "connections/s", names.NODE_ACTIVE_OPENS, "Connections that the machine opened itself."
)
SOCKETS: Final = _gauge("TCP sockets", "sockets", names.NODE_SOCKETS, "Sockets that hold a port, open or listening.")
FILES: Final = _gauge("open files", "files", names.NODE_FILES, "File handles in use.")
FILES_LIMIT: Final = _gauge("open files limit", "files", names.NODE_FILES_LIMIT, "File handles the kernel will give.")
CONNTRACK: Final = _gauge("tracked connections", "connections", names.NODE_CONNTRACK, "Entries in conntrack's table.")
CONNTRACK_LIMIT: Final = _gauge(
    "tracked connections limit",
    "connections",
    names.NODE_CONNTRACK_LIMIT,
    "Entries that conntrack's table has room for.",
)

WATCHED: Final[tuple[Signal, ...]] = (
    LOAD1,
    MEMORY_TOTAL,
    MEMORY_AVAILABLE,
    MAJOR_FAULTS,
    CPU_WAITING,
    MEMORY_WAITING,
    IO_WAITING,
    DISK_IO_TIME,
    RECEIVED,
    SENT,
    LINK_SPEED,
    RECEIVE_DROPS,
    SEND_DROPS,
    SOFTNET_DROPS,
    LISTEN_OVERFLOWS,
    LISTEN_DROPS,
    RETRANSMITS,
    TIME_WAIT,
    ACTIVE_OPENS,
    SOCKETS,
    FILES,
    FILES_LIMIT,
    CONNTRACK,
    CONNTRACK_LIMIT,
    *containers.WATCHED,
    *ec2.WATCHED,
    *processes.WATCHED,
    ec2.TYPE,
)


def all_watched(hosts: str) -> str:
    """The raw series of every signal in WATCHED at once; ``hosts`` says of which machines."""
    return any_of(WATCHED, PHYSICAL, processes.RESIDENT, hosts)


def all_watched_on_grid(hosts: str) -> str:
    """The last value of each at every point of a range query, summed over all but RESOURCE_LABELS."""
    return f"sum by ({', '.join(RESOURCE_LABELS)}) ({all_watched(hosts)})"
