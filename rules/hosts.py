"""What machines reported, onto the bins: CPU shares and resources per host, one scrape job each so that none counts
twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from rules import names
from rules.ec2 import credits_left
from rules.resources import resources_on
from rules.series import Floats, Samples, Series
from rules.signals.resources import WATCHED
from rules.statistics.scrapes import increase
from rules.timeline import Host
from rules.told import Told

IDLE_MODES = ("idle", "iowait")
STEAL_MODE = "steal"

Readings = dict[str, list[Series]]
"""One host's series by metric name."""
Target = tuple[str, str]
"""A host's instance and role."""
NOBODY: Final[Mapping[Target, float]] = {}


def hosts_on(
    edges: Floats, machines: Mapping[Target, Readings], ahead: Mapping[Target, float] = NOBODY
) -> tuple[Host, ...]:
    """The ``machines``, on the bins between ``edges`` (unix seconds of k6's clock).

    ``ahead`` has the seconds by which the clock of a machine's scrapes is ahead of that one, where it is.
    """
    return tuple(
        _host(edges + ahead.get(target, 0.0), *target, readings) for target, readings in sorted(machines.items())
    )


def per_host(samples: Samples) -> dict[Target, Readings]:
    """The machines that ``samples`` describe; of several jobs that report a metric, the first by name."""
    jobs: dict[Target, dict[str, Readings]] = {}
    for metric in (names.NODE_CPU, *(signal.metric for signal in WATCHED)):
        for one in samples.get(metric, ()):
            if isinstance(one, Series) and one.times.size > 1:
                host = one.labels.get(names.INSTANCE, ""), one.labels.get(names.ROLE, "")
                per_job = jobs.setdefault(host, {}).setdefault(metric, {})
                per_job.setdefault(one.labels.get(names.JOB, ""), []).append(one)
    return {host: {metric: told[min(told)] for metric, told in metrics.items()} for host, metrics in jobs.items()}


def _host(edges: Floats, instance: str, role: str, readings: Readings) -> Host:
    cores = _cores(readings.get(names.NODE_CPU, ()))
    resources = resources_on(edges, readings, len(cores))
    told_type = readings.get(names.EC2_INSTANCE_INFO, [])
    instance_type = told_type[-1].labels.get(names.INSTANCE_TYPE) if told_type else None
    if not cores:
        unknown = np.full(edges.size - 1, np.nan)
        return Host(instance, role, unknown, unknown, instance_type=instance_type, resources=resources)
    busy = np.clip(1.0 - _shares(edges, cores.values(), IDLE_MODES), 0.0, 1.0)
    stolen = [modes for modes in cores.values() if STEAL_MODE in modes]
    return Host(
        instance,
        role,
        cpu=busy.mean(axis=0),
        busiest_core=busy.max(axis=0),
        steal=_shares(edges, stolen, (STEAL_MODE,)).mean(axis=0) if stolen else None,
        cores=len(cores),
        instance_type=instance_type,
        credits=credits_left(Told(edges, readings)),
        resources=resources,
    )


def _cores(series: Sequence[Series]) -> dict[str, dict[str, Series]]:
    """Per core and mode; only cores that tell when they are idle."""
    cores: dict[str, dict[str, Series]] = {}
    for one in series:
        cores.setdefault(one.labels.get(names.CPU, ""), {})[one.labels.get(names.MODE, "")] = one
    return {core: modes for core, modes in cores.items() if not modes.keys().isdisjoint(IDLE_MODES)}


def _shares(edges: Floats, cores: Iterable[dict[str, Series]], wanted: tuple[str, ...]) -> Floats:
    """Share of each bin that each of ``cores`` spent in the ``wanted`` modes, a row each; NaN where scrapes do not
    cover it.
    """
    spent = [increase(edges, [modes[mode] for mode in wanted if mode in modes]) for modes in cores]
    return np.array(spent) / np.diff(edges)
