"""Machines as boards show them: each once, also where two exporters report on it.

``hosts`` are PromQL matchers: host.SERVER, host.GENERATOR or a user's selector, and a board's choice of machines.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rules import names
from rules.signals import host, resources
from rules.signals.resources import PHYSICAL
from rules.signals.signal import Kind, Signal

OWN_MODES: Final = f'{names.MODE}!~"idle|iowait"'


def _of(name: str, unit: str, metric: str, description: str, kind: Kind, *by: str) -> Signal:
    return Signal(name, unit, description, metric, kind, by=(names.INSTANCE, *by))


CPU_BY_MODE: Final = replace(host.CPU_SECONDS, matchers=OWN_MODES)
RUNNING: Final = _of("tasks", "tasks", names.NODE_PROCS_RUNNING, "Tasks that run or wait for a core.", "gauge")
OOM_KILLS: Final = _of("OOM kills", "kills/s", names.NODE_OOM_KILLS, "Processes killed for want of memory.", "counter")
MEMORY_STALLED: Final = _of(
    "memory stalled", "ratio", names.NODE_MEMORY_STALLED, "Time in which every task waited for memory.", "counter"
)
IO_STALLED: Final = _of(
    "IO stalled", "ratio", names.NODE_IO_STALLED, "Time in which every task waited for a disk.", "counter"
)
DISK_QUEUE: Final = _of(
    "disk queue",
    "requests",
    names.NODE_DISK_IO_TIME_WEIGHTED,
    "Requests at the disk, waiting ones included.",
    "counter",
    names.DEVICE,
)
DISK_READ: Final = _of("read", "bytes/s", names.NODE_DISK_READ_BYTES, "Bytes read.", "counter", names.DEVICE)
DISK_WRITTEN: Final = _of(
    "written", "bytes/s", names.NODE_DISK_WRITTEN_BYTES, "Bytes written.", "counter", names.DEVICE
)
SQUEEZED: Final = _of(
    "squeezed", "times/s", names.NODE_SOFTNET_SQUEEZED, "Times a core had more packets than time for them.", "counter"
)


def rate(signal: Signal, window: str, hosts: str) -> str:
    """Increase per second of each machine, by what the signal is by, of physical devices only."""
    return _once(signal, f"rate({signal.selector(PHYSICAL, hosts)}[{window}])")


def level(signal: Signal, hosts: str) -> str:
    """The present value on each machine, by what the signal is by."""
    return _once(signal, signal.selector(PHYSICAL, hosts))


def share(part: Signal, whole: Signal, hosts: str) -> str:
    """``part`` of ``whole`` on each machine, 0 to 1."""
    return f"{level(part, hosts)} / {level(whole, hosts)}"


def busiest_core(window: str, hosts: str) -> str:
    """Busy share of the busiest core of each machine, 0 to 1."""
    return f"max by ({names.INSTANCE}) ({busy_cores(window, hosts)})"


def busy_cores(window: str, hosts: str) -> str:
    """Busy share of each core, 0 to 1."""
    by_job = f"sum by ({names.INSTANCE}, {names.JOB}, {names.CPU})"
    idle = f"{by_job} (rate({names.NODE_CPU}{{{host.IDLE},{hosts}}}[{window}]))"
    return f"1 - min by ({names.INSTANCE}, {names.CPU}) ({idle})"


def cpu_by_mode(window: str, hosts: str) -> str:
    """What all cores of all the machines together spend their time on, by mode: shares of the whole, 0 to 1."""
    spent = rate(CPU_BY_MODE, window, hosts)
    idle = f'{names.NODE_CPU}{{{names.MODE}="idle",{hosts}}}'
    cores = f"max by ({names.INSTANCE}) (count by ({names.INSTANCE}, {names.JOB}) (rate({idle}[{window}])))"
    return f"sum by ({names.MODE}) ({spent}) / on () group_left () sum ({cores})"


def link_share(signal: Signal, window: str, hosts: str) -> str:
    """A direction's bytes over what its link carries, 0 to 1; only of links that know their speed."""
    speed = f"({level(resources.LINK_SPEED, hosts)} > 0)"
    return f"{rate(signal, window, hosts)} / {speed}"


def ports_in_use(hosts: str) -> str:
    """Ports that are taken on each machine: by open connections and by those closed a moment ago."""
    return f"{level(resources.SOCKETS, hosts)} + {level(resources.TIME_WAIT, hosts)}"


def _once(signal: Signal, series: str) -> str:
    """Summed within a job, then the largest of the jobs that report on one machine."""
    by = ", ".join(signal.by)
    return f"max by ({by}) (sum by ({by}, {names.JOB}) ({series}))"
