from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from exporter.collectors.memory import MemoryCollector, parse_meminfo


def values(collector: MemoryCollector) -> dict[str, float]:
    return {sample.name: sample.value for family in collector.collect() for sample in family.samples}


def test_kilobytes_become_bytes_and_counts_are_left_out() -> None:
    text = "MemTotal:       15666184 kB\nActive(anon):     267256 kB\nHugePages_Total:       7\n"
    assert parse_meminfo(text) == {"MemTotal": 16042172416, "Active(anon)": 273670144}


def test_a_host_that_does_not_say_what_is_available_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 10 kB\nMemFree: 5 kB\n")
    with pytest.raises(ValueError, match=r"MemAvailable not in .*meminfo"):
        values(MemoryCollector(tmp_path))


def test_where_there_is_no_proc_psutil_gives_the_same_metrics() -> None:
    found = values(MemoryCollector(proc=None))
    assert found["node_memory_MemTotal_bytes"] == psutil.virtual_memory().total
    assert set(found) == {f"node_memory_{field}_bytes" for field in ("MemTotal", "MemFree", "MemAvailable")}
