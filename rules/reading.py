"""Fetch a run's series: every raw sample of a run of ordinary size, sums on a coarse grid of one that is huge.

Raw samples tell when k6 pushed, so that a gap, an idle series and a restart can be told apart. A day's run of ten
processes has millions, which nobody needs to see a plateau; there Prometheus sums, on a grid (rules/summing.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import Final

import numpy as np

from rules import host_reading, k6_process, names, overlaps, summing, twofold
from rules.gridding import MOST_NAMES, Known, to_timeline
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import AnySeries, Samples, Series
from rules.signals import load
from rules.signals.signal import Signal, any_of
from rules.statistics.counters import STAMP_SLACK_SECONDS
from rules.timeline import Timeline

KEPT_LABELS: Final = (names.EXPECTED_RESPONSE, names.STATUS)
"""What a sum keeps apart: good from failed, and the kinds of failure."""
SETUP_SECONDS: Final = 30.0
"""How far around the run requests of setup() and teardown() are looked for: far less than what ends a run."""
RAW_SAMPLES: Final = 20_000
"""Of k6_http_reqs_total; each of the histograms has about as many, of a hundred buckets each."""
GRID_POINTS: Final = 500
AT_ONCE: Final = 4
"""Queries under way beside our own: one is parsed here while Prometheus answers others. It takes 20 in all."""


def read(client: Prometheus, run: Run, raw_samples: int = RAW_SAMPLES, grid_points: int = GRID_POINTS) -> Timeline:
    """The Timeline of ``run``; where there are more than ``raw_samples``, from sums at about ``grid_points`` points.

    Raises PrometheusError, and NoSamplesError where the run has no two samples of k6_vus.
    """
    whole = f"{math.ceil(run.end - run.start) + 1}s"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        known = pool.submit(_known, client, run)
        count = client.scalar(load.RESPONSES.samples(whole, run.selector), run.end) or 0.0
        if count <= raw_samples:
            samples = _raw(client, run, pool)
            return to_timeline(samples, run.testid, _and_twofold(known.result(), run, samples))
    distinct = client.scalar(load.RESPONSES.distinct(names.REQUEST_NAME, whole, run.selector), run.end) or 0.0
    kept = (*KEPT_LABELS, names.REQUEST_NAME) if distinct <= MOST_NAMES else KEPT_LABELS
    begin = summing.head(client, run)
    pushes = summing.pushes(run, begin)
    step = pushes.interval * math.ceil(max((run.end - run.start) / grid_points, pushes.interval) / pushes.interval)
    sums = summing.on_grid(client, run, pushes, step, kept)
    others = host_reading.read_on_grid(client, run, step) | k6_process.read_on_grid(client, run, step)
    more = replace(known.result(), request_names=int(distinct), push_interval=pushes.interval)
    return to_timeline(sums | others, run.testid, _and_twofold(more, run, begin))


class Memory:
    """``read`` for whoever asks every second: a run that has no new sample is not read again."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Run, Timeline]] = {}

    def read(self, client: Prometheus, run: Run) -> Timeline:
        """See ``read``. The Timeline of each selector's last run is kept."""
        known = self._last.get(run.selector)
        if known is None or known[0] != run:
            known = self._last[run.selector] = run, read(client, run)
        return known[1]


def _known(client: Prometheus, run: Run) -> Known:
    added, several = overlaps.untagged(client, run)
    return Known(
        setup_requests=_of_setup(client, run),
        notes=[*overlaps.beside(client, run), *added],
        conflicts=several,
    )


def _and_twofold(known: Known, run: Run, begin: Samples) -> Known:
    """``known``, and what the ``begin`` of the run shows of who writes it."""
    return replace(known, conflicts=[*known.conflicts, *twofold.conflicts(run, begin)])


def _raw(client: Prometheus, run: Run, pool: Executor) -> Samples:
    """Every sample of k6's own metrics, and of the machines. What is short comes in one reply."""
    # The stamps of a push differ by so much, of the first and of the last too.
    first, last = run.start - STAMP_SLACK_SECONDS, run.end + STAMP_SLACK_SECONDS

    def durations(of: Signal) -> list[AnySeries]:
        read = client.raw(of.selector(run.selector), first, last, buckets=of is not summing.MEAN_ALONE)
        return _of_this_run(read, run.start)

    long = pool.map(durations, summing.DURATIONS)  # first, as they take longest
    machines = [pool.submit(one.read_raw, client, run) for one in (host_reading, k6_process)]
    short = client.raw(any_of((*summing.COUNTS, *summing.GAUGES), run.selector), first, last)
    told = host_reading.by_name(chain(*long, _of_this_run(short, run.start)))
    return {**told, **machines[0].result(), **machines[1].result()}


def _of_this_run(read: Iterable[AnySeries], start: float) -> list[AnySeries]:
    """``read`` without what an earlier run of the same testid wrote, a moment before the first k6_vus at ``start``."""
    return [own for own in (_own(one, start) for one in read) if own.times.size]


def _own(one: AnySeries, start: float) -> AnySeries:
    """What is of the run that began at ``start``; perhaps nothing.

    A total of this run is no more than the next. Gauges tell of a run from ``start`` on, which is their first sample.
    """
    early = int(np.searchsorted(one.times, start))
    lead = one.values if isinstance(one, Series) else one.counts
    gauge = one.labels.get("__name__") in {signal.metric for signal in summing.GAUGES}
    falls = np.flatnonzero(np.diff(lead[: early + 1]) < 0) + 1
    begin = early if gauge or early == lead.size else int(falls[-1]) if falls.size else 0
    return summing.chosen(one, np.arange(lead.size) >= begin) if begin else one


def _of_setup(client: Prometheus, run: Run) -> float:
    """Requests of setup() and teardown(), which are mostly before the first sample of k6_vus and after the last."""
    around = f"{math.ceil(run.end - run.start + 2 * SETUP_SECONDS)}s"
    return client.scalar(load.SETUP.highest(around, run.selector), run.end + SETUP_SECONDS) or 0.0
