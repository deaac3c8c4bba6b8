"""What a machine tells of the limits around it: its container's, its process's, EC2's allowances, and CPU credits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rules import names
from rules.series import Floats, Series
from tests.simulator.closed_loop import Requests
from tests.simulator.scenario import Scenario

PERIODS_PER_SECOND = 10.0
QUOTA_PERIOD = 100_000.0
NEAR = 0.8
"""Share of a container's limit from which more and more of its periods are throttled, until all are."""
PROCESS = "api"
"""The name under which the exporter watches the server's process."""
CONTAINER, OTHER = "shop-api-1", "shop-worker-1"
"""The server's container, and one beside it that has a limit too, and does little."""
STARTED, OF_CONNECTION = 100e6, 1e6
"""Bytes that the server's container has in use without a connection, and for each."""
OUT_OF_MEMORY = 0.4
"""Share of the time in which a task waits for memory where the container would need more than its limit."""


def told(
    scenario: Scenario, requests: Requests, role: str, times: Floats, busy: Floats, zero: float
) -> Iterator[Series]:
    """Series of the server's machine with ``busy`` CPU seconds, scraped at ``times``."""
    limits, stamps = scenario.hosts.limits, np.floor((zero + times) * 1000.0) / 1000.0
    machine = {names.INSTANCE: f"{role}.test:9100", names.JOB: "exporter", names.ROLE: role}

    def one(metric: str, values: Floats | float, **labels: str) -> Series:
        return Series({"__name__": metric, **machine, **labels}, stamps, np.broadcast_to(values, times.shape) + 0.0)

    if limits.container_memory is not None:
        for name, needed in ((CONTAINER, needs(scenario, times)), (OTHER, STARTED)):
            yield one(names.CONTAINER_MEMORY, np.minimum(needed, limits.container_memory), name=name)
            yield one(names.CONTAINER_MEMORY_LIMIT, limits.container_memory, name=name)
    if limits.container_cores is not None:
        for name, used in ((CONTAINER, busy), (OTHER, 0.05 * np.maximum(times - times[0], 0.0))):
            for metric, values in _container(limits.container_cores, times, used):
                yield one(metric, values, name=name)
    if limits.allowance_packets is not None:
        under_way = np.searchsorted(np.sort(requests.sent), times) - np.searchsorted(np.sort(requests.replied), times)
        held_back = np.cumsum(limits.allowance_packets * under_way * np.diff(times, prepend=times[0]))
        yield one(names.EC2_BW_OUT_EXCEEDED, 17.0 + np.floor(held_back), device="ens5")
        for metric in (names.EC2_BW_IN_EXCEEDED, names.EC2_PPS_EXCEEDED, names.EC2_CONNTRACK_EXCEEDED):
            yield one(metric, 3.0, device="ens5")
    if limits.process_files is not None:
        connections = np.interp(times, *np.transpose(scenario.load.points))
        yield one(
            names.NAMED_FILES_RATIO,
            np.minimum(12.0 + connections, limits.process_files) / limits.process_files,
            groupname=PROCESS,
        )
    if limits.credits is not None:
        yield one(names.EC2_CREDIT_BALANCE, limits.credits)
        yield one(names.EC2_SURPLUS_BALANCE, 0.0)
        yield one(names.EC2_CREDIT_TIMESTAMP, zero - 60.0)


def needs(scenario: Scenario, times: Floats) -> Floats:
    """Bytes that the server's container would have in use at ``times`` if it had no limit."""
    return np.asarray(STARTED + OF_CONNECTION * np.interp(times, *np.transpose(scenario.load.points)))


def _container(cores: float, times: Floats, used: Floats) -> Iterator[tuple[str, Floats | float]]:
    step = np.diff(times, prepend=times[0] - np.median(np.diff(times)))
    share = np.diff(used, prepend=0.0) / step / cores
    throttled = np.clip((share - NEAR) / (1.0 - NEAR), 0.0, 1.0)
    yield names.CONTAINER_CPU_USAGE, used
    yield names.CONTAINER_CPU_QUOTA, cores * QUOTA_PERIOD
    yield names.CONTAINER_CPU_PERIOD, QUOTA_PERIOD
    yield names.CONTAINER_CPU_PERIODS, np.cumsum(PERIODS_PER_SECOND * step)
    yield names.CONTAINER_CPU_THROTTLED_PERIODS, np.cumsum(PERIODS_PER_SECOND * step * throttled)
