"""How containers stand against their own CPU limit, under cAdvisor's names."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals.signal import Kind, Signal


def _signal(name: str, unit: str, metric: str, description: str, kind: Kind) -> Signal:
    return Signal(name, unit, description, metric, kind, by=(names.INSTANCE, names.CONTAINER))


CPU_USAGE: Final = _signal("container CPU", "cores", names.CONTAINER_CPU_USAGE, "CPU time used.", "counter")
QUOTA: Final = _signal(
    "CPU quota", "microseconds", names.CONTAINER_CPU_QUOTA, "CPU time that the limit gives in each period.", "gauge"
)
PERIOD: Final = _signal("CPU period", "microseconds", names.CONTAINER_CPU_PERIOD, "Length of a period.", "gauge")
PERIODS: Final = _signal(
    "limited periods", "periods/s", names.CONTAINER_CPU_PERIODS, "Periods in which it ran under its limit.", "counter"
)
THROTTLED: Final = _signal(
    "throttled periods",
    "periods/s",
    names.CONTAINER_CPU_THROTTLED_PERIODS,
    "Periods in which its limit held it back.",
    "counter",
)

MEMORY: Final = _signal(
    "container memory", "bytes", names.CONTAINER_MEMORY, "Memory that cannot be dropped at once.", "gauge"
)
MEMORY_LIMIT: Final = _signal("memory limit", "bytes", names.CONTAINER_MEMORY_LIMIT, "Absent without one.", "gauge")
THROTTLED_TIME: Final = _signal(
    "throttled",
    "cores",
    names.CONTAINER_CPU_THROTTLED_SECONDS,
    "Cores' worth of time its limit held it back.",
    "counter",
)
RECEIVE_DROPS: Final = _signal(
    "dropped on receipt", "packets/s", names.CONTAINER_RECEIVE_DROPS, "Packets that its network dropped.", "counter"
)
SEND_DROPS: Final = _signal(
    "dropped on sending", "packets/s", names.CONTAINER_SEND_DROPS, "Packets that its network dropped.", "counter"
)

WATCHED: Final = (CPU_USAGE, QUOTA, PERIOD, PERIODS, THROTTLED, MEMORY, MEMORY_LIMIT)


def cpu_of_limit(window: str, hosts: str) -> str:
    """CPU time of each container over what its limit gives, 0 to 1; only of those that have one."""
    allowed = f"({QUOTA.value(hosts)} / {PERIOD.value(hosts)})"
    return f"{CPU_USAGE.rate(window, hosts)} / {allowed}"


def throttled_share(window: str, hosts: str) -> str:
    """Share of its periods in which the limit held a container back, 0 to 1."""
    return f"{THROTTLED.rate(window, hosts)} / {PERIODS.rate(window, hosts)}"


def memory_of_limit(hosts: str) -> str:
    """Memory of each container over its limit, 0 to 1; only of those that have one."""
    return f"{MEMORY.value(hosts)} / ({MEMORY_LIMIT.value(hosts)} > 0)"
