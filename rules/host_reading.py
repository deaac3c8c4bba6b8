"""Fetch what the machines reported during a run: two queries, one for CPU time per core, one for everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from rules import clocks, names
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import AnySeries, Series
from rules.signals import host, resources

SCRAPE_SLACK_SECONDS: Final = 30.0 + clocks.MOST_SECONDS
"""The scrape before the run and the one after it hold its first and last seconds; and their clock may be another."""

HostSamples = dict[str, Sequence[AnySeries]]


def read_raw(client: Prometheus, run: Run) -> HostSamples:
    """Every scrape of every machine with a role, by metric name; raises PrometheusError."""
    span = run.start - SCRAPE_SLACK_SECONDS, run.end + SCRAPE_SLACK_SECONDS
    asked = run.roles.asked
    cpu = asked(lambda hosts: client.raw(host.cores(hosts), *span))
    return {names.NODE_CPU: cpu} | by_name(asked(lambda hosts: client.raw(resources.all_watched(hosts), *span)))


def read_on_grid(client: Prometheus, run: Run, step: float) -> HostSamples:
    """One scrape in ``step`` seconds, for a run so long that nobody needs each; raises PrometheusError.

    A point of a grid tells the last scrape before it, whose own time is asked for beside it: counters that grew from
    one scrape to another, over the time from one point to another, would make shares above 1.
    """
    span = run.start - SCRAPE_SLACK_SECONDS, run.end + SCRAPE_SLACK_SECONDS + step, step
    asked = run.roles.asked
    scrapes = {_target(one): one for one in asked(lambda hosts: client.range(host.scraped_at(hosts), *span))}

    def at_scrapes(query: Callable[[str], str]) -> list[AnySeries]:
        found = asked(lambda hosts: client.range(query(hosts), *span))
        return [_at_scrapes(one, scrapes.get(_target(one))) for one in found if isinstance(one, Series)]

    return {names.NODE_CPU: at_scrapes(host.cores_on_grid)} | by_name(at_scrapes(resources.all_watched_on_grid))


def _target(one: AnySeries) -> tuple[str | None, ...]:
    return tuple(one.labels.get(label) for label in host.TARGET_LABELS)


def _at_scrapes(one: Series, scrapes: AnySeries | None) -> Series:
    """Each value at the time of its scrape, once; at the grid's own time where the target tells no CPU time."""
    if not isinstance(scrapes, Series):
        return one
    _, row, column = np.intersect1d(one.times, scrapes.times, return_indices=True)
    times, first = np.unique(scrapes.values[column], return_index=True)
    return Series(one.labels, times, one.values[row[first]])


def by_name(series: Iterable[AnySeries]) -> HostSamples:
    """The series of each metric."""
    found: dict[str, list[AnySeries]] = {}
    for one in series:
        found.setdefault(one.labels["__name__"], []).append(one)
    return dict(found)
