"""What machines report, read from a real Prometheus: raw and on a grid, and only what is asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from loadline.bench import Bench
from rules import containers, ec2, names, processes, resources
from rules.host_reading import HostSamples, read_on_grid, read_raw
from rules.hosts import hosts_on, per_host
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import Floats, Series
from rules.signals.resources import WATCHED
from rules.timeline import Host
from tests.real import start_stack
from tests.simulator.remote_write import send

INSTANCE = "watched.test:9100"
SECONDS = 120.0


@pytest.fixture(scope="module")
def prometheus() -> Iterator[Prometheus]:
    """One of its own: a machine that has everything would be a host of every other test's runs."""
    with Bench() as bench:
        yield start_stack(bench)


@pytest.fixture(scope="module")
def run(prometheus: Prometheus) -> Run:
    """Two minutes, ended now, of a machine that has everything, among devices that count twice."""
    end = float(np.floor(time.time())) - 1.0
    times = np.arange(end - SECONDS - 20.0, end + 0.5, 5.0)
    host = {names.INSTANCE: INSTANCE, names.JOB: "node", names.ROLE: "server"}
    since = times - times[0]

    def one(metric: str, values: Floats, **labels: str) -> Series:
        return Series({"__name__": metric, **host, **labels}, times, values)

    of_several = {names.DEVICE, names.CONTAINER, names.PROCESS_GROUP, names.INSTANCE_TYPE}
    series = [one(signal.metric, 100.0 + 2.0 * since) for signal in WATCHED if not of_several & set(signal.by)]
    series.append(one(names.EC2_INSTANCE_INFO, np.ones(times.size), instance_type="t3.medium"))
    for device in ("eth0", "lo", "veth12ab", "docker0"):
        series.append(one(names.NODE_NETWORK_SENT, 1e6 * since, device=device))
    series.append(one(names.NODE_NETWORK_SPEED, np.full(times.size, 2e6), device="eth0"))
    for device, share in (("nvme0n1", 0.25), ("dm-0", 0.9), ("loop3", 0.9)):
        series.append(one(names.NODE_DISK_IO_TIME, share * since, device=device))
    for name, cores in (("api", 0.4), ("worker", 0.1)):
        for metric, values in container(cores, since).items():
            series.append(one(metric, values, name=name))
    series.append(one(names.EC2_PPS_EXCEEDED, 3.0 * since, device="eth0"))
    for group, cores, resident in (("api", 0.2, 1e8), (names.K6_GROUP, 0.3, 2e8)):
        of_group = {names.PROCESS_GROUP: group}
        series.append(one(names.NAMED_FILES_RATIO, np.full(times.size, cores), **of_group))
        series += [one(names.NAMED_CPU, cores / 2 * since, mode=mode, **of_group) for mode in ("user", "system")]
        for kind, held in (("resident", resident), ("virtual", 1e12)):
            series.append(one(names.NAMED_MEMORY, np.full(times.size, held), memtype=kind, **of_group))
    for mode, share in (("idle", 0.4), ("steal", 0.1), ("user", 0.5)):
        series.append(one(names.NODE_CPU, share * since, cpu="0", mode=mode))
    series.append(Series({"__name__": names.NODE_LOAD1, names.INSTANCE: "nobody.test:9100"}, times, since))
    send(series, f"{prometheus.url}/api/v1/write")
    return Run("watched", 'testid="watched"', end - SECONDS, end)


def container(cores: float, since: Floats) -> dict[str, Floats]:
    """One that uses so many cores of the half that it may, throttled in a fifth of its ten periods a second.

    Of half a gigabyte of memory it uses the same share.
    """
    return {
        names.CONTAINER_CPU_USAGE: cores * since,
        names.CONTAINER_CPU_QUOTA: np.full(since.size, 50_000.0),
        names.CONTAINER_CPU_PERIOD: np.full(since.size, 100_000.0),
        names.CONTAINER_CPU_PERIODS: 10.0 * since,
        names.CONTAINER_CPU_THROTTLED_PERIODS: 2.0 * since,
        names.CONTAINER_MEMORY: np.full(since.size, 1e9 * cores),
        names.CONTAINER_MEMORY_LIMIT: np.full(since.size, 5e8),
    }


def told(samples: HostSamples, run: Run) -> Host:
    hosts = hosts_on(np.arange(run.start + 10.0, run.end - 9.0, 10.0), per_host(samples))
    return next(host for host in hosts if host.instance == INSTANCE)


@pytest.mark.parametrize("reading", ["raw", "grid"])
def test_a_machine_is_read_as_it_reported(reading: str, run: Run, prometheus: Prometheus) -> None:
    samples = read_raw(prometheus, run) if reading == "raw" else read_on_grid(prometheus, run, 5)
    host = told(samples, run)
    assert host.cpu == pytest.approx(0.6, abs=0.01)
    assert host.steal == pytest.approx(0.1, abs=0.01)
    assert host.resources[resources.NETWORK].utilisation == pytest.approx(0.5, abs=0.01)
    assert host.resources[resources.DISK].utilisation == pytest.approx(0.25, abs=0.01)
    assert host.resources[resources.ACCEPT_QUEUE].errors == pytest.approx(2.0, abs=0.05)
    assert host.resources[resources.CONNTRACK].utilisation == pytest.approx(1.0)
    limited = host.resources[containers.CONTAINER]
    assert limited.of == "api"
    assert limited.utilisation == pytest.approx(0.8, abs=0.01)
    assert limited.saturation == pytest.approx(0.2, abs=0.01)
    in_memory = host.resources[containers.CONTAINER_MEMORY]
    assert in_memory.of == "api"
    assert in_memory.utilisation == pytest.approx(0.8)
    assert host.resources[processes.PROCESS_FILES].of == "api"
    assert host.resources[processes.PROCESS_FILES].utilisation == pytest.approx(0.2)
    assert host.resources[ec2.PACKETS].errors == pytest.approx(3.0, abs=0.05)
    assert {one.values[0] for one in samples[names.NAMED_MEMORY] if isinstance(one, Series)} == {1e8, 2e8}  # resident
    assert host.credits is not None
    assert (host.instance_type, host.cores) == ("t3.medium", 1)
    assert set(host.resources) == {
        containers.CONTAINER,
        containers.CONTAINER_MEMORY,
        ec2.PACKETS,
        resources.CPU,
        resources.MEMORY,
        resources.DISK,
        resources.NETWORK,
        resources.ACCEPT_QUEUE,
        resources.CONNTRACK,
        resources.FILES,
        resources.RETRANSMITS,
        resources.PORTS,
        resources.EPHEMERAL_PORTS,
        processes.PROCESS_FILES,
    }


def test_devices_on_top_of_others_and_machines_without_a_role_are_not_fetched(run: Run, prometheus: Prometheus) -> None:
    samples = read_raw(prometheus, run)
    devices = {one.labels.get(names.DEVICE) for group in samples.values() for one in group}
    assert devices == {None, "eth0", "nvme0n1"}
    assert all(one.labels.get(names.ROLE) for group in samples.values() for one in group)
    assert {one.labels[names.MODE] for one in samples[names.NODE_CPU]} >= {"idle", "steal"}
    assert "user" not in {one.labels[names.MODE] for one in samples[names.NODE_CPU]}


def test_a_grid_finer_than_the_scrapes_makes_no_machine_busier(prometheus: Prometheus) -> None:
    end = float(np.floor(time.time())) - 1.0
    times = np.arange(end - SECONDS - 30.0, end + 0.5, 15.0)
    host = {names.INSTANCE: "calm.test:9100", names.JOB: "node", names.ROLE: "server"}
    idle = {"__name__": names.NODE_CPU, **host, names.CPU: "0", names.MODE: "idle"}
    used = {"__name__": names.NODE_MEMORY_AVAILABLE, **host}
    send([Series(idle, times, 0.9 * times), Series(used, times, times)], f"{prometheus.url}/api/v1/write")
    samples = read_on_grid(prometheus, Run("calm", 'testid="calm"', end - SECONDS, end), 10.0)
    for group in samples.values():
        for one in group:
            if one.labels[names.INSTANCE] == "calm.test:9100":
                assert set(one.times) <= set(times)
    hosts = hosts_on(np.arange(end - SECONDS + 20.0, end - 20.0, 10.0), per_host(samples))
    (calm,) = [one for one in hosts if one.instance == "calm.test:9100"]
    assert calm.cpu == pytest.approx(0.1, abs=1e-6)
