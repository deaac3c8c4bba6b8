"""What AWS promises of each instance type: ``instance_types.json``, written by infra/ec2/instance_types.py.

The file says where its figures are from, and of which day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("instance_types.json")

MIB: Final = 2**20
BYTES_PER_GIGABIT: Final = 1e9 / 8

CREDITS_PER_HOUR: Final[dict[str, dict[str, float]]] = {
    "t2": {"nano": 3, "micro": 6, "small": 12, "medium": 24, "large": 36, "xlarge": 54, "2xlarge": 81.6},
    "t3": {"nano": 6, "micro": 12, "small": 24, "medium": 24, "large": 36, "xlarge": 96, "2xlarge": 192},
}
"""CPU credits that a burstable type earns in an hour; one is one vCPU for one minute.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
"""
SAME_CREDITS: Final = {"t3a": "t3", "t4g": "t3"}


@dataclass(frozen=True)
class InstanceType:
    """Bandwidth is that of all network cards together, in bytes per second, for each direction."""

    vcpus: int
    memory_bytes: int
    baseline_bytes_per_second: float
    burst_bytes_per_second: float


def look_up(name: str, table: Path = TABLE) -> InstanceType | None:
    """None for a type that is newer than the table."""
    row = json.loads(table.read_text("utf-8"))["types"].get(name)
    if row is None:
        return None
    vcpus, memory, baseline, burst = row
    return InstanceType(vcpus, memory * MIB, baseline * BYTES_PER_GIGABIT, burst * BYTES_PER_GIGABIT)


def source(table: Path = TABLE) -> str:
    """Where the figures are from, and of which day."""
    return str(json.loads(table.read_text("utf-8"))["source"])


def credits_per_hour(name: str) -> float | None:
    """What the type earns; None for one that has no CPU credits, or whose are not known here."""
    family, _, size = name.partition(".")
    return CREDITS_PER_HOUR.get(SAME_CREDITS.get(family, family), {}).get(size)


def baseline_ratio(name: str, vcpus: int) -> float | None:
    """The share of all its vCPUs that a burstable type may use for ever, 0 to 1; None for a type without credits."""
    earned = credits_per_hour(name)
    return None if earned is None else earned / 60 / vcpus
