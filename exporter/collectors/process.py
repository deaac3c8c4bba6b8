"""CPU, memory, threads and open files of named processes, added up by group, as process-exporter names them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import psutil
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from exporter import names
from exporter.collectors.proc import PROC, read
from exporter.collectors.process_option import Group
from exporter.collectors.process_table import ProcessTable, Seen, Tracked
from exporter.errors import NothingHere

logger = logging.getLogger("exporter")

MOST: Final = 500
"""Processes of all groups that a scrape reads again; each costs 50 µs. Of more, these are the ones that were read
longest ago, and the others are added up as they were: a group without some of its processes would be wrong numbers."""


class ProcessCollector:
    """Asks psutil. A group's CPU keeps what processes used that have ended, so that it only grows."""

    name = "process"

    def __init__(
        self,
        groups: Sequence[Group],
        proc: Path | None = PROC,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST,
    ) -> None:
        """``proc`` other than /proc is a mounted one, whose processes psutil is then told to look at."""
        self._names = tuple(dict.fromkeys(group.name for group in groups))
        self._proc = proc
        self._table = ProcessTable(groups, clock)
        self._cpu: dict[tuple[str, str], float] = {}
        self._most = most
        self._scrapes = 0
        self._told = False
        if proc is not None and proc != PROC:
            psutil.PROCFS_PATH = str(proc)

    def collect(self) -> Iterator[Metric]:
        """Counters of CPU in seconds; gauges, of which a group without processes has the number alone."""
        tracked = self._table.look()
        self._tell(len(tracked))
        self._scrapes += 1
        for one in in_turn(tracked, self._most):
            one.read_at = self._scrapes
            try:
                # A number that was used again is another process: is_running compares the times of start.
                one.seen = self._see(one) if one.process.is_running() else None
            except psutil.Error:  # it ended meanwhile
                one.seen = None
        groups: dict[str, list[Seen]] = {name: [] for name in self._names}
        for one in tracked:
            if one.seen:
                groups[one.group].append(one.seen)
        yield from self._families(groups)

    def _tell(self, number: int) -> None:
        if number <= self._most or self._told:
            return
        self._told = True
        logger.warning(
            "collector process: %d processes fit --process, of which a scrape reads %d anew; the others are told as "
            "they were up to %d scrape(s) before",
            number,
            self._most,
            -(-number // self._most) - 1,
        )

    def _see(self, one: Tracked) -> Seen:
        with one.process.oneshot():
            times, memory = one.process.cpu_times(), one.process.memory_info()
            threads, started = one.process.num_threads(), one.process.create_time()
        for mode, seconds in (("user", times.user), ("system", times.system)):
            before = self._cpu.get((one.group, mode), 0.0)
            self._cpu[one.group, mode] = before + max(0.0, seconds - one.counted[mode])
            one.counted[mode] = max(seconds, one.counted[mode])
        return Seen(memory.rss, memory.vms, threads, started, _files(one.process), self._limit(one.process.pid))

    def _limit(self, pid: int) -> int | None:
        """The file's word and not the system call's, which would take the number for one of our own namespace."""
        try:
            limits = read(self._proc, f"{pid}/limits")
        except (OSError, NothingHere):
            return None
        soft = limits.partition("Max open files")[2].split(maxsplit=1)[0]
        return int(soft) if soft.isdigit() else None

    def _families(self, groups: dict[str, list[Seen]]) -> Iterator[Metric]:
        number = _gauge(names.PROCESSES, "number of processes in this group")
        threads = _gauge(names.PROCESS_THREADS, "Number of threads")
        files = _gauge(names.PROCESS_FILES, "number of open file descriptors for this group")
        ratio = _gauge(
            names.PROCESS_FILES_RATIO,
            "the worst (closest to 1) ratio between open fds and max fds among all procs in this group",
        )
        start = _gauge(names.PROCESS_START, "start time in seconds since 1970/01/01 of oldest process in group")
        memory = _gauge(names.PROCESS_MEMORY, "number of bytes of memory in use", names.MEMORY_TYPE)
        for name, seen in groups.items():
            number.add_metric((name,), len(seen))
            if not seen:
                continue
            threads.add_metric((name,), sum(one.threads for one in seen))
            start.add_metric((name,), min(one.started for one in seen))
            memory.add_metric((name, "resident"), sum(one.resident for one in seen))
            memory.add_metric((name, "virtual"), sum(one.virtual for one in seen))
            opened = [one.files for one in seen if one.files is not None]
            if len(opened) == len(seen):
                files.add_metric((name,), sum(opened))
            ratios = [one.files / one.limit for one in seen if one.files is not None and one.limit]
            if len(ratios) == len(seen):
                ratio.add_metric((name,), max(ratios))
        cpu = CounterMetricFamily(names.PROCESS_CPU, "Cpu user usage in seconds", labels=(names.GROUP, names.MODE))
        for group_and_mode, seconds in self._cpu.items():
            cpu.add_metric(group_and_mode, seconds)
        yield from (family for family in (number, cpu, memory, threads, files, ratio, start) if family.samples)


def in_turn(tracked: Sequence[Tracked], most: int) -> list[Tracked]:
    """Those to read now: all that were never read, and of the others the ``most`` that were read longest ago."""
    known = [one for one in tracked if one.read_at]
    if len(known) > most:
        known = sorted(known, key=lambda one: one.read_at)[:most]
    return [one for one in tracked if not one.read_at] + known


def _files(process: psutil.Process) -> int | None:
    try:
        return process.num_fds()
    except psutil.AccessDenied:
        return None


def _gauge(name: str, documentation: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, labels=(names.GROUP, *labels))
