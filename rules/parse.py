"""Prometheus's JSON to series: strings to numbers, native histograms to one dense table per series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from rules.series import AnySeries, HistogramSeries, Series

Labels = tuple[tuple[str, str], ...]


def parse_matrix(parts: Iterable[Sequence[Mapping[str, Any]]]) -> list[AnySeries]:
    """Matrices of consecutive stretches as one list of series; a sample on a shared edge counts once."""
    values: dict[Labels, dict[float, str]] = {}
    histograms: dict[Labels, dict[float, Mapping[str, Any]]] = {}
    for item in (item for part in parts for item in part):
        labels = tuple(sorted(item["metric"].items()))
        if "values" in item:
            values.setdefault(labels, {}).update(item["values"])
        if "histograms" in item:
            histograms.setdefault(labels, {}).update(item["histograms"])
    found: list[AnySeries] = [_series(labels, samples) for labels, samples in values.items()]
    return found + [_histogram_series(labels, samples) for labels, samples in histograms.items()]


def _series(labels: Labels, samples: Mapping[float, str]) -> Series:
    times = sorted(samples)
    return Series(dict(labels), np.array(times, float), np.array([samples[t] for t in times], float))


def _histogram_series(labels: Labels, samples: Mapping[float, Mapping[str, Any]]) -> HistogramSeries:
    times = sorted(samples)
    bounds = sorted(
        {(b[1], b[2]) for t in times for b in samples[t].get("buckets", ())},
        key=lambda pair: (float(pair[1]), float(pair[0])),
    )
    column = {pair: i for i, pair in enumerate(bounds)}
    table = np.zeros((len(times), len(bounds)))
    for row, t in enumerate(times):
        for _, low, high, count in samples[t].get("buckets", ()):
            table[row, column[low, high]] = float(count)
    return HistogramSeries(
        labels=dict(labels),
        times=np.array(times, float),
        counts=np.array([samples[t]["count"] for t in times], float),
        sums=np.array([samples[t]["sum"] for t in times], float),
        lower=np.maximum(0.0, np.array([low for low, _ in bounds], float)),  # k6's durations are never negative
        upper=np.array([high for _, high in bounds], float),
        buckets=table,
    )
