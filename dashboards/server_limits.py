"""Rows of the board "Server": limits beside the machine's own: of processes, of containers, and EC2's."""

from __future__ import annotations

from typing import Any, Final

from dashboards.house import time_series
from dashboards.line import Line
from dashboards.palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION
from dashboards.scope import BY_DEVICE, BY_MACHINE, SERVERS, WINDOW
from dashboards.servers import rate
from rules import names
from rules.signals import containers, ec2, machine, processes

BY_PROCESS: Final = f"{BY_MACHINE} {{{{{names.PROCESS_GROUP}}}}}"
BY_CONTAINER: Final = f"{BY_MACHINE} {{{{{names.CONTAINER}}}}}"
NO_PROCESS: Final = "no process is named: start the exporter with --process NAME=PATTERN"
NO_CONTAINER: Final = "no container is reported: give the exporter the engine's socket"
NOT_EC2: Final = "not reported: this is no EC2 instance, or its driver does not tell"
NO_CREDITS: Final = "not reported: no burstable EC2 instance, or no permission to read CloudWatch"


def rows() -> list[tuple[str, int, list[Any]]]:
    """Each with a heading, a height and panels."""
    return [
        ("Processes", 7, [_process_cpu(), _process_memory(), _process_files()]),
        ("Containers", 7, [_container_cpu(), _throttled(), _container_memory(), _container_drops()]),
        ("EC2", 7, [_allowances(), _connections_left(), _credits(), _baselines()]),
    ]


def _process_cpu() -> Any:
    return time_series(
        "CPU of named processes",
        "Cores that each keeps busy. Level at a whole number: it has no more threads than that.",
        "short",
        [Line(rate(processes.CPU), BY_PROCESS, BLUE)],
        no_value=NO_PROCESS,
    )


def _process_memory() -> Any:
    return time_series(
        "Memory of named processes",
        "Resident memory. One that grows as long as the load lasts is a leak or an unbounded queue.",
        "bytes",
        [Line(machine.level(processes.MEMORY, f"{SERVERS},{processes.RESIDENT}"), BY_PROCESS, GREEN)],
        no_value=NO_PROCESS,
    )


def _process_files() -> Any:
    return time_series(
        "How near is a process to its limit of open files?",
        "Utilisation: open files over what the process may open; of a group's processes, the nearest. At 100 % it can "
        "accept no connection.",
        "percentunit",
        [Line(machine.level(processes.FILES_RATIO, SERVERS), BY_PROCESS, ORANGE)],
        no_value=NO_PROCESS,
        maximum=1,
    )


def _container_cpu() -> Any:
    return time_series(
        "How full is a container's CPU limit?",
        "Utilisation: CPU time over what its limit gives. At 100 % it is the limit, though the machine may be idle.",
        "percentunit",
        [Line(containers.cpu_of_limit(WINDOW, SERVERS), BY_CONTAINER, BLUE)],
        no_value="no container with a CPU limit is reported",
    )


def _throttled() -> Any:
    return time_series(
        "Is a container held back by its CPU limit?",
        "Saturation: share of its periods in which it was throttled; beside it (right axis) the cores' worth it lost.",
        "percentunit",
        [
            Line(containers.throttled_share(WINDOW, SERVERS), f"periods {BY_CONTAINER}", ORANGE),
            Line(
                containers.THROTTLED_TIME.rate(WINDOW, SERVERS), f"cores lost {BY_CONTAINER}", VERMILION, unit="short"
            ),
        ],
        no_value="no container with a CPU limit is reported",
    )


def _container_memory() -> Any:
    return time_series(
        "Memory of containers",
        "Memory that cannot be dropped at once; right axis: as a share of the limit. At 100 % it is killed.",
        "bytes",
        [
            Line(containers.MEMORY.value(SERVERS), BY_CONTAINER, GREEN),
            Line(containers.memory_of_limit(SERVERS), f"of limit {BY_CONTAINER}", VERMILION, unit="percentunit"),
        ],
        no_value=NO_CONTAINER,
    )


def _container_drops() -> Any:
    return time_series(
        "Are a container's packets dropped?",
        "Errors: packets per second that its network dropped.",
        "pps",
        [
            Line(containers.RECEIVE_DROPS.rate(WINDOW, SERVERS), f"in {BY_CONTAINER}", SKY),
            Line(containers.SEND_DROPS.rate(WINDOW, SERVERS), f"out {BY_CONTAINER}", PURPLE),
        ],
        no_value=NO_CONTAINER,
    )


def _allowances() -> Any:
    colours = (SKY, PURPLE, ORANGE, VERMILION, GREEN)
    return time_series(
        "Does EC2 hold packets back?",
        "Errors: packets per second that were queued or dropped beyond the instance's allowances. Anything above 0 "
        "under load is a limit of the instance type.",
        "pps",
        [Line(rate(one), f"{one.name} {BY_DEVICE}", c) for one, c in zip(ec2.EXCEEDED, colours, strict=True)],
        no_value=NOT_EC2,
    )


def _connections_left() -> Any:
    return time_series(
        "Connections that EC2 can still track",
        "Connections left of the instance's allowance. At 0 new ones are dropped.",
        "short",
        [Line(machine.level(ec2.CONNECTIONS_LEFT, SERVERS), BY_DEVICE, GREEN)],
        no_value=NOT_EC2,
    )


def _credits() -> Any:
    return time_series(
        "How many CPU credits are left?",
        "A burstable instance falls to its baseline, or pays for surplus, when they are gone: a test that begins with "
        "many measures more than the instance can sustain. CloudWatch tells them every five minutes.",
        "short",
        [
            Line(machine.level(ec2.CREDITS, SERVERS), f"left {BY_MACHINE}", GREEN),
            Line(machine.level(ec2.CREDITS_SPENT, SERVERS), f"spent in 5 min {BY_MACHINE}", ORANGE),
            Line(machine.level(ec2.SURPLUS, SERVERS), f"surplus {BY_MACHINE}", VERMILION),
        ],
        no_value=NO_CREDITS,
    )


def _baselines() -> Any:
    return time_series(
        "What may the instance type use for ever?",
        "The share of all vCPUs that a burstable type earns, and (right axis) its baseline bandwidth. Above these a "
        "test measures credits.",
        "percentunit",
        [
            Line(machine.level(ec2.CPU_BASELINE, SERVERS), f"CPU {BY_MACHINE}", BLUE),
            Line(machine.level(ec2.NETWORK_BASELINE, SERVERS), f"network {BY_MACHINE}", PURPLE, unit="Bps"),
        ],
        no_value=NOT_EC2,
    )
