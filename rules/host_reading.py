"""Fetch what the machines reported during a run: two queries, one for CPU time per core, one for everything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rules import names
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import AnySeries
from rules.signals import host, resources

SCRAPE_SLACK_SECONDS: Final = 30.0
"""Scrapes have their own clock: the one before the run and the one after it hold its first and last seconds."""

HostSamples = dict[str, Sequence[AnySeries]]


def read_raw(client: Prometheus, run: Run) -> HostSamples:
    """Every scrape of every machine with a role, by metric name; raises PrometheusError."""
    span = run.start - SCRAPE_SLACK_SECONDS, run.end + SCRAPE_SLACK_SECONDS
    cpu = client.raw(host.CPU_SECONDS.selector(host.NOT_OURS, host.ANY_ROLE), *span)
    return {names.NODE_CPU: cpu} | by_name(client.raw(resources.all_watched(host.ANY_ROLE), *span))


def read_on_grid(client: Prometheus, run: Run, step: int) -> HostSamples:
    """The same on a grid of ``step`` seconds, for a run so long that nobody needs each scrape."""
    cpu = host.CPU_SECONDS.on_grid(step, host.CORE_LABELS, host.NOT_OURS, host.ANY_ROLE)
    rest = resources.all_watched_on_grid(step, host.ANY_ROLE)
    span = run.start, run.end, step
    return {names.NODE_CPU: client.range(cpu, *span)} | by_name(client.range(rest, *span))


def by_name(series: Iterable[AnySeries]) -> HostSamples:
    """The series of each metric."""
    found: dict[str, list[AnySeries]] = {}
    for one in series:
        found.setdefault(one.labels["__name__"], []).append(one)
    return dict(found)
