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

WATCHED: Final = (CPU_USAGE, QUOTA, PERIOD, PERIODS, THROTTLED)
