"""Sends series to a real Prometheus by remote write 1.0, as k6 does.

Prometheus takes samples from the past only while its head holds nothing much newer, so shift a run to end now first
(``SimulatedRun.shifted``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import cramjam
import numpy as np
import requests
from numpy.typing import NDArray

from rules.series import AnySeries, HistogramSeries
from tests.simulator.protobuf import WriteRequest

HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
TIMEOUT_SECONDS = 30.0
SAMPLES_PER_REQUEST = 2000
SCHEMA = 3
BUCKETS_PER_DOUBLING = 8
"""Of schema 3: 2 to the power of it."""
ZERO_THRESHOLD = 2.0**-128
"""As k6's histograms have it."""


class RefusedWriteError(RuntimeError):
    """Prometheus did not take the samples; the message is its own."""


def send(series: Iterable[AnySeries], url: str) -> int:
    """Write every sample of ``series`` to ``url`` (…/api/v1/write), oldest first; returns how many there were.

    Names come from the label ``__name__``. Buckets must lie on the grid 2^(i/8). Raises RefusedWriteError where
    Prometheus refuses, and requests' own errors where it cannot be reached.
    """
    everything = list(series)
    order = sorted((float(t), which, row) for which, one in enumerate(everything) for row, t in enumerate(one.times))
    with requests.Session() as session:
        for begin in range(0, len(order), SAMPLES_PER_REQUEST):
            rows: dict[int, list[int]] = {}
            for _, which, row in order[begin : begin + SAMPLES_PER_REQUEST]:
                rows.setdefault(which, []).append(row)
            body = encoded((everything[which], chosen) for which, chosen in rows.items())
            reply = session.post(url, data=body, headers=HEADERS, timeout=TIMEOUT_SECONDS)
            if not reply.ok:
                raise RefusedWriteError(f"{reply.status_code} {reply.text.strip()}")
    return len(order)


def encoded(parts: Iterable[tuple[AnySeries, list[int]]]) -> bytes:
    """One remote-write request with the given rows of each series, protobuf in a snappy block."""
    request = WriteRequest()
    for series, rows in parts:
        target = request.timeseries.add()
        for name, value in sorted(series.labels.items()):
            target.labels.add(name=name, value=value)
        for row in rows:
            stamp = round(float(series.times[row]) * 1000.0)
            if isinstance(series, HistogramSeries):
                _add_histogram(target, series, row, stamp)
            else:
                target.samples.add(value=float(series.values[row]), timestamp=stamp)
    return bytes(cramjam.snappy.compress_raw(request.SerializeToString()))


def _add_histogram(target: Any, series: HistogramSeries, row: int, stamp: int) -> None:
    histogram = target.histograms.add(
        count_int=round(float(series.counts[row])),
        sum=float(series.sums[row]),
        schema=SCHEMA,
        zero_threshold=ZERO_THRESHOLD,
        zero_count_int=0,
        timestamp=stamp,
    )
    counts = series.buckets[row]
    used = np.flatnonzero(counts)
    last = 0
    for begin, end in _stretches(used):
        index = _bucket_index(series.upper[used[begin]])
        histogram.positive_spans.add(offset=index - last, length=end - begin)
        last = index + end - begin
    histogram.positive_deltas.extend(np.diff(counts[used], prepend=0.0).astype(int).tolist())


def _bucket_index(upper: float) -> int:
    """The index that Prometheus gives the bucket that ends at ``upper``."""
    return round(math.log2(upper) * BUCKETS_PER_DOUBLING)


def _stretches(used: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Begin and end (in ``used``) of each run of neighbouring numbers."""
    breaks = np.flatnonzero(np.diff(used) > 1) + 1
    edges = [0, *breaks.tolist(), used.size] if used.size else []
    yield from pairwise(edges)
