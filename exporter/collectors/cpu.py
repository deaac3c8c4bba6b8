"""CPU time per core and mode, and the rest of /proc/stat: boot time, context switches, forks, tasks.

On Linux /proc/stat is read directly, elsewhere psutil is asked. psutil would do for both, but it takes the path
of /proc from a module global: two collectors on two paths (a test's and the host's) could not live side by side.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.proc import PROC, read

MODES: Final = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
"""The first eight columns of /proc/stat, in its order (proc_stat(5))."""
GUEST_MODES: Final = ("user", "nice")
"""The ninth and tenth: what guests ran, contained in user and nice."""

HOTPLUG_SECONDS: Final = 3.0
"""Idle time that falls by this much is a core that was taken out and put back (node_exporter's limit)."""

CoreSeconds = Mapping[str, float]
"""Seconds by mode."""

COUNTERS: Final = {
    "ctxt": (names.NODE_CONTEXT_SWITCHES, "Total number of context switches."),
    "processes": (names.NODE_FORKS, "Total number of forks."),
    "intr": (names.NODE_INTERRUPTS, "Total number of interrupts serviced."),
}
GAUGES: Final = {
    "btime": (names.NODE_BOOT_TIME, "Node boot time, in unixtime."),
    "procs_running": (names.NODE_PROCS_RUNNING, "Number of processes in runnable state."),
    "procs_blocked": (names.NODE_PROCS_BLOCKED, "Number of processes blocked waiting for I/O to complete."),
}


@dataclass
class Stat:
    """Seconds by core ("0", "1", …) and mode; guests' too, where the kernel says so; and the single numbers."""

    cores: dict[str, CoreSeconds] = field(default_factory=dict)
    guests: dict[str, CoreSeconds] = field(default_factory=dict)
    single: dict[str, int] = field(default_factory=dict)


def clock_ticks() -> int:
    """The unit of /proc/stat: ticks per second, 100 on every common Linux."""
    return os.sysconf("SC_CLK_TCK")


def parse_stat(text: str, ticks_per_second: int) -> Stat:
    """What /proc/stat says.

    The line ``cpu``, the sum of all cores, is left out: it would count everything twice. Raises ValueError
    where no core is found, because an empty answer would look like a host without CPUs.
    """
    stat = Stat()
    for line in text.splitlines():
        key, _, rest = line.partition(" ")
        if key in COUNTERS or key in GAUGES:
            stat.single[key] = int(rest.partition(" ")[0])  # a large host counts thousands of interrupts one by one
        elif key.startswith("cpu") and key != "cpu":
            seconds = [int(ticks) / ticks_per_second for ticks in rest.split()]
            core = key.removeprefix("cpu")
            stat.cores[core] = dict(zip(MODES, seconds[: len(MODES)], strict=True))
            if len(seconds) >= len(MODES) + len(GUEST_MODES):
                stat.guests[core] = dict(zip(GUEST_MODES, seconds[len(MODES) :], strict=False))
    if not stat.cores:
        raise ValueError("no line for any core in /proc/stat")
    return stat


def never_backwards(before: CoreSeconds, now: CoreSeconds) -> CoreSeconds:
    """One core's seconds with small steps back held at the old value.

    The kernel's iowait, and idle on some kernels, may step back by some ticks (proc_stat(5)). Prometheus would
    read that as a counter that began anew, and add the whole uptime to the rate. A core that came back after it
    was taken out does begin anew.
    """
    if before.get("idle", 0.0) - now["idle"] >= HOTPLUG_SECONDS:
        return now
    return {mode: max(seconds, before.get(mode, 0.0)) for mode, seconds in now.items()}


class CpuCollector:
    """Reads ``proc``/stat at every scrape; ``proc`` None asks psutil. Raises OSError if it cannot be read."""

    name = "cpu"

    def __init__(self, proc: Path | None = PROC, ticks_per_second: int | None = None) -> None:
        self._proc = proc
        self._ticks = ticks_per_second or clock_ticks()
        self._before: dict[str, CoreSeconds] = {}

    def collect(self) -> Iterator[Metric]:
        """Counters per core and mode, in seconds since boot, then the single numbers."""
        stat = Stat(ask_psutil()) if self._proc is None else parse_stat(read(self._proc, "stat"), self._ticks)
        self._before = {core: never_backwards(self._before.get(core, {}), now) for core, now in stat.cores.items()}
        yield _per_core(names.NODE_CPU_SECONDS, "Seconds the CPUs spent in each mode.", self._before)
        if stat.guests:
            text = "Seconds the CPUs spent in guests (VMs) for each mode."
            yield _per_core(names.NODE_CPU_GUEST_SECONDS, text, stat.guests)
        for key, (name, documentation) in COUNTERS.items():
            if key in stat.single:
                yield CounterMetricFamily(name, documentation, stat.single[key])
        for key, (name, documentation) in GAUGES.items():
            if key in stat.single:
                yield GaugeMetricFamily(name, documentation, stat.single[key])


def _per_core(name: str, documentation: str, cores: Mapping[str, CoreSeconds]) -> Metric:
    family = CounterMetricFamily(name, documentation, labels=(names.CPU, names.MODE))
    for core, seconds in cores.items():
        for mode, value in seconds.items():
            family.add_metric((core, mode), value)
    return family


def ask_psutil() -> dict[str, CoreSeconds]:
    """Seconds by core and mode for a system without /proc: the modes it knows (macOS: user, nice, system, idle)."""
    import psutil

    per_core = (times._asdict() for times in psutil.cpu_times(percpu=True))
    return {str(core): {mode: times[mode] for mode in MODES if mode in times} for core, times in enumerate(per_core)}
