"""The collector against a fake socket: what the engine says, and what it fails to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.collectors.containers import ContainersCollector
from exporter.containers.engine import Engine, EngineError
from exporter.errors import NothingHere
from tests.exporter.containers.cgroup_tree import MEMBER_V1, V1, plant, plant_process
from tests.exporter.containers.fake_engine import FakeEngine, recorded
from tests.exporter.raw_http import over_unix

API, WEB = recorded("api.inspect"), recorded("web.inspect")

Values = dict[tuple[str, str], float]


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def engine(fake: FakeEngine, tmp_path: Path) -> Iterator[Engine]:
    with over_unix(tmp_path / "d.sock", fake) as path:
        yield Engine(path)


def values(collector: ContainersCollector) -> Values:
    """By metric and container; of several interfaces or statuses the last."""
    return {
        (sample.name, sample.labels["name"]): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def without_files(engine: Engine, tmp_path: Path, most: int = 100) -> ContainersCollector:
    """As in a container that mounts neither /sys nor /proc of its host."""
    return ContainersCollector(engine, tmp_path / "no-sys", tmp_path / "no-proc", most)


def test_where_the_kernels_files_are_seen_they_are_read_and_the_engine_is_not_asked_for_statistics(
    engine: Engine, fake: FakeEngine, tmp_path: Path
) -> None:
    for inspected in (API, WEB):
        group = f"docker/{inspected['Id']}"
        sys = plant(tmp_path, V1, group)
        proc = plant_process(tmp_path, inspected["State"]["Pid"], MEMBER_V1.format(member=group))
    collector = ContainersCollector(engine, sys, proc)
    assert values(collector)["container_cpu_usage_seconds_total", "shop-api-1"] == 7.25
    usage = sys / "fs" / "cgroup" / "cpuacct" / f"docker/{API['Id']}" / "cpuacct.usage"
    usage.write_text("8500000000\n")
    found = values(collector)
    assert found["container_cpu_usage_seconds_total", "shop-api-1"] == 8.5
    assert found["container_cpu_cfs_throttled_seconds_total", "shop-api-1"] == 2.5
    assert found["container_network_transmit_bytes_total", "shop-web-1"] == 2_000_042
    assert not [asked for asked in fake.asked if "stats" in asked]


def test_where_they_are_hidden_the_engines_figures_are_given(engine: Engine, tmp_path: Path) -> None:
    found = values(without_files(engine, tmp_path))
    stats = recorded("api.stats")
    assert (
        found["container_cpu_usage_seconds_total", "shop-api-1"] == stats["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
    )
    assert (
        found["container_network_receive_bytes_total", "shop-web-1"]
        == recorded("web.stats")["networks"]["eth0"]["rx_bytes"]
    )


def test_throttling_and_limits_are_only_told_where_there_is_a_limit(engine: Engine, tmp_path: Path) -> None:
    found = values(without_files(engine, tmp_path))
    of_limits = {metric for metric, name in found if name == "shop-api-1"} - {
        metric for metric, name in found if name == "shop-web-1"
    }
    assert of_limits == {
        "container_cpu_cfs_periods_total",
        "container_cpu_cfs_throttled_periods_total",
        "container_cpu_cfs_throttled_seconds_total",
        "container_spec_cpu_quota",
        "container_spec_cpu_period",
        "container_spec_memory_limit_bytes",
        "container_health_status",
    }
    assert found["container_restarts_total", "shop-web-1"] == 3


def test_health_is_one_status_of_three(engine: Engine, fake: FakeEngine, tmp_path: Path) -> None:
    fake.answers[f"/v1.41/containers/{API['Id']}/json"]["State"]["Health"]["Status"] = "unhealthy"
    (health,) = (
        family for family in without_files(engine, tmp_path).collect() if family.name == "container_health_status"
    )
    assert {sample.labels["status"]: sample.value for sample in health.samples} == {
        "starting": 0,
        "healthy": 0,
        "unhealthy": 1,
    }


def test_of_too_many_containers_the_oldest_are_kept_and_the_others_counted(
    engine: Engine, fake: FakeEngine, tmp_path: Path
) -> None:
    listed = fake.answers["/v1.41/containers/json"]
    for one in listed:
        one["Created"] = 100 if one["Id"] == WEB["Id"] else 200
    collector = without_files(engine, tmp_path, most=1)
    assert {name for _, name in values(collector)} == {"shop-web-1"}
    assert collector.left_out == 1


def test_one_that_ended_after_it_was_listed_is_not_there(engine: Engine, fake: FakeEngine, tmp_path: Path) -> None:
    del fake.answers[f"/v1.41/containers/{WEB['Id']}/json"]
    del fake.answers[f"/v1.41/containers/{API['Id']}/stats"]
    found = values(without_files(engine, tmp_path))
    assert {name for _, name in found} == {"shop-api-1"}
    assert ("container_cpu_usage_seconds_total", "shop-api-1") not in found


def test_an_engine_without_containers_has_nothing_to_say_and_does_not_fail(
    engine: Engine, fake: FakeEngine, tmp_path: Path
) -> None:
    fake.answers["/v1.41/containers/json"] = []
    assert values(without_files(engine, tmp_path)) == {}


@pytest.mark.parametrize("strange", [{"State": None}, {"Name": "x"}, {"RestartCount": "many"}, {"State": {"Pid": 1}}])
def test_a_strange_description_is_a_failure(
    strange: dict[str, object], engine: Engine, fake: FakeEngine, tmp_path: Path
) -> None:
    path = f"/v1.41/containers/{API['Id']}/json"
    fake.answers[path] = strange if strange == {"Name": "x"} else API | strange
    with pytest.raises(EngineError, match="described a container in a strange way"):
        values(without_files(engine, tmp_path))


def test_without_docker_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(NothingHere, match="no Docker here"):
        values(without_files(Engine(tmp_path / "none.sock"), tmp_path))
