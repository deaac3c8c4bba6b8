"""Machines as boards show them: on series of two cores that two exporters report."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.signals import containers, machine, resources
from rules.signals.host import SERVER
from tests.promql import evaluate

JOBS = ("exporter", "node")


def _reported(metric: str, values: str, **labels: str) -> dict[str, str]:
    """The series as each of the two exporters gives it."""
    shared = "".join(f',{name}="{value}"' for name, value in labels.items())
    return {f'{metric}{{instance="a",role="server",job="{job}"{shared}}}': values for job in JOBS}


CPU = {
    **_reported("node_cpu_seconds_total", "0+1.25x24", cpu="0", mode="idle"),
    **_reported("node_cpu_seconds_total", "0+2.5x24", cpu="0", mode="user"),
    **_reported("node_cpu_seconds_total", "0+1.25x24", cpu="0", mode="steal"),
    **_reported("node_cpu_seconds_total", "0+2.5x24", cpu="1", mode="idle"),
    **_reported("node_cpu_seconds_total", "0+2.5x24", cpu="1", mode="user"),
}
"""In 5 s: core 0 is busy for 3.75, a third of them stolen; core 1 for half."""


def test_a_core_s_busy_share_is_of_its_own_time(tmp_path: Path) -> None:
    expected = [('{instance="a",cpu="0"}', 0.75), ('{instance="a",cpu="1"}', 0.5)]
    evaluate(tmp_path, CPU, machine.busy_cores("1m", SERVER), "2m", expected)


def test_what_the_cpu_is_busy_with_is_of_all_cores(tmp_path: Path) -> None:
    expected = [('{mode="user"}', 0.5), ('{mode="steal"}', 0.125)]
    evaluate(tmp_path, CPU, machine.cpu_by_mode("1m", SERVER), "2m", expected)


def test_what_two_exporters_report_is_counted_once(tmp_path: Path) -> None:
    series = _reported("node_netstat_Tcp_RetransSegs", "0+10x24")
    evaluate(tmp_path, series, machine.rate(resources.RETRANSMITS, "1m", SERVER), "2m", [('{instance="a"}', 2)])


def test_virtual_devices_are_not_counted_beside_those_under_them(tmp_path: Path) -> None:
    metric = "node_network_receive_bytes_total"
    series = _reported(metric, "0+500x24", device="eth0") | _reported(metric, "0+500x24", device="veth12")
    expected = [('{instance="a",device="eth0"}', 100.0)]
    evaluate(tmp_path, series, machine.rate(resources.RECEIVED, "1m", SERVER), "2m", expected)


@pytest.mark.parametrize(("speed", "expected"), [("1000x24", [('{instance="a",device="eth0"}', 0.1)]), ("-1x24", [])])
def test_a_link_s_share_is_told_only_where_its_speed_is(
    tmp_path: Path, speed: str, expected: list[tuple[str, float]]
) -> None:
    series = _reported("node_network_transmit_bytes_total", "0+500x24", device="eth0")
    series |= _reported("node_network_speed_bytes", speed, device="eth0")
    evaluate(tmp_path, series, machine.link_share(resources.SENT, "1m", SERVER), "2m", expected)


def test_a_container_is_measured_against_its_own_limit(tmp_path: Path) -> None:
    labels = '{instance="a",role="server",name="api"}'
    series = {
        f"container_cpu_usage_seconds_total{labels}": "0+2x24",
        f"container_spec_cpu_quota{labels}": "50000x24",
        f"container_spec_cpu_period{labels}": "100000x24",
    }
    expected = [('{instance="a",name="api"}', 0.8)]
    evaluate(tmp_path, series, containers.cpu_of_limit("1m", SERVER), "2m", expected)
