"""What a container has used, from the kernel's files: some microseconds, where the engine takes up to a second.

Both versions of cgroups: https://docs.kernel.org/admin-guide/cgroup-v1/ and …/cgroup-v2.html.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from exporter.collectors.network import parse_dev
from exporter.collectors.proc import read
from exporter.containers.container import Container
from exporter.containers.usage import NANO, Traffic, Usage, working_set

MICRO = 1e6
WHERE_ENGINES_PUT_THEM = ("docker/{id}", "system.slice/docker-{id}.scope")
"""By the two cgroup drivers, cgroupfs and systemd; for a reader who does not see the container's process."""


class Cgroups:
    """Reads below ``sys``/fs/cgroup and ``proc``; either None where the system has none."""

    def __init__(self, sys: Path | None, proc: Path | None) -> None:
        self._root = str(sys / "fs" / "cgroup") if sys else ""
        self._proc = str(proc) if proc else ""
        self._unified = os.path.exists(f"{self._root}/cgroup.controllers")

    def read(self, container: Container) -> Usage | None:
        """None where its files, or those of its network, are not to be seen from here, or it has just ended."""
        memberships = self._memberships(container)
        if container.own_network and memberships is None:
            return None
        try:
            usage = self._read_v2 if self._unified else self._read_v1
            traffic = self._traffic(container.pid) if container.own_network else {}
            return usage(container.id, memberships or {}, traffic)
        except (FileNotFoundError, PermissionError, ProcessLookupError, _NotFoundError):
            return None

    def _read_v1(self, container_id: str, memberships: Mapping[str, str], traffic: Mapping[str, Traffic]) -> Usage:
        cpu = self._folder("cpu", container_id, memberships)
        accounting = self._folder("cpuacct", container_id, memberships)
        memory = self._folder("memory", container_id, memberships)
        throttling = _fields(read(cpu, "cpu.stat"))
        used = int(read(memory, "memory.usage_in_bytes"))
        return Usage(
            cpu=int(read(accounting, "cpuacct.usage")) / NANO,
            periods=throttling["nr_periods"],
            throttled_periods=throttling["nr_throttled"],
            throttled=throttling["throttled_time"] / NANO,
            memory=used,
            working_set=working_set(used, _fields(read(memory, "memory.stat"))["total_inactive_file"]),
            traffic=traffic,
        )

    def _read_v2(self, container_id: str, memberships: Mapping[str, str], traffic: Mapping[str, Traffic]) -> Usage:
        folder = self._folder("", container_id, memberships)
        cpu = _fields(read(folder, "cpu.stat"))
        used = int(read(folder, "memory.current"))
        return Usage(
            cpu=cpu["usage_usec"] / MICRO,
            periods=cpu.get("nr_periods", 0),
            throttled_periods=cpu.get("nr_throttled", 0),
            throttled=cpu.get("throttled_usec", 0) / MICRO,
            memory=used,
            working_set=working_set(used, _fields(read(folder, "memory.stat"))["inactive_file"]),
            traffic=traffic,
        )

    def _memberships(self, container: Container) -> dict[str, str] | None:
        """The container's path by controller, of its first process; None where that number is another process's.

        A path goes down to the container's own folder and not below it, where an init may have put the process.
        """
        found = {}
        try:
            lines = read(self._proc, f"{container.pid}/cgroup").splitlines()
        except OSError:
            return None
        for line in lines:
            _, controllers, path = line.split(":", 2)
            before, seen, after = path.partition(container.id)
            if seen:
                own = before + seen + after.partition("/")[0]
                found.update(dict.fromkeys(controllers.split(","), own))
        return found or None

    def _folder(self, controller: str, container_id: str, memberships: Mapping[str, str]) -> str:
        hierarchy = f"{self._root}/{controller}" if controller else self._root
        member = memberships.get(controller)
        for path in ([member.lstrip("/")] if member else []) + [
            where.format(id=container_id) for where in WHERE_ENGINES_PUT_THEM
        ]:
            folder = f"{hierarchy}/{path}"
            if os.path.isdir(folder):
                return folder
        raise _NotFoundError

    def _traffic(self, pid: int) -> dict[str, Traffic]:
        """Of every interface but loopback."""
        devices = parse_dev(read(self._proc, f"{pid}/net/dev"))
        return {
            name: Traffic(columns[0], columns[3], columns[8], columns[11])
            for name, columns in devices.items()
            if name != "lo"
        }


class _NotFoundError(Exception):
    """No folder of this container is where one could be."""


def _fields(text: str) -> dict[str, int]:
    """``name value`` lines."""
    return {name: int(value) for name, _, value in (line.partition(" ") for line in text.splitlines())}
