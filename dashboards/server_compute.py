"""Rows of the board "Server": CPU and memory."""

from __future__ import annotations

from typing import Any, Final

from dashboards.house import time_series
from dashboards.line import Line
from dashboards.palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from dashboards.scope import BY_CORE, BY_MACHINE, SERVERS, WINDOW
from dashboards.servers import NO_PRESSURE, NOBODY, rate
from rules import names
from rules.signals import host, machine, resources

MODES: Final = {
    "user": BLUE,
    "system": ORANGE,
    "softirq": PURPLE,
    "irq": YELLOW,
    "nice": SKY,
    "steal": VERMILION,
}


def rows() -> list[tuple[str, int, list[Any]]]:
    """Each with a heading, a height and panels."""
    return [
        ("CPU", 8, [_cpu(), _modes(), _cores(), _cpu_waiting()]),
        ("Memory", 8, [_memory(), _memory_waiting(), _faults()]),
    ]


def _cpu() -> Any:
    return time_series(
        "How busy is the CPU?",
        "Utilisation: busy share of all cores of each machine. Level at 100 % while VUs rise: this is the limit.",
        "percentunit",
        [Line(host.cpu_ratio(WINDOW, SERVERS), BY_MACHINE, BLUE)],
        no_value=NOBODY,
        maximum=1,
    )


def _modes() -> Any:
    return time_series(
        "What is the CPU busy with?",
        "Shares of all cores of the chosen machines together. Steal is time that the hypervisor gave to others: it is "
        "lost to the server. Much softirq is the work of the network.",
        "percentunit",
        [Line(machine.cpu_by_mode(WINDOW, SERVERS), f"{{{{{names.MODE}}}}}", SKY)],
        no_value=NOBODY,
        maximum=1,
        colours=MODES,
        stacked=True,
    )


def _cores() -> Any:
    return time_series(
        "Is one core the limit?",
        "Busy share of each core. One at 100 % beside idle ones: a single thread is the limit, not the CPU.",
        "percentunit",
        [Line(machine.busy_cores(WINDOW, SERVERS), BY_CORE, ORANGE)],
        no_value=NOBODY,
        maximum=1,
    )


def _cpu_waiting() -> Any:
    return time_series(
        "Does work wait for a core?",
        "Saturation: share of time in which some task waited for a core; beside it (right axis) the tasks that run or "
        "wait at this moment.",
        "percentunit",
        [
            Line(rate(resources.CPU_WAITING), f"waiting {BY_MACHINE}", PURPLE),
            Line(machine.level(machine.RUNNING, SERVERS), f"tasks {BY_MACHINE}", GREEN, unit="short"),
        ],
        no_value=NO_PRESSURE,
        at_least=0.1,
    )


def _memory() -> Any:
    return time_series(
        "How much memory is used?",
        "Utilisation: share of the memory that could not be had without swapping. Page cache counts as free.",
        "percentunit",
        [Line(host.memory_ratio(SERVERS), BY_MACHINE, BLUE)],
        no_value=NOBODY,
        maximum=1,
    )


def _memory_waiting() -> Any:
    return time_series(
        "Does work wait for memory?",
        "Saturation: share of time in which some task (waiting), or every one (stalled), waited for memory.",
        "percentunit",
        [
            Line(rate(resources.MEMORY_WAITING), f"waiting {BY_MACHINE}", ORANGE),
            Line(rate(machine.MEMORY_STALLED), f"stalled {BY_MACHINE}", VERMILION),
        ],
        no_value=NO_PRESSURE,
        at_least=0.1,
    )


def _faults() -> Any:
    return time_series(
        "Is memory fetched back from disk?",
        "Errors: pages per second that had to come from disk. Right axis: processes killed for want of memory.",
        "short",
        [
            Line(rate(resources.MAJOR_FAULTS), f"major faults/s {BY_MACHINE}", ORANGE),
            Line(rate(machine.OOM_KILLS), f"OOM kills/s {BY_MACHINE}", VERMILION, unit="none"),
        ],
        no_value=NOBODY,
    )
