"""Raw samples as Prometheus stores them: one series, its times, its values or native histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Series:
    """A counter or gauge: ``times`` in unix seconds, rising, and ``values``, both of shape (n,)."""

    labels: Mapping[str, str]
    times: Floats
    values: Floats


@dataclass(frozen=True, eq=False)
class HistogramSeries:
    """A native histogram over time, cumulative since the test began as k6 sends it.

    ``times``, ``counts`` (observations) and ``sums`` have shape (n,); ``lower`` and ``upper`` are the m bucket
    boundaries in the metric's unit, rising; ``buckets`` of shape (n, m) counts the observations in each.
    """

    labels: Mapping[str, str]
    times: Floats
    counts: Floats
    sums: Floats
    lower: Floats
    upper: Floats
    buckets: Floats


AnySeries = Series | HistogramSeries
Samples = Mapping[str, Sequence[AnySeries]]
"""All series of a run, by metric name."""
