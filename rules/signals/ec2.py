"""What EC2 limits beside the machine itself, under our exporter's names: network allowances and CPU credits."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals.signal import Signal


def _exceeded(name: str, metric: str, description: str) -> Signal:
    return Signal(name, "packets/s", description, metric, "counter", by=(names.INSTANCE, names.DEVICE))


def _credits(name: str, unit: str, metric: str, description: str) -> Signal:
    return Signal(name, unit, description, metric, "gauge", by=(names.INSTANCE,))


BANDWIDTH_IN: Final = _exceeded(
    "over inbound bandwidth", names.EC2_BW_IN_EXCEEDED, "Packets held back or dropped: too many bytes inbound."
)
BANDWIDTH_OUT: Final = _exceeded(
    "over outbound bandwidth", names.EC2_BW_OUT_EXCEEDED, "Packets held back or dropped: too many bytes outbound."
)
PACKETS: Final = _exceeded(
    "over packet rate", names.EC2_PPS_EXCEEDED, "Packets held back or dropped: too many packets."
)
CONNECTIONS: Final = _exceeded(
    "over tracked connections", names.EC2_CONNTRACK_EXCEEDED, "Packets dropped: no connection could be tracked more."
)
LOCAL_SERVICES: Final = _exceeded(
    "over local services", names.EC2_LINKLOCAL_EXCEEDED, "Packets dropped: too many to DNS, metadata or time service."
)
CREDITS: Final = _credits("CPU credits", "credits", names.EC2_CREDIT_BALANCE, "CPU credits left, every five minutes.")
SURPLUS: Final = _credits(
    "surplus CPU credits", "credits", names.EC2_SURPLUS_BALANCE, "CPU credits spent beyond what was earned."
)
CREDITS_TIME: Final = _credits(
    "time of the CPU credits", "s", names.EC2_CREDIT_TIMESTAMP, "End of the five minutes that the balance is of."
)
CREDITS_SPENT: Final = _credits(
    "CPU credits spent", "credits", names.EC2_CREDIT_USAGE, "Spent in five minutes; one is a vCPU for a minute."
)
CPU_BASELINE: Final = _credits(
    "CPU baseline", "ratio", names.EC2_CPU_BASELINE, "Share of all vCPUs that a burstable type earns, 0 to 1."
)
NETWORK_BASELINE: Final = _credits(
    "network baseline", "bytes/s", names.EC2_NETWORK_BASELINE, "Bandwidth that the instance type may use for ever."
)
CONNECTIONS_LEFT: Final = Signal(
    "connections left",
    "connections",
    "Connections that can still be tracked.",
    names.EC2_CONNTRACK_AVAILABLE,
    "gauge",
    by=(names.INSTANCE, names.DEVICE),
)
TYPE: Final = Signal(
    "instance type",
    "1",
    "Always 1; the type is in its label.",
    names.EC2_INSTANCE_INFO,
    "gauge",
    aggregation="max",
    by=(names.INSTANCE, names.INSTANCE_TYPE),
)

EXCEEDED: Final = (BANDWIDTH_IN, BANDWIDTH_OUT, PACKETS, CONNECTIONS, LOCAL_SERVICES)
WATCHED: Final = (*EXCEEDED, CREDITS, SURPLUS, CREDITS_TIME)
