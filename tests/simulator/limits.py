"""Which limits a machine of a scenario has; nothing by default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What is told of the limits around the server's machine; nothing by default, and it changes no request."""

    container_cores: float | None = None
    """CPU limit of the container in which the server does all its work."""
    container_memory: float | None = None
    """Bytes of that container's memory limit. Every VU's connection keeps some, and beyond the limit tasks wait."""
    allowance_packets: float | None = None
    """Packets a second that EC2's outbound bandwidth allowance holds back for each request that is under way."""
    steal: float = 0.0
    """Share of the busy CPU time that the hypervisor takes once all cores are busy."""
    credits: float | None = None
    """CPU credits that were left a minute before the run; CloudWatch tells no newer ones in time."""
    tracked_connections: float = 262_144.0
    """Room in conntrack's table. Every VU keeps one connection, which is an open file too."""
    machine_files: float = 9.2e18
    """Files that the machine may open."""
    process_files: float | None = None
    """Files that the server's process may open, where it was named to the exporter."""
    opened_per_request: float = 0.0
    """Connections that the server opens to a service behind it, and closes itself."""
