from __future__ import annotations

import pytest

from exporter.collectors.ec2_network_allowance import Ec2NetworkAllowanceCollector
from exporter.errors import NothingHere

ENA = {
    "tx_timeout": 0,
    "suspend": 0,
    "bw_in_allowance_exceeded": 7,
    "bw_out_allowance_exceeded": 1_234,
    "pps_allowance_exceeded": 0,
    "conntrack_allowance_exceeded": 3,
    "linklocal_allowance_exceeded": 0,
    "conntrack_allowance_available": 136_812,
    "queue_0_tx_cnt": 5,
}
"""As ``ethtool -S`` shows them with version 2.13 of the driver, shortened."""


class Drivers:
    """Interfaces with a driver and its counters each."""

    def __init__(self, **interfaces: tuple[str | None, dict[str, int]]) -> None:
        self._interfaces = interfaces

    def interfaces(self) -> list[str]:
        return list(self._interfaces)

    def driver(self, interface: str) -> str | None:
        return self._interfaces[interface][0]

    def statistics(self, interface: str) -> dict[str, int]:
        return self._interfaces[interface][1]


def values(collector: Ec2NetworkAllowanceCollector) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels["device"]): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def test_each_allowance_of_each_ena_interface() -> None:
    old = {name: value for name, value in ENA.items() if not name.startswith("conntrack_allowance_available")}
    found = values(Ec2NetworkAllowanceCollector(Drivers(lo=(None, {}), ens5=("ena", ENA), ens6=("ena", old))))
    assert {name: value for (name, device), value in found.items() if device == "ens5"} == {
        "ec2_network_bw_in_allowance_exceeded_total": 7,
        "ec2_network_bw_out_allowance_exceeded_total": 1_234,
        "ec2_network_pps_allowance_exceeded_total": 0,
        "ec2_network_conntrack_allowance_exceeded_total": 3,
        "ec2_network_linklocal_allowance_exceeded_total": 0,
        "ec2_network_conntrack_allowance_available": 136_812,
    }
    assert ("ec2_network_conntrack_allowance_available", "ens6") not in found
    assert ("ec2_network_bw_out_allowance_exceeded_total", "ens6") in found


@pytest.mark.parametrize(
    ("drivers", "reason"),
    [
        (Drivers(), "no interface has EC2's ENA driver"),
        (
            Drivers(lo=(None, {}), eth0=("virtio_net", {"rx_drops": 4})),
            "in a container only the host's network has one",
        ),
        (Drivers(ens5=("ena", {"tx_timeout": 0})), r"they came with version 2\.2\.10"),
    ],
)
def test_where_there_is_nothing_to_read_it_says_why(drivers: Drivers, reason: str) -> None:
    with pytest.raises(NothingHere, match=reason):
        values(Ec2NetworkAllowanceCollector(drivers))


def test_more_interfaces_than_are_reported_are_counted() -> None:
    collector = Ec2NetworkAllowanceCollector(Drivers(**{f"ens{at}": ("ena", ENA) for at in range(40)}))
    assert len({device for _, device in values(collector)}) == 32
    assert collector.left_out == 8
