"""CPU time per core and mode: ``node_cpu_seconds_total{cpu,mode}``.

On Linux /proc/stat is read directly, elsewhere psutil is asked. psutil would do for both, but it takes the path
of /proc from a module global: two collectors on two paths (a test's and the host's) could not live side by side.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, Metric

from exporter import names
from exporter.collectors.proc import PROC

MODES: Final = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
"""The first eight columns of /proc/stat, in its order (proc_stat(5)). Guest time, the ninth and tenth, is
contained in user and nice."""

HOTPLUG_SECONDS: Final = 3.0
"""Idle time that falls by this much is a core that was taken out and put back (node_exporter's limit)."""

CoreSeconds = Mapping[str, float]
"""Seconds by mode."""


def clock_ticks() -> int:
    """The unit of /proc/stat: ticks per second, 100 on every common Linux."""
    return os.sysconf("SC_CLK_TCK")


def parse_stat(text: str, ticks_per_second: int) -> dict[str, CoreSeconds]:
    """Seconds by mode, by core ("0", "1", …), from the text of /proc/stat.

    The line ``cpu``, the sum of all cores, is left out: it would count everything twice. Raises ValueError
    where no core is found, because an empty answer would look like a host without CPUs.
    """
    cores: dict[str, CoreSeconds] = {}
    for line in text.splitlines():
        key, *columns = line.split()
        if key.startswith("cpu") and key != "cpu":
            ticks = map(int, columns[: len(MODES)])
            cores[key.removeprefix("cpu")] = {
                mode: count / ticks_per_second for mode, count in zip(MODES, ticks, strict=True)
            }
    if not cores:
        raise ValueError("no line for any core in /proc/stat")
    return cores


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
        self._lock = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """One counter per core and mode, in seconds since boot."""
        with self._lock:
            cores = {core: never_backwards(self._before.get(core, {}), now) for core, now in self._read().items()}
            self._before = cores
        family = CounterMetricFamily(
            names.NODE_CPU_SECONDS, "Seconds the CPUs spent in each mode.", labels=(names.CPU, names.MODE)
        )
        for core, seconds in cores.items():
            for mode, value in seconds.items():
                family.add_metric([core, mode], value)
        yield family

    def _read(self) -> dict[str, CoreSeconds]:
        if self._proc is None:
            return ask_psutil()
        return parse_stat((self._proc / "stat").read_text(), self._ticks)


def ask_psutil() -> dict[str, CoreSeconds]:
    """As parse_stat, for a system without /proc: the modes it knows (macOS: user, nice, system, idle)."""
    import psutil

    per_core = (times._asdict() for times in psutil.cpu_times(percpu=True))
    return {str(core): {mode: times[mode] for mode in MODES if mode in times} for core, times in enumerate(per_core)}
