"""k6's own processes as they tell of themselves: fetched in one query, and put onto the bins."""

from __future__ import annotations

import numpy as np

from rules import names
from rules.host_reading import SCRAPE_SLACK_SECONDS, HostSamples, by_name
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import Floats, Samples, Series
from rules.signals import k6
from rules.statistics.scrapes import increase, level
from rules.timeline import K6Process


def read_raw(client: Prometheus, run: Run) -> HostSamples:
    """Every scrape of every k6 process of ``run``, by metric name; raises PrometheusError."""
    span = run.start - SCRAPE_SLACK_SECONDS, run.end + SCRAPE_SLACK_SECONDS
    return by_name(client.raw(k6.all_of_itself(run.testid), *span))


def read_on_grid(client: Prometheus, run: Run, step: float) -> HostSamples:
    """The same on a grid of ``step`` seconds."""
    return by_name(client.range(k6.all_of_itself_on_grid(run.testid), run.start, run.end, step))


def processes_on(edges: Floats, samples: Samples) -> tuple[K6Process, ...]:
    """The k6 processes that ``samples`` describe, on the bins between ``edges`` (unix seconds)."""
    told: dict[str, dict[str, list[Series]]] = {}
    for signal in k6.ITSELF:
        for one in samples.get(signal.metric, ()):
            if isinstance(one, Series) and one.times.size > 1:
                of_process = told.setdefault(one.labels.get(names.INSTANCE, ""), {})
                of_process.setdefault(signal.metric, []).append(one)
    return tuple(_process(edges, instance, series) for instance, series in sorted(told.items()))


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
