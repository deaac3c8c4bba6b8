"""A run on an EC2 instance with containers, whose generator dropped and failed: what a test machine cannot show.

Its series lie in one minute of the past, before any other run's, so that no analysis of those sees its machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from rules import names
from rules.series import Series
from rules.signals import ec2

TESTID: Final = "golden"
SECONDS: Final = 60.0
STEP: Final = 5.0

RUN: Final = {names.TESTID: TESTID, "instance_id": "1", names.PART: "ramp"}
MACHINE: Final = {names.INSTANCE: "golden:9101", names.JOB: "exporter", names.ROLE: names.ROLE_BOTH}
OWN: Final = {names.TESTID: TESTID, names.INSTANCE: "golden:6565", names.JOB: names.K6_JOB}
ANSWERED: Final = {names.TESTID: TESTID, names.INSTANCE: "watch:9102", names.JOB: "watch"}
PART: Final = {**ANSWERED, names.PART: "ramp"}
PROMISED: Final = {names.SLO: "requests"}
DEVICE: Final = {**MACHINE, names.DEVICE: "eth0"}
PROCESS: Final = {**MACHINE, names.PROCESS_GROUP: "api"}
CONTAINER: Final = {**MACHINE, names.CONTAINER: "api"}
FAILED: Final = {**RUN, names.EXPECTED_RESPONSE: "false", names.REQUEST_NAME: "/boards"}

PER_SECOND: Final[tuple[tuple[str, Mapping[str, str], float], ...]] = (
    (names.HTTP_REQS, {**RUN, names.EXPECTED_RESPONSE: "true", names.STATUS: "200"}, 80.0),
    (names.HTTP_REQS, {**FAILED, names.STATUS: "503"}, 15.0),
    (names.HTTP_REQS, {**FAILED, names.STATUS: "0", names.ERROR_CODE: "1213"}, 5.0),
    (names.ITERATIONS, RUN, 100.0),
    (names.DROPPED_ITERATIONS, RUN, 3.0),
    (names.PROCESS_CPU, OWN, 0.7),
    (names.NODE_NETWORK_RECEIVED, DEVICE, 1e6),
    (names.NODE_NETWORK_SENT, DEVICE, 2e6),
    (names.NAMED_CPU, {**PROCESS, names.MODE: "user"}, 0.9),
    (names.CONTAINER_CPU_USAGE, CONTAINER, 0.45),
    (names.CONTAINER_CPU_PERIODS, CONTAINER, 10.0),
    (names.CONTAINER_CPU_THROTTLED_PERIODS, CONTAINER, 4.0),
    (names.CONTAINER_CPU_THROTTLED_SECONDS, CONTAINER, 0.2),
    (names.CONTAINER_RECEIVE_DROPS, CONTAINER, 1.0),
    (names.CONTAINER_SEND_DROPS, CONTAINER, 1.0),
    *((one.metric, DEVICE, 2.0) for one in ec2.EXCEEDED),
)
"""Counters: their increase per second."""

LEVELS: Final[tuple[tuple[str, Mapping[str, str], float], ...]] = (
    (names.VUS, RUN, 60.0),
    (names.VUS, {**RUN, "instance_id": "2"}, 40.0),
    (names.GO_MAX_PROCS, OWN, 2.0),
    (names.PROCESS_MEMORY, OWN, 3e8),
    (names.PROCESS_FILES, OWN, 120.0),
    (names.PROCESS_FILES_LIMIT, OWN, 1024.0),
    (names.NODE_NETWORK_SPEED, DEVICE, 1.25e9),
    (names.NODE_CONNTRACK, MACHINE, 500.0),
    (names.NODE_CONNTRACK_LIMIT, MACHINE, 65536.0),
    (names.NAMED_MEMORY, {**PROCESS, names.MEMORY_TYPE: "resident"}, 2e8),
    (names.NAMED_FILES_RATIO, PROCESS, 0.4),
    (names.CONTAINER_CPU_QUOTA, CONTAINER, 50_000.0),
    (names.CONTAINER_CPU_PERIOD, CONTAINER, 100_000.0),
    (names.CONTAINER_MEMORY, CONTAINER, 1e8),
    (names.CONTAINER_MEMORY_LIMIT, CONTAINER, 2e8),
    (names.EC2_CONNTRACK_AVAILABLE, DEVICE, 30_000.0),
    (names.EC2_CREDIT_BALANCE, MACHINE, 120.0),
    (names.EC2_CREDIT_USAGE, MACHINE, 4.0),
    (names.EC2_SURPLUS_BALANCE, MACHINE, 0.0),
    (names.EC2_CPU_BASELINE, MACHINE, 0.2),
    (names.EC2_NETWORK_BASELINE, MACHINE, 6.4e7),
    (names.MAX_THROUGHPUT_LOW, ANSWERED, 78.0),
    (names.SLO_CAPACITY_LOW, ANSWERED, 70.0),
    (names.PLANNED_VUS, ANSWERED, 120.0),
    (names.EVENT_TIMESTAMP, {**PART, names.RULE: names.PART}, 1_795_000_000.0),
    (names.STOP_INFO, {**PART, names.REASON: "known"}, 1.0),
    (names.STOP_PLATEAU, PART, 64.0),
    (names.STOP_HALF_WIDTH, PART, 0.013),
    (names.STOP_KNEE_MULTIPLE, PART, 2.4),
    (names.SLO_OBJECTIVE, PROMISED, 0.99),
    (names.SLO_BUDGET_LEFT, PROMISED, 0.4),
    (names.SLO_BURN_RATE, {**PROMISED, names.WINDOW: "1h"}, 1.4),
    (names.SLO_REQUESTS, PROMISED, 50.0),
    (names.SLO_ERRORS, PROMISED, 0.7),
    (names.GOOD_RATIO, {names.TESTID: TESTID}, 0.8),
)


def series(end: float) -> Iterator[Series]:
    """Every series, sampled each STEP for SECONDS before unix time ``end``."""
    times = np.arange(end - SECONDS, end + STEP / 2, STEP)
    for name, labels, value in LEVELS:
        yield _series(name, labels, times, np.full_like(times, value))
    for name, labels, rate in PER_SECOND:
        yield _series(name, labels, times, rate * (times - times[0] + STEP))
    for name in (names.RUN_START, names.RUN_END):
        yield _series(name, ANSWERED, times, np.full_like(times, times[0] if name == names.RUN_START else end))


def _series(name: str, labels: Mapping[str, str], times: np.ndarray, values: np.ndarray) -> Series:
    return Series({"__name__": name, **labels}, times, values)
