"""What AWS promises of this instance's type, so that use can be shown as a share: ``ec2_instance_…``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.ec2.instance import Instance
from exporter.ec2.instance_types import TABLE, baseline_ratio, look_up, source
from exporter.errors import NothingHere


class Ec2InstanceLimitsCollector:
    """The type is the metadata service's word, its figures are from the table that the exporter carries."""

    name = "ec2_instance_limits"
    refresh_seconds = 300.0
    """Nothing of it changes; this is how soon an instance is noticed that could not be asked at first."""

    def __init__(self, instance: Instance | None = None, table: Path = TABLE) -> None:
        self._instance = instance or Instance()
        self._table = table

    def collect(self) -> Iterator[Metric]:
        """Gauges; the CPU baseline only for burstable types."""
        name = self._instance.identity().instance_type
        found = look_up(name, self._table)
        if found is None:
            raise NothingHere(f"{name} is not in the table of instance types ({source(self._table)})")
        yield GaugeMetricFamily(names.EC2_INSTANCE_VCPUS, "vCPUs of the instance type.", value=found.vcpus)
        yield GaugeMetricFamily(names.EC2_INSTANCE_MEMORY, "Memory of the instance type.", value=found.memory_bytes)
        yield GaugeMetricFamily(
            names.EC2_INSTANCE_NETWORK_BASELINE,
            "Bandwidth that the instance type has for ever, in each direction.",
            value=found.baseline_bytes_per_second,
        )
        yield GaugeMetricFamily(
            names.EC2_INSTANCE_NETWORK_BURST,
            "Bandwidth that the instance type has for a while, in each direction.",
            value=found.burst_bytes_per_second,
        )
        baseline = baseline_ratio(name, found.vcpus)
        if baseline is not None:
            yield GaugeMetricFamily(
                names.EC2_INSTANCE_CPU_BASELINE,
                "Share of all vCPUs that the burstable instance type earns in CPU credits.",
                value=baseline,
            )
