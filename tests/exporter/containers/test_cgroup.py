from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from exporter.containers.cgroup import Cgroups
from exporter.containers.container import parse_container
from exporter.containers.usage import Traffic, Usage
from tests.exporter.containers.cgroup_tree import MEMBER_V1, MEMBER_V2, V1, V2, plant, plant_process
from tests.exporter.containers.fake_engine import recorded

API = parse_container(recorded("api.inspect"))
USED = Usage(7.25, 40, 30, 2.5, 10_000_000, 6_000_000, {"eth0": Traffic(1_000_932, 5, 2_000_042, 6)})
CGROUPFS, SYSTEMD = f"docker/{API.id}", f"system.slice/docker-{API.id}.scope"
SLICE = f"load.slice/load-test.slice/docker-{API.id}.scope"
"""Where ``--cgroup-parent load-test.slice`` puts it."""


@pytest.mark.parametrize(("tree", "member"), [(V1, MEMBER_V1), (V2, MEMBER_V2)])
@pytest.mark.parametrize("group", [CGROUPFS, SYSTEMD, SLICE])
def test_both_versions_and_wherever_the_engine_put_it(
    tree: dict[str, str], member: str, group: str, tmp_path: Path
) -> None:
    sys = plant(tmp_path, tree, group)
    proc = plant_process(tmp_path, API.pid, member.format(member=group))
    assert Cgroups(sys, proc).read(API) == USED


def test_an_init_that_moved_its_process_further_down_is_not_the_container(tmp_path: Path) -> None:
    sys = plant(tmp_path, V2, SLICE)
    proc = plant_process(tmp_path, API.pid, MEMBER_V2.format(member=f"{SLICE}/init"))
    assert Cgroups(sys, proc).read(API) == USED


def test_a_reader_in_a_cgroup_namespace_of_its_own_sees_a_path_that_leads_out_of_it(tmp_path: Path) -> None:
    sys = plant(tmp_path, V2, CGROUPFS)
    proc = plant_process(tmp_path, API.pid, MEMBER_V2.format(member=f"../{API.id}"))
    assert Cgroups(sys, proc).read(API) == USED


def test_a_number_that_is_now_another_process_gives_no_figures(tmp_path: Path) -> None:
    sys = plant(tmp_path, V2, CGROUPFS)
    proc = plant_process(tmp_path, API.pid, MEMBER_V2.format(member="user.slice"))
    assert Cgroups(sys, proc).read(API) is None


def test_in_the_hosts_network_no_traffic_is_its_own_and_its_process_need_not_be_seen(tmp_path: Path) -> None:
    sys = plant(tmp_path, V2, CGROUPFS)
    read = Cgroups(sys, tmp_path / "no-proc").read(replace(API, own_network=False))
    assert read == replace(USED, traffic={})


@pytest.mark.parametrize("gone", ["cpu.stat", "memory.current", "memory.stat"])
def test_a_file_that_vanishes_is_a_container_that_ended(gone: str, tmp_path: Path) -> None:
    sys = plant(tmp_path, V2, CGROUPFS)
    proc = plant_process(tmp_path, API.pid, MEMBER_V2.format(member=CGROUPFS))
    cgroups = Cgroups(sys, proc)
    assert cgroups.read(API) == USED
    (sys / "fs" / "cgroup" / CGROUPFS / gone).unlink()
    assert cgroups.read(API) is None


def test_hidden_files_and_systems_without_any_give_none(tmp_path: Path) -> None:
    assert Cgroups(tmp_path, tmp_path).read(API) is None
    assert Cgroups(None, None).read(API) is None


def test_the_v2_kernel_without_the_cpu_controller_counts_no_periods(tmp_path: Path) -> None:
    sys = plant(tmp_path, V2 | {"{group}/cpu.stat": "usage_usec 7250000\n"}, CGROUPFS)
    proc = plant_process(tmp_path, API.pid, MEMBER_V2.format(member=CGROUPFS))
    assert Cgroups(sys, proc).read(API) == replace(USED, periods=0, throttled_periods=0, throttled=0)


def test_a_whole_folder_that_vanishes_between_two_scrapes(tmp_path: Path) -> None:
    sys = plant(tmp_path, V1, CGROUPFS)
    proc = plant_process(tmp_path, API.pid, MEMBER_V1.format(member=CGROUPFS))
    cgroups = Cgroups(sys, proc)
    assert cgroups.read(API) == USED
    shutil.rmtree(sys / "fs" / "cgroup" / "cpuacct" / CGROUPFS)
    assert cgroups.read(API) is None
