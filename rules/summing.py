"""What k6 wrote of a huge run, summed by Prometheus at points that lie where its pushes are.

A point of a grid tells the newest totals and not when they were true. So the points are a multiple of the push
interval apart, and each a moment after a push: then every two have the same number of pushes between them. Points that
drift through the pushes would make a rate of one push more, or one less, than there was.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rules import names
from rules.bins import GAP_PUSHES, STAMPS_APART
from rules.host_reading import by_name
from rules.prometheus import MOST_POINTS, Prometheus
from rules.runs import Run
from rules.series import AnySeries, Samples, Series
from rules.signals import latency, load
from rules.signals.signal import Signal, any_of
from rules.statistics.windows import Mask

DURATIONS: Final = (latency.DURATION, latency.BLOCKED, latency.ITERATION)
"""The longest to fetch first: who asks for several at once then waits for none of them alone."""
COUNTS: Final = (load.RESPONSES, load.ITERATIONS, load.DROPPED_ITERATIONS)
MEAN_ALONE: Final = latency.BLOCKED
"""Nobody asks how it is distributed, so its buckets are left unread."""
OF_REQUESTS: Final = (load.RESPONSES, latency.DURATION, latency.BLOCKED)
"""Those that setup() and teardown() write too."""
GAUGES: Final = (load.VUS, load.VUS_MAX)
POINTS_AT_ONCE: Final = 250
"""Of histograms with a hundred buckets each, which take far more memory while they are read than afterwards."""
HEAD_SECONDS: Final = 300.0
"""So much of a run tells who writes it, and when k6 pushes."""
NOT_LOST: Final = 1.6
"""Times the push interval: stamps of whole seconds shake by one, and where a push was lost there are two intervals."""
BEFORE_STAMP: Final = 0.1
"""Of the push interval: iterations may end so long before the sample of k6_vus that is pushed with them."""


@dataclass(frozen=True)
class Pushes:
    """When k6 pushed: the seconds between, and the unix time of the first."""

    interval: float
    first: float

    @property
    def moment(self) -> float:
        """So long after a push nothing of the next is to be seen yet; stamps are not later than their push."""
        return min(self.interval / 2, STAMPS_APART)


def head(client: Prometheus, run: Run) -> Samples:
    """Every sample of VUs and iterations that the begin of the run has, by metric name; raises PrometheusError."""
    last = min(run.end, run.start + HEAD_SECONDS)
    return by_name(client.raw(any_of((load.VUS, load.ITERATIONS), run.selector), run.start, last))


def pushes(run: Run, begin: Samples) -> Pushes:
    """From ``begin``, what the ``head`` of the run shows: the interval by k6_vus, the moment by the ends of iterations.

    k6_vus has whole seconds between its samples, whenever the push is.
    """
    ticks, ends = (begin.get(signal.metric, ()) for signal in (load.VUS, load.ITERATIONS))
    apart = np.concatenate([np.diff(one.times)[:-1] for one in ticks] or [np.empty(0)])  # the last push comes early
    usual = apart[apart < NOT_LOST * np.median(apart)] if apart.size else apart
    interval = max(1.0, round(float(usual.mean()), 1)) if usual.size else max(1.0, run.end - run.start)
    turns = np.concatenate([(one.times - run.start) / interval for one in ends] or [np.zeros(1)])
    phase = float(np.angle(np.exp(2j * np.pi * turns).sum()) / (2 * np.pi) + BEFORE_STAMP) % 1.0 - BEFORE_STAMP
    return Pushes(interval, run.start + phase * interval)


def on_grid(
    client: Prometheus, run: Run, at: Pushes, step: float, kept: Sequence[str]
) -> dict[str, Sequence[AnySeries]]:
    """Sums ``step`` seconds apart, a multiple of the push interval, over all labels but ``kept``; by metric name."""
    first = at.first + at.moment
    last = first + step * math.ceil((run.end - first) / step)

    def asked(query: str, signal: Signal) -> list[AnySeries]:
        points = POINTS_AT_ONCE if signal.kind == "histogram" else MOST_POINTS
        found = client.range(query, first, last, step, buckets=signal is not MEAN_ALONE, points=points)
        return [_at_pushes(one, at, run.end) for one in found]

    held = max(step, GAP_PUSHES * at.interval)
    vus, ready = (asked(gauge.levels_on_grid(step, held, run.selector), gauge) for gauge in GAUGES)
    seen = vus[0].times if vus else np.empty(0)
    samples: dict[str, Sequence[AnySeries]] = {load.VUS.metric: vus, load.VUS_MAX.metric: ready}
    for signal in (*DURATIONS, *COUNTS):  # what is told where no push came is only held
        without = load.NOT_LOAD if signal in OF_REQUESTS else ""
        labels = (*kept, names.ERROR_CODE) if signal is load.RESPONSES else kept
        sums = asked(signal.totals_on_grid(labels, run.selector, without=without), signal)
        samples[signal.metric] = [chosen(one, np.isin(one.times, seen)) for one in sums]
    return samples


def _at_pushes(one: AnySeries, at: Pushes, end: float) -> AnySeries:
    """At the time of the push that a point holds last; the first point after ``end`` holds the run's very last one."""
    return replace(one, times=np.where(one.times < end, one.times - at.moment, end))


def chosen(one: AnySeries, rows: Mask) -> AnySeries:
    """The samples of ``one`` that ``rows`` (n,) are true for."""
    if isinstance(one, Series):
        return replace(one, times=one.times[rows], values=one.values[rows])
    held = {name: getattr(one, name)[rows] for name in ("times", "counts", "sums", "buckets")}
    return replace(one, **held)
