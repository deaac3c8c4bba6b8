"""What one scrape says of each collector: its families, and the guard's own metrics about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.watched import Outcome, Run, State, Watched

LABEL: Final = (names.COLLECTOR,)


@dataclass(frozen=True)
class Served:
    """``shown`` is the answer that goes out, with its ``age`` in seconds where the source is slow.

    Three states, told by two gauges:

    =============================  ===========  =============
    state                          ``success``  ``available``
    =============================  ===========  =============
    metrics                        1            1
    NothingHere                    1            0
    any other error, or no answer  0            1
    =============================  ===========  =============
    """

    name: str
    state: State
    seconds: float
    shown: Outcome | None = None
    age: float | None = None


def served(watched: Watched, run: Run | None, now: float, deadline: float) -> Served:
    """``run`` is the call that this scrape made or shares."""
    return _fresh(watched, run, now) if watched.refresh is None else _kept(watched, now, max(deadline, watched.refresh))


def _fresh(watched: Watched, run: Run | None, now: float) -> Served:
    if run is None or run.outcome is None:
        return _no_answer(watched, now - run.began if run else 0.0)
    end = run.outcome
    return Served(watched.name, end.state, end.ended - end.began, end)


def _kept(watched: Watched, now: float, patience: float) -> Served:
    shown = watched.kept(now)
    age = now - shown.began if shown and shown.state is State.WORKS else None
    waiting = now - watched.run.began if watched.run else 0.0
    last = watched.last
    if last is None or waiting >= patience:
        return _no_answer(watched, waiting, shown, age)
    return Served(watched.name, last.state, last.ended - last.began, shown, age)


def _no_answer(watched: Watched, seconds: float, shown: Outcome | None = None, age: float | None = None) -> Served:
    watched.tell(State.FAILS, f"no answer for {seconds:.1f} s; it is not asked again before it comes back")
    return Served(watched.name, State.FAILS, seconds, shown, age)


def report(scraped: Sequence[Served]) -> Iterator[Metric]:
    """Every family of every collector, in their order, then what the guard knows of each."""
    success = _gauge(names.COLLECTOR_SUCCESS, "0 if the collector failed; having nothing to report is no failure.")
    available = _gauge(names.COLLECTOR_AVAILABLE, "0 if this host has nothing for the collector to report.")
    duration = _gauge(names.COLLECTOR_DURATION, "Time that the collector's last call took, or has taken so far.")
    age = _gauge(names.COLLECTOR_AGE, "Age of what a slow collector reports; it is asked in the background.")
    left_out = _gauge(names.COLLECTOR_LEFT_OUT, "Things that the collector saw and left out, so that series stay few.")
    for one in scraped:
        label = (one.name,)
        success.add_metric(label, one.state is not State.FAILS)
        available.add_metric(label, one.state is not State.NOTHING_HERE)
        duration.add_metric(label, one.seconds)
        if one.age is not None:
            age.add_metric(label, one.age)
        if one.shown:
            yield from one.shown.families
            if one.shown.left_out is not None:
                left_out.add_metric(label, one.shown.left_out)
    yield from (family for family in (success, available, duration, age, left_out) if family.samples)


def _gauge(name: str, documentation: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, labels=LABEL)
