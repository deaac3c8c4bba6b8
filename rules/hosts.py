"""node_exporter's CPU counters to busy shares per host, one scrape job a host so that none counts twice."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rules import names
from rules.series import AnySeries, Floats, Series
from rules.timeline import Host

IDLE_MODES = ("idle", "iowait")


def hosts_on(edges: Floats, series: Iterable[AnySeries]) -> tuple[Host, ...]:
    """The hosts that ``series`` of node_cpu_seconds_total describe, on the bins between ``edges``."""
    idle: dict[tuple[str, str], dict[str, dict[str, list[Series]]]] = {}
    for one in series:
        if isinstance(one, Series) and one.labels.get(names.MODE) in IDLE_MODES and one.times.size > 1:
            host = one.labels.get(names.INSTANCE, ""), one.labels.get(names.ROLE, "")
            cores = idle.setdefault(host, {}).setdefault(one.labels.get(names.JOB, ""), {})
            cores.setdefault(one.labels.get(names.CPU, ""), []).append(one)
    found = []
    for (instance, role), jobs in sorted(idle.items()):
        cores = jobs[min(jobs)]
        busy = np.array([_busy(edges, modes) for modes in cores.values()])
        found.append(Host(instance, role, busy.mean(axis=0), busy.max(axis=0)))
    return tuple(found)


def _busy(edges: Floats, modes: Iterable[Series]) -> Floats:
    """1 - idle share of one core per bin; NaN where a bin is not covered by scrapes."""
    idle = np.zeros(edges.size - 1)
    for one in modes:
        idle += np.diff(np.interp(edges, one.times, one.values, left=np.nan, right=np.nan))
    return np.clip(1.0 - idle / np.diff(edges), 0.0, 1.0)
