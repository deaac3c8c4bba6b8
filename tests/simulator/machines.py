"""What a machine reports beside its CPU time: all of it moves with the load, and nothing of it is a limit.

But for the accept queue of a server where requests wait before they are accepted, and for what Limits makes one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rules import names
from rules.series import Floats, Series
from tests.simulator.closed_loop import Requests
from tests.simulator.limited import OUT_OF_MEMORY, needs
from tests.simulator.limits import Limits
from tests.simulator.scenario import Scenario

BACKGROUND = 0.01
BACKLOG_SECONDS = 0.5
"""A connection that waits longer to be accepted found the queue full once, and was tried again."""
TIME_WAIT_SECONDS = 60.0
DEVICES = dict.fromkeys(
    (
        names.NODE_NETWORK_RECEIVED,
        names.NODE_NETWORK_SENT,
        names.NODE_NETWORK_RECEIVE_DROPS,
        names.NODE_NETWORK_SEND_DROPS,
    ),
    "eth0",
) | {names.NODE_DISK_IO_TIME: "nvme0n1"}


def others(
    scenario: Scenario,
    requests: Requests,
    role: str,
    times: Floats,
    busy: Floats,
    cores: int,
    zero: float,
    rng: np.random.Generator,
) -> Iterator[Series]:
    """Series of one machine with ``busy`` CPU seconds on ``cores``, scraped at ``times``."""
    stamps = np.floor((zero + times) * 1000.0) / 1000.0
    limits = scenario.hosts.limits if role != names.ROLE_GENERATOR else Limits()
    for metric, values in _reported(scenario, limits, requests, times, busy, cores, rng):
        labels = {"__name__": metric, names.INSTANCE: f"{role}.test:9100", names.JOB: "exporter", names.ROLE: role}
        yield Series(labels | ({names.DEVICE: DEVICES[metric]} if metric in DEVICES else {}), stamps, values)


def _reported(
    scenario: Scenario,
    limits: Limits,
    requests: Requests,
    times: Floats,
    busy: Floats,
    cores: int,
    rng: np.random.Generator,
) -> Iterator[tuple[str, Floats]]:
    every = scenario.hosts.scrape_interval
    share = np.clip(np.diff(busy, prepend=0.0) / cores / every + BACKGROUND, 0.0, 1.0)
    replies = np.searchsorted(np.sort(requests.replied), times).astype(float)
    connections = np.interp(times, *np.transpose(scenario.load.points))
    opened = limits.opened_per_request * replies

    def counted(per_second: Floats | float) -> Floats:
        return np.asarray(np.cumsum(rng.poisson(np.broadcast_to(per_second, times.shape) * every)).astype(float))

    def around(level: Floats | float, spread: float) -> Floats:
        return np.asarray(np.broadcast_to(level, times.shape) + rng.normal(0.0, spread, times.size))

    yield names.NODE_LOAD1, np.maximum(0.0, around(cores * share, 0.1))
    yield names.NODE_MEMORY_TOTAL, np.full(times.size, 16e9)
    yield names.NODE_MEMORY_AVAILABLE, around(9e9 - 3e9 * share, 5e7)
    yield names.NODE_MAJOR_FAULTS, counted(0.05)
    yield names.NODE_CPU_WAITING, np.cumsum(share**6 * every)
    short: Floats = np.zeros(times.size)
    if limits.container_memory is not None:
        short = OUT_OF_MEMORY * (needs(scenario, times) > limits.container_memory)
    yield names.NODE_MEMORY_WAITING, np.cumsum(short * every)
    yield names.NODE_IO_WAITING, counted(0.2) * 0.01
    yield names.NODE_DISK_IO_TIME, counted(1.0) * 0.02 + replies * 1e-5
    yield names.NODE_NETWORK_RECEIVED, replies * 800.0
    yield names.NODE_NETWORK_SENT, replies * 6000.0
    yield names.NODE_NETWORK_RECEIVE_DROPS, counted(0.3)
    yield names.NODE_NETWORK_SEND_DROPS, np.zeros(times.size)
    yield names.NODE_SOFTNET_DROPS, np.zeros(times.size)
    overflows = _late_accepts(scenario, requests, times)
    yield names.NODE_LISTEN_OVERFLOWS, 3.0 + overflows
    yield names.NODE_LISTEN_DROPS, 3.0 + overflows
    yield names.NODE_RETRANSMITS, counted(0.1) + np.floor(replies * 0.0005) + overflows
    closed = opened - np.interp(times - TIME_WAIT_SECONDS, times, opened)
    yield names.NODE_TIME_WAIT, np.maximum(0.0, around(40.0 + closed, 5.0))
    yield names.NODE_ACTIVE_OPENS, 9.0 + np.floor(opened)
    yield names.NODE_FILES, np.minimum(around(200.0 + connections, 5.0), limits.machine_files)
    yield names.NODE_FILES_LIMIT, np.full(times.size, limits.machine_files)
    yield names.NODE_CONNTRACK, np.minimum(around(100.0 + connections, 5.0), limits.tracked_connections)
    yield names.NODE_CONNTRACK_LIMIT, np.full(times.size, limits.tracked_connections)


def _late_accepts(scenario: Scenario, requests: Requests, times: Floats) -> Floats:
    """Connections up to each of ``times`` that found the accept queue full; none where k6 is accepted at once."""
    if not scenario.server.waits_before_accept:
        return np.zeros(times.size)
    late = requests.begun[requests.begun - requests.sent > BACKLOG_SECONDS]
    return np.searchsorted(np.sort(late), times).astype(float)
