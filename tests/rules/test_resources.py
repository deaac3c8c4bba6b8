"""What node_exporter's series become: resources on bins, and nothing for what is not reported."""

from __future__ import annotations

import numpy as np
import pytest

from rules import ec2, names, resources
from rules.containers import CONTAINER, CONTAINER_MEMORY
from rules.hosts import hosts_on, per_host
from rules.processes import PROCESS_FILES
from rules.series import Floats, Series
from rules.timeline import Host

EDGES = np.arange(0.0, 60.1, 5.0)
SCRAPES = np.arange(-7.0, 70.0, 5.0)
"""Their own clock, two seconds beside the bins."""


def one(metric: str, values: Floats | float, job: str = "node", **labels: str) -> Series:
    told = {names.INSTANCE: "h:1", names.ROLE: "server", names.JOB: job, **labels}
    return Series({"__name__": metric, **told}, SCRAPES, np.broadcast_to(values, SCRAPES.shape).astype(float))


def counter(metric: str, per_second: float, job: str = "node", **labels: str) -> Series:
    return one(metric, 1000.0 + per_second * (SCRAPES + 10), job, **labels)


def host(*series: Series) -> Host:
    samples: dict[str, list[Series]] = {}
    for each in series:
        samples.setdefault(each.labels["__name__"], []).append(each)
    (found,) = hosts_on(EDGES, per_host(samples))
    return found


def used(found: Host, resource: str) -> Floats:
    values = found.resources[resource].utilisation
    assert values is not None
    return values


def test_what_is_not_reported_is_absent() -> None:
    cpu_only = host(counter(names.NODE_CPU, 0.4, cpu="0", mode="idle"))
    assert cpu_only.resources == {}
    assert cpu_only.steal is None
    assert cpu_only.cores == 1
    memory_only = host(one(names.NODE_MEMORY_TOTAL, 8e9), one(names.NODE_MEMORY_AVAILABLE, 2e9))
    assert np.isnan(memory_only.cpu).all()
    assert list(memory_only.resources) == [resources.MEMORY]
    assert used(memory_only, resources.MEMORY) == pytest.approx(0.75)


def test_stolen_time_is_busy_time_and_told_apart() -> None:
    modes = {"idle": 0.3, "iowait": 0.1, "steal": 0.2, "user": 0.4}
    found = host(*(counter(names.NODE_CPU, share, cpu=core, mode=m) for core in "01" for m, share in modes.items()))
    assert found.cpu == pytest.approx(0.6)
    assert found.steal == pytest.approx(0.2)
    assert found.cores == 2


def test_bins_that_no_scrape_covers_are_unknown() -> None:
    samples = {names.NODE_LISTEN_DROPS: [counter(names.NODE_LISTEN_DROPS, 2.0)]}
    late, *_ = hosts_on(EDGES + 40.0, per_host(samples))
    errors = late.resources[resources.ACCEPT_QUEUE].errors
    assert errors is not None
    assert errors[:5] == pytest.approx(2.0)
    assert np.isnan(errors[6:]).all()


def test_a_counter_that_began_anew_gives_no_negative_rate() -> None:
    values = np.where(SCRAPES < 30, 1000 + 2.0 * SCRAPES, 2.0 * (SCRAPES - 30))
    found = host(one(names.NODE_RETRANSMITS, values))
    errors = found.resources[resources.RETRANSMITS].errors
    assert errors is not None
    assert errors.min() >= 0
    assert errors[0] == pytest.approx(2.0)


def test_drops_of_all_interfaces_and_of_the_kernel_are_one_sum() -> None:
    found = host(
        counter(names.NODE_NETWORK_RECEIVE_DROPS, 1.0, device="eth0"),
        counter(names.NODE_NETWORK_RECEIVE_DROPS, 2.0, device="eth1"),
        counter(names.NODE_SOFTNET_DROPS, 4.0, cpu="0"),
    )
    assert found.resources[resources.NETWORK].errors == pytest.approx(7.0)
    assert found.resources[resources.NETWORK].utilisation is None


def test_a_link_is_as_busy_as_its_busier_direction_and_unknown_where_its_speed_is() -> None:
    traffic = [counter(names.NODE_NETWORK_SENT, 90e6, device="eth0")]
    traffic += [counter(names.NODE_NETWORK_RECEIVED, 10e6, device="eth0")]
    known = host(*traffic, one(names.NODE_NETWORK_SPEED, 125e6, device="eth0"))
    assert used(known, resources.NETWORK) == pytest.approx(0.72)
    assert resources.NETWORK not in host(*traffic).resources
    assert resources.NETWORK not in host(*traffic, one(names.NODE_NETWORK_SPEED, -125000.0, device="eth0")).resources


def test_the_busiest_disk_stands_for_all() -> None:
    found = host(*(counter(names.NODE_DISK_IO_TIME, share, device=name) for name, share in [("a", 0.1), ("b", 0.8)]))
    assert used(found, resources.DISK) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("resource", "part", "whole"),
    [
        (resources.FILES, names.NODE_FILES, names.NODE_FILES_LIMIT),
        (resources.CONNTRACK, names.NODE_CONNTRACK, names.NODE_CONNTRACK_LIMIT),
    ],
)
def test_tables_are_as_full_as_their_entries_of_their_limit(resource: str, part: str, whole: str) -> None:
    assert used(host(one(part, 96.0), one(whole, 100.0)), resource) == pytest.approx(0.96)
    assert resource not in host(one(part, 96.0)).resources


def test_the_load_tells_who_waits_where_the_kernel_keeps_no_pressure() -> None:
    idle = [counter(names.NODE_CPU, 0.1, cpu=core, mode="idle") for core in "0123"]
    by_load = host(*idle, one(names.NODE_LOAD1, 16.0)).resources[resources.CPU].saturation
    assert by_load == pytest.approx(0.75)  # of 16 tasks, 4 run
    calm = host(*idle, one(names.NODE_LOAD1, 2.0)).resources[resources.CPU].saturation
    assert calm == pytest.approx(0.0)
    both = host(*idle, one(names.NODE_LOAD1, 16.0), counter(names.NODE_CPU_WAITING, 0.3))
    assert both.resources[resources.CPU].saturation == pytest.approx(0.3)


def test_two_exporters_on_one_host_count_once_each_for_what_the_other_lacks() -> None:
    found = host(
        counter(names.NODE_LISTEN_DROPS, 3.0, job="node"),
        counter(names.NODE_LISTEN_DROPS, 3.0, job="loadline"),
        counter(names.NODE_RETRANSMITS, 5.0, job="node"),
    )
    assert found.resources[resources.ACCEPT_QUEUE].errors == pytest.approx(3.0)
    assert found.resources[resources.RETRANSMITS].errors == pytest.approx(5.0)


def test_ports_in_time_wait_are_a_share_of_those_there_are() -> None:
    assert used(host(one(names.NODE_TIME_WAIT, 14_116.0)), resources.PORTS) == pytest.approx(0.5)


def opening(per_second: float, waiting: float) -> Host:
    return host(counter(names.NODE_ACTIVE_OPENS, per_second), one(names.NODE_TIME_WAIT, waiting))


def test_ports_of_outgoing_connections_are_held_for_a_minute_each() -> None:
    assert used(opening(235.27, 14_116.0), resources.EPHEMERAL_PORTS) == pytest.approx(0.5, rel=1e-3)
    callers_closed = opening(10.0, 25_000.0)  # the server closes what callers opened
    assert used(callers_closed, resources.EPHEMERAL_PORTS) == pytest.approx(600 / 28_232)
    peer_closes = opening(470.0, 50.0)  # TIME_WAIT is the other side's
    assert used(peer_closes, resources.EPHEMERAL_PORTS) == pytest.approx(50 / 28_232)


def test_more_outgoing_connections_than_one_address_has_ports_for_tell_nothing() -> None:
    assert np.isnan(used(opening(1000.0, 60_000.0), resources.EPHEMERAL_PORTS)).all()
    assert resources.EPHEMERAL_PORTS not in host(one(names.NODE_TIME_WAIT, 25_000.0)).resources


def test_of_named_processes_the_one_nearest_to_its_limit_of_open_files_is_told_and_k6_is_not() -> None:
    ratios = {"api": 0.6, "database": 0.2, names.K6_GROUP: 0.9}
    found = host(*(one(names.NAMED_FILES_RATIO, ratio, groupname=name) for name, ratio in ratios.items()))
    assert found.resources[PROCESS_FILES].of == "api"
    assert used(found, PROCESS_FILES) == pytest.approx(0.6)
    assert PROCESS_FILES not in host(one(names.NAMED_FILES_RATIO, 0.9, groupname=names.K6_GROUP)).resources


def container(name: str, cores: float, quota: float | None, throttled: float = 0.0) -> list[Series]:
    """Ten periods a second, of which ``throttled`` were."""
    of_limit = (
        [
            one(names.CONTAINER_CPU_QUOTA, quota, name=name),
            one(names.CONTAINER_CPU_PERIOD, 100_000.0, name=name),
            counter(names.CONTAINER_CPU_PERIODS, 10.0, name=name),
            counter(names.CONTAINER_CPU_THROTTLED_PERIODS, 10.0 * throttled, name=name),
        ]
        if quota is not None
        else []
    )
    return [counter(names.CONTAINER_CPU_USAGE, cores, name=name), *of_limit]


def test_of_containers_the_one_nearest_to_its_limit_is_told_and_one_without_a_limit_is_not() -> None:
    busy, free = container("busy", 0.45, 50_000.0, throttled=0.3), container("free", 1.0, 200_000.0)
    found = host(*busy, *free, *container("unlimited", 3.0, None)).resources[CONTAINER]
    assert found.of == "busy"
    assert found.utilisation == pytest.approx(0.9)
    assert found.saturation == pytest.approx(0.3)


def test_cadvisors_series_that_are_of_no_container_are_none() -> None:
    assert CONTAINER not in host(*container("", 0.5, 50_000.0)).resources


def in_memory(name: str, used: float, limit: float) -> list[Series]:
    return [one(names.CONTAINER_MEMORY, used, name=name), one(names.CONTAINER_MEMORY_LIMIT, limit, name=name)]


def test_of_containers_the_one_nearest_to_its_memory_limit_is_told_with_who_waits_on_the_machine() -> None:
    waiting = counter(names.NODE_MEMORY_WAITING, 0.3), counter(names.NODE_MAJOR_FAULTS, 40.0)
    unlimited = one(names.CONTAINER_MEMORY, 8e9, name="unlimited"), *in_memory("cAdvisor's unlimited", 9e9, 0.0)
    found = host(*in_memory("full", 480e6, 500e6), *in_memory("free", 3e9, 4e9), *unlimited, *waiting)
    told = found.resources[CONTAINER_MEMORY]
    assert told.of == "full"
    assert told.utilisation == pytest.approx(0.96)
    assert told.saturation == pytest.approx(0.3)
    assert told.errors == pytest.approx(40.0)
    assert CONTAINER_MEMORY not in host(*in_memory("", 480e6, 500e6), *unlimited, *waiting).resources


def test_both_directions_of_bandwidth_are_one_allowance() -> None:
    sent = [counter(names.EC2_BW_OUT_EXCEEDED, rate, device=device) for device, rate in (("ens5", 3.0), ("ens6", 1.0))]
    found = host(*sent, counter(names.EC2_BW_IN_EXCEEDED, 0.5, device="ens5"))
    assert found.resources[ec2.BANDWIDTH].errors == pytest.approx(4.5)
    assert ec2.PACKETS not in found.resources


def test_credits_have_the_age_of_their_five_minutes_and_unlimited_ones_are_told() -> None:
    idle = counter(names.NODE_CPU, 0.4, cpu="0", mode="idle")
    told = [one(names.EC2_CREDIT_BALANCE, 12.5), one(names.EC2_CREDIT_TIMESTAMP, -60.0)]
    limited = host(idle, *told, one(names.EC2_SURPLUS_BALANCE, 0.0)).credits
    assert limited is not None
    assert limited.balance == pytest.approx(12.5)
    assert limited.age[0] == pytest.approx(62.5)
    assert not limited.unlimited
    unlimited = host(idle, *told, one(names.EC2_SURPLUS_BALANCE, 3.0)).credits
    assert unlimited is not None
    assert unlimited.unlimited
    assert host(idle, told[0]).credits is None
