"""Prometheus's matrices to series: native histograms become one dense table per series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from rules.replies import AnyReply, Histogram, Moments
from rules.series import AnySeries, Floats, HistogramSeries, Series

Labels = tuple[tuple[str, str], ...]


def parse_matrix(parts: Iterable[AnyReply]) -> list[AnySeries]:
    """Matrices of consecutive stretches as one list of series; a sample on a shared edge counts once."""
    values: dict[Labels, dict[float, float]] = {}
    histograms: dict[Labels, dict[float, Moments]] = {}
    for item in (item for part in parts for item in part.data.result):
        labels = tuple(sorted(item.metric.items()))
        if item.values:
            values.setdefault(labels, {}).update({one.time: one.value for one in item.values})
        if item.histograms:
            histograms.setdefault(labels, {}).update(item.histograms)
    found: list[AnySeries] = [
        Series(dict(labels), _array(samples), _array(samples.values())) for labels, samples in values.items()
    ]
    return found + [_histogram_series(labels, samples) for labels, samples in histograms.items()]


def _histogram_series(labels: Labels, samples: Mapping[float, Moments]) -> HistogramSeries:
    told = [one.buckets if isinstance(one, Histogram) else [] for one in samples.values()]
    column: dict[tuple[float, float], int] = {}
    columns = [column.setdefault((one.lower, one.upper), len(column)) for row in told for one in row]
    rows = np.repeat(np.arange(len(told)), [len(row) for row in told])
    table = np.zeros((len(told), len(column)))
    table[rows, columns] = [one.count for row in told for one in row]
    lower, upper = np.array(list(column), float).reshape(-1, 2).T
    rising = np.lexsort((lower, upper))
    return HistogramSeries(
        labels=dict(labels),
        times=_array(samples),
        counts=np.array([one.count for one in samples.values()]),
        sums=np.array([one.sum for one in samples.values()]),
        lower=np.maximum(0.0, lower[rising]),  # k6's durations are never negative
        upper=upper[rising],
        buckets=table[:, rising],
    )


def _array(numbers: Iterable[float]) -> Floats:
    return np.fromiter(numbers, float)
