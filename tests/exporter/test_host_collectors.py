"""The small host collectors: what their files may say, and what they say where a file is not there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.collector import Collector
from exporter.collectors.conntrack import ConntrackCollector
from exporter.collectors.cpu import CpuCollector
from exporter.collectors.disk import DiskCollector
from exporter.collectors.filedescriptors import FileDescriptorsCollector
from exporter.collectors.load import LoadCollector
from exporter.collectors.memory import MemoryCollector
from exporter.collectors.netstat import parse_lines, parse_pairs
from exporter.collectors.network import NetworkCollector
from exporter.collectors.pressure import PressureCollector, parse_pressure
from exporter.collectors.self import SelfCollector
from exporter.collectors.sockets import SocketsCollector, parse_sockstat
from exporter.collectors.softnet import SoftnetCollector, parse_softnet
from exporter.collectors.system import SystemCollector
from exporter.errors import NothingHere
from tests.exporter.fake_host import PROC, SYS


def values(collector: Collector) -> dict[str, float]:
    return {sample.name: sample.value for family in collector.collect() for sample in family.samples}


def test_protocol_counters_are_found_by_name_wherever_the_kernel_puts_them() -> None:
    text = "TcpExt: TW ListenOverflows ListenDrops\nTcpExt: 7 5 6\nIp: Forwarding DefaultTTL\nIp: 1 64\n"
    assert dict(parse_pairs(text)) == {
        ("TcpExt", "ListenOverflows"): 5,
        ("TcpExt", "ListenDrops"): 6,
        ("Ip", "Forwarding"): 1,
    }
    assert dict(parse_lines("Ip6InOctets 5\nIcmp6InMsgs 2\nUdp6NoPorts 1\nIp6InDiscards 9\n")) == {
        ("Ip6", "InOctets"): 5,
        ("Icmp6", "InMsgs"): 2,
        ("Udp6", "NoPorts"): 1,
    }


def test_names_without_values_are_an_error_not_a_host_without_connections() -> None:
    with pytest.raises(ValueError, match="zip"):
        dict(parse_pairs("TcpExt: ListenDrops\n"))


def test_pages_of_sockets_are_bytes_too() -> None:
    assert parse_sockstat("TCP: inuse 3 tw 2842 mem 5\n", page_bytes=4096) == {
        ("TCP", "inuse"): 3,
        ("TCP", "tw"): 2842,
        ("TCP", "mem"): 5,
        ("TCP", "mem_bytes"): 20480,
    }


def test_without_ipv6_the_rest_is_told(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    for name in ("netstat", "snmp", "sockstat"):
        (tmp_path / "net" / name).write_text((PROC / "net" / name).read_text())
    found = values(SocketsCollector(tmp_path, SYS))
    assert found["node_sockstat_TCP_tw"] == 5321
    assert not [name for name in found if "6_" in name]


def test_cores_of_softnet_are_named_by_their_own_number_where_it_is_told() -> None:
    eleven = " ".join(["00000000"] * 9)
    assert parse_softnet(f"0000000a 00000001 00000002 {eleven} 00000005\n") == {"5": [10, 1, 2]}
    assert parse_softnet("0000000a 1 2 0 0 0 0 0 0 0\n0000000b 1 2 0 0 0 0 0 0 0\n") == {
        "0": [10, 1, 2],
        "1": [11, 1, 2],
    }


def test_pressure_is_told_in_seconds() -> None:
    assert parse_pressure("some avg10=1.00 avg60=0.00 avg300=0.00 total=2500000\n") == {"some": 2.5}


def test_a_kernel_without_pressure_has_nothing_here(tmp_path: Path) -> None:
    with pytest.raises(NothingHere, match="boot it with psi=1"):
        list(PressureCollector(tmp_path).collect())


def test_a_host_that_tracks_no_connections_has_nothing_here(tmp_path: Path) -> None:
    with pytest.raises(NothingHere, match="nf_conntrack is not loaded"):
        list(ConntrackCollector(tmp_path, SYS).collect())


def test_of_a_mounted_proc_the_entries_are_the_hosts_and_not_the_readers(tmp_path: Path) -> None:
    (tmp_path / "1/net/stat").mkdir(parents=True)
    (tmp_path / "1/net/stat/nf_conntrack").write_text((PROC / "net/stat/nf_conntrack").read_text())
    (tmp_path / "sys/net/netfilter").mkdir(parents=True)
    (tmp_path / "sys/net/netfilter/nf_conntrack_max").write_text("262144\n")
    (tmp_path / "sys/net/netfilter/nf_conntrack_count").write_text("3\n")
    assert values(ConntrackCollector(tmp_path, SYS))["node_nf_conntrack_entries"] == 8000


def test_the_clock_is_told_as_it_is_also_when_it_jumps() -> None:
    times = iter([1000.0, 10.0])
    collector = SystemCollector(PROC, clock=lambda: next(times))
    assert [values(collector)["node_time_seconds"] for _ in range(2)] == [1000.0, 10.0]


def test_the_exporter_tells_its_own_cpu_and_memory() -> None:
    found = values(SelfCollector(PROC, version="0.1.0"))
    assert found["process_cpu_seconds_total"] == 1.75
    assert found["process_resident_memory_bytes"] == 7951 * os.sysconf("SC_PAGE_SIZE")
    assert found["loadline_exporter_build_info"] == 1


FROM_PROC: list[Callable[[Path], Collector]] = [
    CpuCollector,
    MemoryCollector,
    LoadCollector,
    DiskCollector,
    lambda proc: NetworkCollector(proc, SYS),
    lambda proc: SocketsCollector(proc, SYS),
    FileDescriptorsCollector,
    PressureCollector,
    lambda proc: SoftnetCollector(proc, SYS),
]


@pytest.mark.parametrize("make", FROM_PROC)
@pytest.mark.parametrize("damage", ["empty", "half", "garbage"])
def test_a_damaged_file_fails_the_collector_or_leaves_a_gap(
    tmp_path: Path, make: Callable[[Path], Collector], damage: str
) -> None:
    expected = values(make(PROC))
    for path in (path for path in PROC.rglob("*") if path.is_file()):
        text = path.read_text()
        copy = tmp_path / path.relative_to(PROC)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(
            {"empty": "", "half": text[: len(text) // 2], "garbage": "\x00\x7f ::: 1e999 nan\n" * 3}[damage]
        )
    try:
        found = values(make(tmp_path))
    except (ValueError, KeyError, IndexError):
        return
    assert found.keys() <= expected.keys()
    assert all(value >= 0 for name, value in found.items() if name.endswith("_total"))


NONE_OF_LINUX: list[Collector] = [
    DiskCollector(None),
    NetworkCollector(None, None),
    SocketsCollector(None, None),
    FileDescriptorsCollector(None),
    PressureCollector(None),
    ConntrackCollector(None, None),
    SoftnetCollector(None, None),
]


@pytest.mark.parametrize("collector", NONE_OF_LINUX, ids=lambda collector: collector.name)
def test_on_a_system_without_proc_what_needs_it_has_nothing_here(collector: Collector) -> None:
    with pytest.raises(NothingHere):
        list(collector.collect())


def test_on_a_system_without_proc_the_load_and_the_system_are_asked_of_it() -> None:
    assert set(values(LoadCollector(None))) == {"node_load1", "node_load5", "node_load15"}
    assert set(values(SystemCollector(None))) == {"node_time_seconds", "node_uname_info"}
