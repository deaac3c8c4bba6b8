"""A machine's readings as resources, each by utilisation, saturation and errors.

After Brendan Gregg's USE method (Systems Performance, chapter 2.5.9): for every resource, how busy, how long a
queue, how many errors. A resource that nobody reports is absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rules import containers, ec2, names, processes
from rules.series import Floats
from rules.timeline import Resource
from rules.told import Readings, Told, ratio

CPU: Final = "cpu"
MEMORY: Final = "memory"
DISK: Final = "disk"
NETWORK: Final = "network"
ACCEPT_QUEUE: Final = "accept queue"
CONNTRACK: Final = "conntrack"
FILES: Final = "file descriptors"
RETRANSMITS: Final = "tcp retransmits"
PORTS: Final = "ports"
EPHEMERAL_PORTS: Final = "ephemeral ports"

LOCAL_PORTS: Final = 28_232
"""Linux's default ip_local_port_range, 32768 to 60999: connections to one address and port, those closed a moment ago
(TIME_WAIT) included. Few other sockets are in use on a machine that makes load."""
TIME_WAIT_SECONDS: Final = 60.0
"""Linux's TCP_TIMEWAIT_LEN, which no setting changes."""
ONE_ADDRESS: Final = 1.1
"""Of LOCAL_PORTS; outgoing connections that hold more go to several addresses, each of which has all ports."""


def resources_on(edges: Floats, readings: Readings, cores: int) -> dict[str, Resource]:
    """The resources that one machine's ``readings`` tell of, on the bins between ``edges``.

    CPU's utilisation is the Host's own; here is who waits for it. ``cores`` may be 0 for unknown.
    """
    told = Told(edges, readings)
    files, conntrack = told.level(names.NODE_FILES), told.level(names.NODE_CONNTRACK)
    sockets = [used for name in (names.NODE_TIME_WAIT, names.NODE_SOCKETS) if (used := told.level(name)) is not None]
    found = {
        CPU: Resource(saturation=_cpu_waiting(told, cores)),
        MEMORY: Resource(_memory_used(told), told.rate(names.NODE_MEMORY_WAITING), told.rate(names.NODE_MAJOR_FAULTS)),
        DISK: Resource(_busiest_disk(told), told.rate(names.NODE_IO_WAITING)),
        NETWORK: Resource(_busiest_link(told), errors=_drops(told)),
        ACCEPT_QUEUE: Resource(
            errors=_larger(told.rate(names.NODE_LISTEN_OVERFLOWS), told.rate(names.NODE_LISTEN_DROPS))
        ),
        CONNTRACK: Resource(ratio(conntrack, told.level(names.NODE_CONNTRACK_LIMIT))),
        FILES: Resource(ratio(files, told.level(names.NODE_FILES_LIMIT))),
        RETRANSMITS: Resource(errors=told.rate(names.NODE_RETRANSMITS)),
        containers.CONTAINER: containers.nearest_to_its_limit(told),
        containers.CONTAINER_MEMORY: containers.memory_nearest_to_its_limit(told),
        processes.PROCESS_FILES: processes.nearest_to_its_limit(told),
        **ec2.allowances(told),
        EPHEMERAL_PORTS: Resource(_ports_of_outgoing(told)),
        PORTS: Resource(np.minimum(np.sum(sockets, axis=0) / LOCAL_PORTS, 1.0) if sockets else None),
    }
    return {
        name: one
        for name, one in found.items()
        if any(values is not None for values in (one.utilisation, one.saturation, one.errors))
    }


def _cpu_waiting(told: Told, cores: int) -> Floats | None:
    """Share of time in which a task waited for a core; from the load where the kernel keeps no pressure."""
    pressure = told.rate(names.NODE_CPU_WAITING)
    load = told.level(names.NODE_LOAD1)
    if pressure is not None or load is None or not cores:
        return pressure
    return 1.0 - cores / np.maximum(load, cores)


def _ports_of_outgoing(told: Told) -> Floats | None:
    """Share of the local ports that connections to another service hold; NaN where more than one has them.

    Each that the machine opens, and closes first, holds its port for TIME_WAIT_SECONDS. Callers' connections share the
    server's port and cost none, though they may be in TIME_WAIT too: so what was opened bounds what counts.
    """
    waiting, opened = told.level(names.NODE_TIME_WAIT), told.rate(names.NODE_ACTIVE_OPENS)
    if waiting is None or opened is None:
        return None
    share = np.minimum(waiting, opened * TIME_WAIT_SECONDS) / LOCAL_PORTS
    return np.where(share <= ONE_ADDRESS, np.minimum(share, 1.0), np.nan)


def _memory_used(told: Told) -> Floats | None:
    available = ratio(told.level(names.NODE_MEMORY_AVAILABLE), told.level(names.NODE_MEMORY_TOTAL))
    return None if available is None else 1.0 - available


def _busiest_disk(told: Told) -> Floats | None:
    disks = told.rate_by(names.DEVICE, names.NODE_DISK_IO_TIME)
    return np.clip(_highest(list(disks.values())), 0.0, 1.0) if disks else None


def _busiest_link(told: Told) -> Floats | None:
    """The busier direction of the busiest link over its speed; virtual ones mostly do not know theirs."""
    speeds = told.level_by(names.DEVICE, names.NODE_NETWORK_SPEED)
    used = [
        np.clip(rate / np.nanmax(speeds[device]), 0.0, 1.0)
        for metric in (names.NODE_NETWORK_RECEIVED, names.NODE_NETWORK_SENT)
        for device, rate in told.rate_by(names.DEVICE, metric).items()
        if device in speeds and (speeds[device] > 0).any()
    ]
    return _highest(used) if used else None


def _drops(told: Told) -> Floats | None:
    metrics = (names.NODE_NETWORK_RECEIVE_DROPS, names.NODE_NETWORK_SEND_DROPS, names.NODE_SOFTNET_DROPS)
    rates = [rate for metric in metrics if (rate := told.rate(metric)) is not None]
    return np.asarray(np.sum(rates, axis=0)) if rates else None


def _larger(one: Floats | None, other: Floats | None) -> Floats | None:
    if one is None or other is None:
        return one if other is None else other
    return np.maximum(one, other)


def _highest(rows: Sequence[Floats]) -> Floats:
    return np.asarray(np.max(rows, axis=0))
