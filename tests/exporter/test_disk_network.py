"""What has a label ``device``: disks and interfaces."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from exporter.collector import Collector
from exporter.collectors.devices import MOST, Chosen, pattern
from exporter.collectors.disk import DiskCollector, parse_diskstats
from exporter.collectors.network import NetworkCollector, parse_dev
from tests.exporter.fake_host import PROC, SYS

HEADER = "Inter-|   Receive\n face |bytes\n"


def by_device(collector: Collector, name: str) -> dict[str, float]:
    samples = [sample for family in collector.collect() for sample in family.samples]
    return {sample.labels["device"]: sample.value for sample in samples if sample.name == name}


def test_partitions_ram_disks_and_loops_are_left_out_and_units_are_bytes_and_seconds() -> None:
    assert by_device(DiskCollector(PROC), "node_disk_read_bytes_total") == {
        "nvme0n1": 2310456 * 512,
        "dm-0": 20480 * 512,
        "sda": 61200 * 512,
    }
    assert by_device(DiskCollector(PROC), "node_disk_io_time_seconds_total")["nvme0n1"] == pytest.approx(620.144)


def test_an_old_kernels_disk_has_fewer_columns_and_no_zeros_in_their_place() -> None:
    assert set(by_device(DiskCollector(PROC), "node_disk_flush_requests_total")) == {"nvme0n1", "dm-0"}


def test_columns_that_a_newer_kernel_adds_are_passed_over() -> None:
    line = "8 0 sda " + " ".join(map(str, range(20)))
    assert parse_diskstats(line) == {"sda": list(range(17))}


def test_an_interfaces_alias_may_have_a_colon() -> None:
    assert list(parse_dev(f"{HEADER}eth0:1: {' 5' * 16}\n")) == ["eth0:1"]


def test_a_table_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="has 15 columns, not 16"):
        parse_dev(f"{HEADER}eth0: {' 5' * 15}\n")


def test_a_speed_is_told_where_the_kernel_tells_one() -> None:
    assert by_device(NetworkCollector(PROC, SYS), "node_network_speed_bytes") == {
        "ens5": 3.125e9,
        "ens6": -125000,  # as node_exporter has it where the kernel says -1
        "docker0": 1.25e9,
    }


def test_an_interface_that_vanishes_between_listing_and_reading_keeps_its_counters(tmp_path: Path) -> None:
    shutil.copytree(SYS / "class/net/ens6", tmp_path / "class/net/ens6")
    collector = NetworkCollector(PROC, tmp_path)
    assert set(by_device(collector, "node_network_speed_bytes")) == {"ens6"}
    assert set(by_device(collector, "node_network_receive_bytes_total")) == {"ens5", "ens6", "docker0"}


def test_a_counter_that_wraps_is_told_as_it_is_which_prometheus_takes_for_a_new_beginning(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    collector = NetworkCollector(tmp_path, SYS)
    seen = []
    for value in (2**32 - 1, 5):
        (tmp_path / "net/dev").write_text(f"{HEADER}eth0: {value} {' 1' * 15}\n")
        seen.append(by_device(collector, "node_network_receive_bytes_total")["eth0"])
    assert seen == [2**32 - 1, 5]


def test_beyond_the_bound_real_interfaces_stay_and_the_rest_is_counted(tmp_path: Path) -> None:
    names = [*(f"veth{number}" for number in range(MOST)), "ens5"]
    (tmp_path / "net").mkdir()
    (tmp_path / "net/dev").write_text(HEADER + "".join(f"{name}: {' 1' * 16}\n" for name in names))
    collector = NetworkCollector(tmp_path, tmp_path)
    reported = by_device(collector, "node_network_receive_bytes_total")
    assert (len(reported), "ens5" in reported, collector.left_out) == (MOST, True, 1)
    (tmp_path / "net/dev").write_text(f"{HEADER}ens5: {' 1' * 16}\n")
    by_device(collector, "")
    assert collector.left_out == 0


def test_beyond_the_bound_the_order_decides_and_does_not_change() -> None:
    chosen = Chosen(re.compile("^$"), lambda device: device.startswith("md"), most=2)
    assert chosen.of(["md0", "vda1", "vdb1", "vdc"]) == ["vda1", "vdb1"]
    assert chosen.left_out == 2
    assert chosen.of(["md0", "vda1"]) == ["md0", "vda1"]


def test_a_wrong_expression_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match=r"'\(eth' is not a regular expression: missing \)"):
        pattern("(eth")
