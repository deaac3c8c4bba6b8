"""A run as it was known at some moment of it, a scenario that ends there, and a server that nothing befalls later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rules import names
from rules.series import AnySeries, HistogramSeries, Samples
from tests.simulator.run import SimulatedRun, by_name
from tests.simulator.scenario import Scenario

REPORT_SECONDS = 1.0
"""k6 reports its VUs so often, so a push was made less than that after the moment that its VUs are of."""

Points = tuple[tuple[float, float], ...]


def as_of(run: SimulatedRun, seconds: float) -> Samples:
    """What Prometheus held so long after ``run`` began: the pushes and scrapes until then, nothing of later ones."""
    until = run.start + seconds
    pushes = [(_process(one), _last_push(one, until)) for one in run.samples[names.VUS]]
    scraped = until + run.scenario.hosts.clock_ahead
    kept = []
    for one in run.series():
        last = next((last for process, last in pushes if process.items() <= one.labels.items()), scraped)
        if (count := int(np.searchsorted(one.times, min(last, scraped), side="right"))) > 0:
            kept.append(_first(one, count))
    return by_name(kept)


def shorter(scenario: Scenario, seconds: float) -> Scenario:
    """The same with a load that ends after ``seconds``."""
    load, arrivals = scenario.load, scenario.load.arrivals
    if arrivals:
        arrivals = replace(arrivals, points=_until(arrivals.points, seconds))
    return replace(scenario, load=replace(load, points=_until(load.points, seconds), arrivals=arrivals))


def unchanged(scenario: Scenario, seconds: float) -> Scenario:
    """The same with a server that stays what it is after ``seconds``: whatever begins later never does."""
    server = scenario.server
    grown, outage = server.scale_out, server.outage
    stays = replace(
        server,
        changes=tuple(change for change in server.changes if change.at <= seconds),
        scale_out=grown if grown and grown.at <= seconds else None,
        outage=outage if outage and outage.begin <= seconds else None,
    )
    return replace(scenario, server=stays)


def _process(one: AnySeries) -> dict[str, str]:
    return {label: value for label, value in one.labels.items() if label != "__name__"}


def _last_push(one: AnySeries, until: float) -> float:
    """The latest stamp that samples of the last push before ``until`` can have, unix seconds; -inf before the first."""
    made = one.times[one.times + REPORT_SECONDS <= until]
    return float(made[-1]) + REPORT_SECONDS if made.size else -np.inf


def _first(one: AnySeries, count: int) -> AnySeries:
    if isinstance(one, HistogramSeries):
        counts, sums, buckets = one.counts[:count], one.sums[:count], one.buckets[:count]
        return replace(one, times=one.times[:count], counts=counts, sums=sums, buckets=buckets)
    return replace(one, times=one.times[:count], values=one.values[:count])


def _until(points: Sequence[tuple[float, float]], seconds: float) -> Points:
    if seconds >= points[-1][0]:
        return tuple(points)
    level = float(np.interp(seconds, [t for t, _ in points], [n for _, n in points]))
    return (*((t, n) for t, n in points if t < seconds), (seconds, level))
