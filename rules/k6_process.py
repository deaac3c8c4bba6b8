"""k6's own processes: as they tell of themselves, fetched in one query and put onto the bins, or as the exporter on
their machine tells of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from rules import names
from rules.host_reading import SCRAPE_SLACK_SECONDS, HostSamples, by_name
from rules.hosts import Readings, Target
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import Floats, Samples, Series
from rules.signals import k6
from rules.statistics.scrapes import increase, level
from rules.timeline import K6Process
from rules.told import Told


def read_raw(client: Prometheus, run: Run) -> HostSamples:
    """Every scrape of every k6 process of ``run``, by metric name; raises PrometheusError."""
    span = run.start - SCRAPE_SLACK_SECONDS, run.end + SCRAPE_SLACK_SECONDS
    return by_name(client.raw(k6.all_of_itself(run.testid), *span))


def read_on_grid(client: Prometheus, run: Run, step: float) -> HostSamples:
    """The same on a grid of ``step`` seconds."""
    return by_name(client.range(k6.all_of_itself_on_grid(run.testid), run.start, run.end, step))


def processes_on(edges: Floats, samples: Samples, machines: Mapping[Target, Readings]) -> tuple[K6Process, ...]:
    """The k6 processes that ``samples`` describe, on the bins between ``edges`` (unix seconds).

    What the exporter knows of them, as one for each of ``machines``, stands in where none tells of itself: k6 before
    1.2.
    """
    told: dict[str, dict[str, list[Series]]] = {}
    for signal in k6.ITSELF:
        for one in samples.get(signal.metric, ()):
            if isinstance(one, Series) and one.times.size > 1:
                of_process = told.setdefault(one.labels.get(names.INSTANCE, ""), {})
                of_process.setdefault(signal.metric, []).append(one)
    own = tuple(_process(edges, instance, series) for instance, series in sorted(told.items()))
    return own or tuple(_named(edges, machines))


def _named(edges: Floats, machines: Mapping[Target, Readings]) -> Iterator[K6Process]:
    """The group of processes that the exporter was told to name after k6, on each machine that makes load."""
    unknown = np.full(edges.size - 1, np.nan)
    for (instance, role), readings in sorted(machines.items()):
        group = Told(edges, {metric: _of_k6(series) for metric, series in readings.items()})
        cpu = group.rate(names.NAMED_CPU)
        if role != names.ROLE_SERVER and cpu is not None:
            memory, files = group.level(names.NAMED_MEMORY), group.level(names.NAMED_FILES)
            yield K6Process(
                instance,
                cpu,
                cores=unknown,
                memory=unknown if memory is None else memory,
                open_files=unknown if files is None else files,
                files_limit=unknown,
            )


def _of_k6(series: Sequence[Series]) -> list[Series]:
    return [one for one in series if one.labels.get(names.PROCESS_GROUP) == names.K6_GROUP]


def _process(edges: Floats, instance: str, told: dict[str, list[Series]]) -> K6Process:
    def gauge(metric: str) -> Floats:
        return level(edges, told[metric]) if metric in told else np.full(edges.size - 1, np.nan)

    cpu = told.get(names.PROCESS_CPU)
    return K6Process(
        instance=instance,
        cpu=increase(edges, cpu) / np.diff(edges) if cpu else np.full(edges.size - 1, np.nan),
        cores=gauge(names.GO_MAX_PROCS),
        memory=gauge(names.PROCESS_MEMORY),
        open_files=gauge(names.PROCESS_FILES),
        files_limit=gauge(names.PROCESS_FILES_LIMIT),
    )
