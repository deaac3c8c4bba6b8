"""What the generator had in use: the CPU and ports of its machines, and what k6 tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rules import resources
from rules.answer import K6Usage
from rules.names import ROLE_BOTH, ROLE_GENERATOR
from rules.series import Floats
from rules.statistics.windows import Mask
from rules.timeline import Host, K6Process, Timeline


@dataclass(frozen=True)
class Usage:
    """Of several machines or processes, the one that had most in use. Shares are 0 to 1; None is unknown."""

    cpu: float | None
    core: float | None
    """Its busiest core."""
    ports: float | None
    files: float | None
    """Of the machine's or of k6's own open files, whichever is nearer to its limit."""
    k6: K6Usage | None
    of_machine: float | None
    """k6's own part of its machine's CPU, where there is one machine."""

    @property
    def own_cpu(self) -> float | None:
        """What k6 keeps busy of the cores that it may use."""
        if self.k6 is None or self.k6.cpu_cores is None or not self.k6.cores:
            return None
        return self.k6.cpu_cores / self.k6.cores


def usage(timeline: Timeline, bins: Mask) -> Usage:
    """What was in use over ``bins``: medians, as VUs in step leave even what is the limit idle now and then."""
    hosts = [host for host in timeline.hosts if host.role in (ROLE_GENERATOR, ROLE_BOTH)]
    own = [_k6(process, bins) for process in timeline.processes]
    busiest = max(own, key=lambda one: one.cpu_cores or 0.0, default=None)
    files = [one.open_files / one.open_files_limit for one in own if one.open_files and one.open_files_limit]
    files += [used] if (used := _highest(hosts, bins, _used(resources.FILES))) is not None else []
    cores = hosts[0].cores if len(hosts) == 1 else 0
    spent = [one.cpu_cores for one in own if one.cpu_cores is not None]
    return Usage(
        cpu=_highest(hosts, bins, lambda host: host.cpu),
        core=_highest(hosts, bins, lambda host: host.busiest_core),
        ports=_highest(hosts, bins, _used(resources.PORTS)),
        files=max(files, default=None),
        k6=busiest,
        of_machine=sum(spent) / cores if spent and cores else None,
    )


def _k6(process: K6Process, bins: Mask) -> K6Usage:
    memory, files, limit = (
        _median(values, bins) for values in (process.memory, process.open_files, process.files_limit)
    )
    return K6Usage(
        cpu_cores=_median(process.cpu, bins),
        cores=_median(process.cores, bins),
        memory_bytes=None if memory is None else round(memory),
        open_files=None if files is None else round(files),
        open_files_limit=None if limit is None else round(limit),
    )


def _used(resource: str) -> Callable[[Host], Floats | None]:
    return lambda host: host.resources[resource].utilisation if resource in host.resources else None


def _highest(hosts: Sequence[Host], bins: Mask, level: Callable[[Host], Floats | None]) -> float | None:
    levels = [typical for host in hosts if (typical := _median(level(host), bins)) is not None]
    return max(levels, default=None)


def _median(values: Floats | None, bins: Mask) -> float | None:
    if values is None or not np.isfinite(values[bins]).any():
        return None
    return float(np.nanmedian(values[bins]))
