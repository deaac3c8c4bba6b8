"""A container as its engine describes it: the JSON of ``GET /containers/ID/json``, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

SERVICE_LABEL: Final = "com.docker.compose.service"
DEFAULT_PERIOD_MICROSECONDS: Final = 100_000
"""The kernel's, where only a quota was given; ``--cpus`` is a quota in it too."""
NANO: Final = 1_000_000_000


@dataclass(frozen=True)
class Container:
    """``service`` is empty outside of Compose, ``health`` None without a health check, a limit None without one."""

    id: str
    name: str
    image: str
    service: str
    pid: int
    """Of its first process, as the host counts; 0 where it does not run at the moment."""
    started: float | None
    """Seconds since 1970."""
    restarts: int
    health: str | None
    quota: int | None
    """Microseconds of CPU time in each period of ``period`` microseconds."""
    period: int
    memory_limit: int | None
    """Bytes."""
    own_network: bool
    """Whether its interfaces are its own, and not the host's or another container's."""


def parse_container(inspected: Mapping[str, Any]) -> Container:
    """Raises KeyError, TypeError or ValueError where it is no description of a container."""
    state, host, config = inspected["State"], inspected["HostConfig"], inspected["Config"]
    quota, period = _cpu_limit(host)
    mode = str(host.get("NetworkMode", ""))
    health = (state.get("Health") or {}).get("Status")
    started = datetime.fromisoformat(state["StartedAt"]).timestamp()
    return Container(
        id=str(inspected["Id"]),
        name=str(inspected["Name"]).removeprefix("/"),
        image=str(config["Image"]),
        service=str((config.get("Labels") or {}).get(SERVICE_LABEL, "")),
        pid=int(state["Pid"]),
        started=started if started > 0 else None,
        restarts=int(inspected["RestartCount"]),
        health=None if health in (None, "", "none") else str(health),
        quota=quota,
        period=period,
        memory_limit=int(host.get("Memory") or 0) or None,
        own_network=mode != "host" and not mode.startswith("container:"),
    )


def _cpu_limit(host: Mapping[str, Any]) -> tuple[int | None, int]:
    """Quota and period, from either of the two ways to say it."""
    period = int(host.get("CpuPeriod") or DEFAULT_PERIOD_MICROSECONDS)
    nano = int(host.get("NanoCpus") or 0)
    if nano > 0:
        return nano * DEFAULT_PERIOD_MICROSECONDS // NANO, DEFAULT_PERIOD_MICROSECONDS
    quota = int(host.get("CpuQuota") or 0)
    return (quota if quota > 0 else None), period
