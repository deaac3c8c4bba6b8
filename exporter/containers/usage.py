"""What a container has used, from wherever it was read; the engine's own statistics as one of the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

NANO: Final = 1e9
NEVER: Final = "0001-01-01"
"""When the engine last read a container that does not run; the zeros beside it are not counters."""


@dataclass(frozen=True)
class Traffic:
    """Bytes and dropped packets through one interface."""

    received: int
    received_dropped: int
    sent: int
    sent_dropped: int


@dataclass(frozen=True)
class Usage:
    """Seconds of CPU time and of being held back by the CPU limit, the limit's periods, and bytes of memory."""

    cpu: float
    periods: int
    throttled_periods: int
    throttled: float
    memory: int
    working_set: int
    """Memory without the part of the page cache that can be dropped at once, as cAdvisor and Docker count it."""
    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    """By interface; without loopback."""


def working_set(memory: int, inactive_file: int) -> int:
    """The two are read one after the other, so the second may be the larger."""
    return max(0, memory - inactive_file)


def parse_stats(stats: Mapping[str, Any]) -> Usage | None:
    """From the JSON of ``GET /containers/ID/stats``; None where the container does not run.

    Raises KeyError, TypeError or ValueError where it is something else.
    """
    if str(stats["read"]).startswith(NEVER):
        return None
    cpu, memory = stats["cpu_stats"], stats["memory_stats"]
    throttling, detail = cpu["throttling_data"], memory["stats"]
    # cgroup v1 has both names, and the one without its children first.
    inactive = int(detail.get("total_inactive_file", detail.get("inactive_file", 0)))
    return Usage(
        cpu=int(cpu["cpu_usage"]["total_usage"]) / NANO,
        periods=int(throttling["periods"]),
        throttled_periods=int(throttling["throttled_periods"]),
        throttled=int(throttling["throttled_time"]) / NANO,
        memory=int(memory["usage"]),
        working_set=working_set(int(memory["usage"]), inactive),
        traffic={
            name: Traffic(
                int(link["rx_bytes"]), int(link["rx_dropped"]), int(link["tx_bytes"]), int(link["tx_dropped"])
            )
            for name, link in (stats.get("networks") or {}).items()
        },
    )
