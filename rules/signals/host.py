"""What the machines under test report, under node_exporter's names.

Which host is which is the scrape configuration's knowledge: the target label ``role``.
"""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals.signal import Signal

SERVER: Final = f'{names.ROLE}=~"{names.ROLE_SERVER}|{names.ROLE_BOTH}"'
GENERATOR: Final = f'{names.ROLE}=~"{names.ROLE_GENERATOR}|{names.ROLE_BOTH}"'

ANY_ROLE: Final = f'{names.ROLE}=~"{names.ROLE_SERVER}|{names.ROLE_GENERATOR}|{names.ROLE_BOTH}"'
IDLE: Final = f'{names.MODE}=~"idle|iowait"'
NOT_OURS: Final = f'{names.MODE}=~"idle|iowait|steal"'
"""What a core's time is but its own work: the rest of it, and what the hypervisor gave to others."""

TARGET_LABELS: Final = (names.INSTANCE, names.JOB, names.ROLE)
CORE_LABELS: Final = (*TARGET_LABELS, names.CPU, names.MODE)

CPU_SECONDS: Final = Signal(
    "CPU time",
    "s",
    "Seconds spent in each mode, per core.",
    names.NODE_CPU,
    "counter",
    by=(names.INSTANCE, names.MODE),
)
MEMORY_TOTAL: Final = Signal(
    "memory", "bytes", "Memory installed.", names.NODE_MEMORY_TOTAL, "gauge", by=(names.INSTANCE,)
)
MEMORY_AVAILABLE: Final = Signal(
    "memory available",
    "bytes",
    "Memory that can be had without swapping.",
    names.NODE_MEMORY_AVAILABLE,
    "gauge",
    by=(names.INSTANCE,),
)


def cores(hosts: str) -> str:
    """The raw series of what a core's time is but its own work."""
    return CPU_SECONDS.selector(NOT_OURS, hosts)


def cores_on_grid(hosts: str) -> str:
    """The last value of each at every point of a range query, summed over all but CORE_LABELS."""
    return f"sum by ({', '.join(CORE_LABELS)}) ({cores(hosts)})"


def scraped_at(hosts: str) -> str:
    """Unix seconds of the newest scrape of each target, by TARGET_LABELS."""
    by = f"max by ({', '.join(TARGET_LABELS)})"
    return f"{by} (timestamp({CPU_SECONDS.selector(IDLE, hosts)}))"


def cpu_ratio(window: str, hosts: str) -> str:
    """Busy share of all cores per instance, 0 to 1; ``hosts`` is SERVER, GENERATOR or a user's selector.

    Busy is everything but idle and iowait. The inner average is over cores, per job and mode; taking the
    largest job means that two exporters on one host are not added up.
    """
    of_a_core = f"sum by ({names.INSTANCE}, {names.JOB}, {names.CPU})"
    idle = f"{of_a_core} (rate({names.NODE_CPU}{{{IDLE},{hosts}}}[{window}]))"
    return f"1 - min by ({names.INSTANCE}) (avg by ({names.INSTANCE}, {names.JOB}) ({idle}))"


def cpu_share(window: str, hosts: str) -> str:
    """``cpu_ratio`` as a share of the seconds that were told, for alerts.

    A rate over a window that reaches back before the first scrape, or over a gap, is too low, so that an idle machine
    would look busy; a share of two such rates is not bent by it.
    """
    by_job = f"sum by ({names.INSTANCE}, {names.JOB})"
    idle, all_of_it = (f"{by_job} (rate({names.NODE_CPU}{{{of}}}[{window}]))" for of in (f"{IDLE},{hosts}", hosts))
    return f"1 - min by ({names.INSTANCE}) ({idle} / {all_of_it})"


def memory_ratio(hosts: str) -> str:
    """Used share of the memory per instance, 0 to 1."""
    return f"1 - min by ({names.INSTANCE}) ({MEMORY_AVAILABLE.selector(hosts)} / {MEMORY_TOTAL.selector(hosts)})"
