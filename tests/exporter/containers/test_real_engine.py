"""The collector against a real engine, with containers that do what is to be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exporter.collectors.containers import ContainersCollector
from exporter.containers.cgroup import Cgroups
from exporter.containers.container import Container, parse_container
from exporter.containers.engine import Engine
from exporter.containers.seen import look
from exporter.containers.usage import Usage
from tests.exporter.containers.real_engine import RealEngine
from tests.real import wait_for

BURN = "while :; do :; done"
QUOTA = 100_000_000
"""A tenth of a core, in billionths of one: what a busy machine has left in every period, or none would be throttled."""


def described(engine: RealEngine, container: Any) -> Container:
    return parse_container(engine.client.api.inspect_container(container.id))


def of(name: str, collector: ContainersCollector) -> dict[str, float]:
    """By metric; of several interfaces or statuses the last."""
    return {
        sample.name: sample.value
        for family in collector.collect()
        for sample in family.samples
        if sample.labels["name"] == name
    }


def test_a_container_that_burns_more_than_its_limit_is_seen_throttled(real_engine: RealEngine) -> None:
    with real_engine.container(BURN, nano_cpus=QUOTA, mem_limit="64m") as burning:
        collector = ContainersCollector(Engine(real_engine.socket))
        before = of(burning.name, collector)
        wait_for(lambda: of(burning.name, collector)["container_cpu_cfs_periods_total"] >= 20, "twenty periods")
        after = of(burning.name, collector)
    spent = {metric: after[metric] - before.get(metric, 0) for metric in after}
    periods = spent["container_cpu_cfs_periods_total"]
    assert (after["container_spec_cpu_quota"], after["container_spec_cpu_period"]) == (10_000, 100_000)
    assert spent["container_cpu_usage_seconds_total"] == pytest.approx(0.01 * periods, rel=0.5)
    assert spent["container_cpu_cfs_throttled_periods_total"] > 0.7 * periods
    assert spent["container_cpu_cfs_throttled_seconds_total"] > 0.02 * periods
    assert 0 < after["container_memory_working_set_bytes"] <= after["container_spec_memory_limit_bytes"] == 64 * 2**20


def test_the_engine_and_the_kernel_tell_the_same(real_engine: RealEngine) -> None:
    with real_engine.container("sleep 60", nano_cpus=QUOTA) as resting:
        one, kernel = described(real_engine, resting), Cgroups(Path("/sys"), Path("/proc"))
        # Until its own program has begun it is the engine's helper, which takes some megabytes more.
        runs = Path(f"/proc/{real_engine.client.api.inspect_container(resting.id)['State']['Pid']}/cmdline")
        wait_for(lambda: runs.read_bytes() == b"sleep\x0060\x00", "the container's own program")
        read = kernel.read(one)
        seen = look(Engine(real_engine.socket), Cgroups(None, None))
    assert isinstance(read, Usage)
    told = seen.usages[one.id]
    assert told.cpu == pytest.approx(read.cpu, abs=0.05)
    assert told.memory == pytest.approx(read.memory, abs=2**20)
    assert told.working_set == pytest.approx(read.working_set, abs=2**20)
    assert told.traffic.keys() == read.traffic.keys() == {"eth0"}
    assert told.traffic["eth0"].received == pytest.approx(read.traffic["eth0"].received, abs=2000)


def test_bytes_between_two_containers_are_counted_on_both(real_engine: RealEngine) -> None:
    serve = "dd if=/dev/zero of=/file bs=1000000 count=3; httpd -f -p 80"
    with real_engine.container(serve) as serving:
        serving.reload()
        address = serving.attrs["NetworkSettings"]["IPAddress"]
        fetch = f"until wget -q -O /dev/null http://{address}/file; do sleep 0.1; done; sleep 60"
        with real_engine.container(fetch) as fetching:
            collector = ContainersCollector(Engine(real_engine.socket))
            got = "container_network_receive_bytes_total"
            wait_for(lambda: of(fetching.name, collector).get(got, 0) >= 3_000_000, "three megabytes")
            assert of(serving.name, collector)["container_network_transmit_bytes_total"] >= 3_000_000


def test_restarts_and_health_are_counted(real_engine: RealEngine) -> None:
    failing = {"test": ["CMD", "false"], "interval": 200_000_000, "retries": 1}
    with (
        real_engine.container("exit 1", restart_policy={"Name": "always"}) as restarting,
        real_engine.container("sleep 60", healthcheck=failing) as ill,
    ):
        wait_for(lambda: described(real_engine, restarting).restarts >= 2, "two restarts")
        wait_for(lambda: described(real_engine, ill).health == "unhealthy", "a failed health check")
        collector = ContainersCollector(Engine(real_engine.socket))
        assert of(restarting.name, collector)["container_restarts_total"] >= 2
        assert of(ill.name, collector)["container_health_status"] == 1  # unhealthy is the last of the three


def test_the_hosts_network_is_not_a_containers(real_engine: RealEngine) -> None:
    with real_engine.container("sleep 60", network_mode="host") as beside:
        found = of(beside.name, ContainersCollector(Engine(real_engine.socket)))
    assert "container_cpu_usage_seconds_total" in found
    assert "container_network_receive_bytes_total" not in found
