"""A run's bins: how long they are, which of them were seen, and what counters and histograms come to in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from rules.restarts import Restart, joined, restarts, spans
from rules.series import Floats, HistogramSeries, Series
from rules.statistics import counters
from rules.statistics.windows import Mask
from rules.timeline import Durations, Gap

SHORT_RUN_SECONDS = 200.0
SHORT_BIN_SECONDS, BIN_SECONDS = 2.0, 5.0
GAP_PUSHES = 2.5
"""A silence of k6_vus longer than this many push intervals is a gap; at 1 s pushes, at least GAP_SECONDS."""
GAP_SECONDS = 5.0
STAMPS_APART = 1.0
"""Seconds between two looks of k6 at its VUs, so at most from one to the push that brings it."""
IN_TIME_SECONDS = 0.1
"""So far from one another are the last replies that pushes bring, less whole intervals, unless replies are few."""

AnyOne = TypeVar("AnyOne", Series, HistogramSeries)


@dataclass(frozen=True, eq=False)
class Process:
    """One k6 process, known by the labels of its ``k6_vus`` series, which all its series carry."""

    labels: Mapping[str, str]
    flushes: Floats
    vus: Floats
    restarts: tuple[Restart, ...] = ()

    def wrote(self, labels: Mapping[str, str]) -> bool:
        return all(labels.get(k) == v for k, v in self.labels.items() if k != "__name__")


@dataclass(frozen=True, eq=False)
class Grid:
    """The bins of a run, and what its series come to in each."""

    edges: Floats
    """Unix seconds, as ``k6_vus`` is stamped; shape (n + 1,)."""
    step: float
    processes: tuple[Process, ...]
    push: float
    """Seconds between two pushes."""
    gap_seconds: float
    """A longer silence of k6_vus is a gap."""
    lag: float = 0.0
    """Seconds from the stamps of ``k6_vus`` to the pushes that bring them."""
    lost: Mask | None = None
    """Bins whose replies were not all counted, besides those that touch a gap."""

    @property
    def pushed(self) -> Floats:
        """When totals are read for each of ``edges``: a read between two pushes would make a bin a mixture of both."""
        return self.edges + self.lag

    def gaps(self) -> Iterable[Gap]:
        for process in self.processes:
            for i in np.flatnonzero(np.diff(process.flushes) > self.gap_seconds):
                yield Gap(float(process.flushes[i]), float(process.flushes[i + 1]))

    def told_of_restarts(self, series: Sequence[Series]) -> Grid:
        """The same, with what ``series`` tell of when each process was started again."""
        told = [
            replace(process, restarts=restarts(one for one in series if self._writer(one.labels) is process))
            for process in self.processes
        ]
        return replace(self, processes=tuple(told))

    @property
    def restarts(self) -> list[float]:
        """By when processes were started again, unix seconds."""
        return sorted({restart.by for process in self.processes for restart in process.restarts})

    @cached_property
    def unseen(self) -> Mask:
        """Bins that touch a gap: what happened in them is known only as a sum over the gap."""
        mask = np.zeros(self.edges.size - 1, bool)
        for gap in self.gaps():
            mask |= (self.edges[:-1] < gap.end) & (self.edges[1:] > gap.start)
        return mask

    def vus(self) -> Floats:
        """In the middle of each bin; shape (n,)."""
        return np.where(self.unseen, np.nan, self._vus_at((self.pushed[:-1] + self.pushed[1:]) / 2))

    def vus_grew(self) -> Floats:
        """From the begin of each bin to its end; shape (n,)."""
        return np.where(self.unseen, np.nan, np.diff(self._vus_at(self.edges)))

    def _vus_at(self, times: Floats) -> Floats:
        told = np.array([np.interp(times, p.flushes, p.vus, left=0.0, right=0.0) for p in self.processes])
        return np.asarray(told.sum(axis=0))

    def cycle(self, requests: Iterable[Series]) -> Floats:
        """VU-seconds per reply, which no response is longer than; NaN where nothing came. Shape (n,)."""
        replies = self.rate(requests)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(replies > 0, self.vus() / replies, np.nan)

    def rate(self, series: Iterable[Series]) -> Floats:
        """Increase per second of the sum of ``series``; cut where one of them was reset. Shape (n,)."""
        return self._increase(series, lambda one: one.values, ()) / self.step

    def durations(self, series: list[HistogramSeries]) -> Durations | None:
        if not series:
            return None
        upper = np.unique(np.concatenate([one.upper for one in series]))
        lowest = {u: low for one in series for u, low in zip(one.upper, one.lower, strict=True)}

        def spread(one: HistogramSeries) -> Floats:
            table = np.zeros((one.times.size, upper.size))
            table[:, np.searchsorted(upper, one.upper)] = one.buckets
            return table

        return Durations(
            counts=self._increase(series, lambda one: one.counts, ()),
            sums=self._increase(series, lambda one: one.sums, ()),
            lower=np.array([lowest[u] for u in upper]),
            upper=upper,
            buckets=self._increase(series, spread, (upper.size,)),
        )

    def _writer(self, labels: Mapping[str, str]) -> Process:
        return next((process for process in self.processes if process.wrote(labels)), self.processes[0])

    def _increase(self, series: Iterable[AnyOne], values: Callable[[AnyOne], Floats], shape: tuple[int, ...]) -> Floats:
        total = np.zeros((self.edges.size - 1, *shape))
        cut = self.unseen.copy() if self.lost is None else self.unseen | self.lost
        begin, end = self.pushed[:-1] + IN_TIME_SECONDS, self.pushed[1:] - IN_TIME_SECONDS
        for one in series:
            totals, fell = counters.unwrap(values(one))
            writer = self._writer(one.labels)
            total += np.diff(counters.at(self.pushed, one.times, totals, writer.flushes, self.lag), axis=0)
            for restart in joined(writer.restarts, spans(one.times, fell)):
                cut |= (begin < restart.by) & (end > restart.after)
        total[cut] = np.nan
        return total


def grid_of(processes: Sequence[Process], counted: Sequence[Series]) -> Grid:
    """The bins for the pushes of ``processes``, of which there is one at least; ``counted`` are what they count."""
    start = min(float(p.flushes[0]) for p in processes)
    end = max(float(p.flushes[-1]) for p in processes)
    push = float(np.median(np.concatenate([np.diff(p.flushes) for p in processes])))
    step = max(SHORT_BIN_SECONDS if end - start < SHORT_RUN_SECONDS else BIN_SECONDS, round(push, 1))
    stamps = np.unique(np.concatenate([np.empty(0), *(one.times for one in counted)]))
    lag = _lag((stamps - start) % step, step)
    known = max([end, *stamps[stamps <= end + STAMPS_APART]]) + IN_TIME_SECONDS  # the last push may come early
    edges = start + step * np.arange(int((min(end, known - lag) - start) / step) + 1)
    return Grid(edges, step, tuple(processes), push, max(GAP_PUSHES * push, GAP_SECONDS), lag)


def _lag(phases: Floats, step: float) -> float:
    """The most common of ``phases`` (n,) of counters' stamps behind a grid of k6_vus's, in seconds; 0 where none is.

    A counter is stamped with its last addition before the push, so but for those that are rare at about the same phase.
    """
    near = np.sort((phases + IN_TIME_SECONDS) % step - IN_TIME_SECONDS)
    near = near[near <= STAMPS_APART + IN_TIME_SECONDS]
    if not near.size:
        return 0.0
    alike = np.searchsorted(near, near + IN_TIME_SECONDS, side="right") - np.arange(near.size)
    first = int(alike.argmax())
    return float(np.clip(np.median(near[first : first + alike[first]]), 0.0, STAMPS_APART))
