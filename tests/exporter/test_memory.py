from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from exporter.collectors.memory import MemoryCollector, parse_meminfo, parse_vmstat


def values(collector: MemoryCollector) -> dict[str, float]:
    return {sample.name: sample.value for family in collector.collect() for sample in family.samples}


def test_kilobytes_become_bytes_and_counts_stay_counts() -> None:
    text = "MemTotal:       15666184 kB\nActive(anon):     267256 kB\nHugePages_Total:       7\nOdd:\n"
    assert parse_meminfo(text) == {"MemTotal_bytes": 16042172416, "Active_anon_bytes": 273670144, "HugePages_Total": 7}


def test_of_vmstat_paging_faults_and_kills_are_taken() -> None:
    text = (
        "nr_free_pages 5\npgpgin 1\npswpout 2\npgmajfault 3\npgscan_kswapd 9\nworkingset_refault_anon 9\noom_kill 4\n"
    )
    assert parse_vmstat(text) == {"pgpgin": 1, "pswpout": 2, "pgmajfault": 3, "oom_kill": 4}


def test_a_host_that_hides_vmstat_still_has_its_memory(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 10 kB\nMemAvailable: 5 kB\n")
    assert values(MemoryCollector(tmp_path)) == {
        "node_memory_MemTotal_bytes": 10240,
        "node_memory_MemAvailable_bytes": 5120,
    }


def test_a_host_that_does_not_say_what_is_available_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 10 kB\nMemFree: 5 kB\n")
    with pytest.raises(ValueError, match=r"meminfo does not say node_memory_MemAvailable_bytes"):
        values(MemoryCollector(tmp_path))


def test_where_there_is_no_proc_psutil_gives_the_same_metrics() -> None:
    found = values(MemoryCollector(proc=None))
    assert found["node_memory_MemTotal_bytes"] == psutil.virtual_memory().total
    assert set(found) == {f"node_memory_{field}_bytes" for field in ("MemTotal", "MemFree", "MemAvailable")}
