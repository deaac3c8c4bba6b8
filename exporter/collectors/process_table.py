"""The running processes that belong to a group, followed from scrape to scrape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import psutil

from exporter.collectors.process_option import Group

SCAN_SECONDS: Final = 15.0
"""Between two looks at the command lines of all processes, which cost 40 µs each. New processes are seen at once; the
others are looked at again because one may have become another program (exec), and because numbers are used again."""


class Seen(NamedTuple):
    """One process at one moment; ``files`` and ``limit`` are None where only its owner may see them."""

    resident: int
    virtual: int
    threads: int
    started: float
    files: int | None
    limit: int | None


class Tracked:
    """One process of a group."""

    def __init__(self, group: str, process: psutil.Process) -> None:
        self.group = group
        self.process = process
        self.counted = {"user": 0.0, "system": 0.0}
        """Seconds of CPU that the group's counters have of it already, by mode."""
        self.seen: Seen | None = None
        """As it was read last; None before, and once it has ended."""
        self.read_at = 0
        """The number of the scrape that read it last; 0 before."""


class ProcessTable:
    """Which processes there are in which group; the first pattern that fits decides."""

    def __init__(self, groups: Sequence[Group], clock: Callable[[], float]) -> None:
        """``clock`` is in seconds."""
        self._groups = tuple(groups)
        self._clock = clock
        self._looked_at: set[int] = set()
        self._scanned: float | None = None
        self._tracked: dict[int, Tracked] = {}

    def look(self) -> list[Tracked]:
        """The processes that are there now; whoever reads one asks first whether it is still the same."""
        present, now = set(psutil.pids()), self._clock()
        if self._scanned is None or now - self._scanned >= SCAN_SECONDS:
            self._scanned, self._looked_at = now, set()
        for pid in sorted(present - self._looked_at):
            self._look_at(pid)
        self._looked_at = present
        self._tracked = {pid: one for pid, one in self._tracked.items() if pid in present}
        return list(self._tracked.values())

    def _look_at(self, pid: int) -> None:
        try:
            process = psutil.Process(pid)
            group = self._group_of(" ".join(process.cmdline()))
        except psutil.Error:  # gone since, or hidden from us
            group = None
        known = self._tracked.get(pid)
        if group is None:
            self._tracked.pop(pid, None)
        elif known is None or known.process != process or known.group != group:
            self._tracked[pid] = Tracked(group, process)

    def _group_of(self, command: str) -> str | None:
        for group in self._groups:
            # The exporter, and a shell or sudo that started it, have the pattern in their command lines too.
            if group.pattern.search(command) and f"{group.name}={group.pattern.pattern}" not in command:
                return group.name
        return None
