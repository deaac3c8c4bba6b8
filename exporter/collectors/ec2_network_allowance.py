"""Packets that EC2 queued or dropped because the instance was over an allowance: the ENA driver's own counters.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-network-performance-ena.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from exporter import names
from exporter.ec2.ethtool import Ethtool
from exporter.errors import NothingHere

DRIVER: Final = "ena"
MOST_INTERFACES: Final = 32
"""More than any common instance type has."""

EXCEEDED: Final = {
    "bw_in_allowance_exceeded": (names.EC2_BW_IN_EXCEEDED, "the inbound bandwidth"),
    "bw_out_allowance_exceeded": (names.EC2_BW_OUT_EXCEEDED, "the outbound bandwidth"),
    "pps_allowance_exceeded": (names.EC2_PPS_EXCEEDED, "the packets per second in both directions"),
    "conntrack_allowance_exceeded": (names.EC2_CONNTRACK_EXCEEDED, "the number of tracked connections"),
    "linklocal_allowance_exceeded": (
        names.EC2_LINKLOCAL_EXCEEDED,
        "the packets per second to local services (DNS, instance metadata, time)",
    ),
}
"""The driver's name of a counter to the metric, and what the allowance is on."""
AVAILABLE: Final = "conntrack_allowance_available"


class Driver(Protocol):
    """What is asked of the interfaces; exporter/ec2/ethtool.py in production."""

    def interfaces(self) -> list[str]:
        """Names."""

    def driver(self, interface: str) -> str | None:
        """Its driver's name."""

    def statistics(self, interface: str) -> dict[str, int]:
        """Its driver's counters."""


class Ec2NetworkAllowanceCollector:
    """Reads every interface that has the ENA driver, at every scrape; a counter that a driver lacks is left out."""

    name = "ec2_network_allowance"

    def __init__(self, driver: Driver | None = None) -> None:
        self._driver = driver or Ethtool()
        self.left_out = 0

    def collect(self) -> Iterator[Metric]:
        """Counters of packets by device, and how many connections may still be tracked."""
        statistics = self._read()
        for counter, (metric, allowance) in EXCEEDED.items():
            family = CounterMetricFamily(
                metric,
                f"Packets queued or dropped because {allowance} exceeded what the instance may have.",
                labels=(names.DEVICE,),
            )
            for device, counters in statistics.items():
                if counter in counters:
                    family.add_metric((device,), counters[counter])
            if family.samples:
                yield family
        available = GaugeMetricFamily(
            names.EC2_CONNTRACK_AVAILABLE,
            "Connections that can be tracked beside those there are.",
            labels=(names.DEVICE,),
        )
        for device, counters in statistics.items():
            if AVAILABLE in counters:
                available.add_metric((device,), counters[AVAILABLE])
        if available.samples:
            yield available

    def _read(self) -> dict[str, dict[str, int]]:
        devices = [name for name in self._driver.interfaces() if self._driver.driver(name) == DRIVER]
        if not devices:
            raise NothingHere(
                "no interface has EC2's ENA driver; in a container only the host's network has one (network_mode: host)"
            )
        self.left_out = max(0, len(devices) - MOST_INTERFACES)
        statistics = {name: self._driver.statistics(name) for name in devices[:MOST_INTERFACES]}
        if not any(EXCEEDED.keys() & counters.keys() for counters in statistics.values()):
            raise NothingHere("this ENA driver has no allowance counters; they came with version 2.2.10")
        return statistics
