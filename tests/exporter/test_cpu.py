from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collectors.cpu import MODES, CpuCollector, ask_psutil, never_backwards, parse_stat

TWO_CORES = """\
cpu  30 0 0 60 0 0 0 0 0 0
cpu0 10 1 2 30 4 5 6 7 8 9
cpu10 20 0 0 30 0 0 0 0 0 0
intr 5 0 0
"""


def by_core_and_mode(collector: CpuCollector) -> dict[tuple[str, str], float]:
    return {
        (sample.labels["cpu"], sample.labels["mode"]): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def test_ticks_become_seconds_per_core_and_mode_without_the_sum_and_guest_time() -> None:
    cores = parse_stat(TWO_CORES, ticks_per_second=10).cores
    assert list(cores) == ["0", "10"]
    assert cores["0"] == dict(zip(MODES, (1.0, 0.1, 0.2, 3.0, 0.4, 0.5, 0.6, 0.7), strict=True))


def test_a_stat_without_cores_is_an_error_not_a_host_without_cpus() -> None:
    with pytest.raises(ValueError, match="no line for any core"):
        parse_stat("intr 5\n", 100)


def test_small_steps_back_are_held_mode_by_mode() -> None:
    before, now = {"idle": 50.0, "iowait": 4.0, "user": 9.0}, {"idle": 50.5, "iowait": 3.9, "user": 9.5}
    assert never_backwards(before, now) == {"idle": 50.5, "iowait": 4.0, "user": 9.5}


def test_a_core_that_was_taken_out_and_put_back_begins_anew() -> None:
    before, now = {"idle": 50.0, "iowait": 4.0}, {"idle": 47.0, "iowait": 0.0}
    assert never_backwards(before, now) == now


def test_the_collector_remembers_the_last_scrape(tmp_path: Path) -> None:
    collector = CpuCollector(tmp_path, ticks_per_second=10)
    (tmp_path / "stat").write_text("cpu0 10 0 0 30 4 0 0 0\n")
    assert by_core_and_mode(collector)["0", "iowait"] == 0.4
    (tmp_path / "stat").write_text("cpu0 20 0 0 40 3 0 0 0\n")
    values = by_core_and_mode(collector)
    assert (values["0", "iowait"], values["0", "idle"], values["0", "user"]) == (0.4, 4.0, 2.0)


def test_where_there_is_no_proc_psutil_gives_the_same_shape() -> None:
    values = by_core_and_mode(CpuCollector(proc=None))
    assert {mode for _, mode in values} <= set(MODES)
    assert {core for core, _ in values} == set(ask_psutil())
    assert values["0", "idle"] > 0
