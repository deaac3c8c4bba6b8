"""Cumulative counters of k6 between their samples: exact where known, interpolated where not.

k6 sends a series only in a flush in which it changed, stamped with its latest change. So between two samples a
series either stood still (other flushes came and went without it) or grew (the flush before was its last
sample); and a series that appears late was zero at the flush before. ``rate()`` knows nothing of this: it
extrapolates. Differencing by these rules makes every mean an exact difference of k6's own totals.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rules.series import Floats

Indices = NDArray[np.intp]

STAMP_SLACK_SECONDS = 1.2
"""k6_vus is emitted once a second, so a flush's stamps may differ by that much (k6: execution/scheduler.go)."""


def unwrap(values: Floats) -> tuple[Floats, Indices]:
    """Totals that go on rising over restarts, and the indices (k,) of samples at which the counter fell back.

    ``values`` has shape (n,) or (n, m); a fall in the first column of the latter is a fall of the row.
    """
    lead = values if values.ndim == 1 else values.sum(axis=1)
    falls = (lead[1:] < lead[:-1]).nonzero()[0] + 1
    total = values.astype(float)
    for index in falls:
        total[index:] += values[index - 1]
    return total, falls


def fights(values: Floats) -> int:
    """How often the counter ``values`` (n,) fell and was back above where it fell from within two samples.

    Who starts again counts up from zero for longer than that; two who write one series take turns.
    """
    falls = np.flatnonzero(np.diff(values) < 0)
    later = np.stack([values[np.minimum(falls + step, values.size - 1)] for step in (2, 3)])
    return int((later.max(axis=0) >= values[falls]).sum()) if falls.size else 0


def at(edges: Floats, times: Floats, totals: Floats, flushes: Floats, lag: float = 0.0) -> Floats:
    """The cumulative total at each of ``edges`` (unix seconds): shape (k,) or (k, m) as ``totals`` is.

    ``times`` (n,) are the samples' stamps, ``totals`` (n,) or (n, m) their unwrapped values, ``flushes`` the stamps of
    the pushes of the k6 process that wrote them, which come ``lag`` seconds later, STAMP_SLACK_SECONDS at most.
    """
    node_times, node_rows = _nodes(times, flushes, lag)
    rows = np.concatenate([np.zeros((1, *totals.shape[1:])), totals])  # row 0 is "not yet born"
    right = np.clip(np.searchsorted(node_times, edges, side="right"), 1, max(1, node_times.size - 1))
    left = right - 1
    if node_times.size == 1:
        return np.broadcast_to(rows[node_rows[0]], (edges.size, *totals.shape[1:])).copy()
    span = node_times[right] - node_times[left]
    weight = np.clip((edges - node_times[left]) / np.where(span > 0, span, 1.0), 0.0, 1.0)
    weight = weight.reshape(-1, *([1] * (totals.ndim - 1)))
    return rows[node_rows[left]] * (1.0 - weight) + rows[node_rows[right]] * weight


def _nodes(times: Floats, flushes: Floats, lag: float) -> tuple[Floats, Indices]:
    """Where the total is known: the samples, and the flushes just before one that came without the series."""
    before = np.searchsorted(flushes, times - STAMP_SLACK_SECONDS, side="left") - 1
    previous = np.concatenate([[-np.inf], times[:-1]])
    # There the total is that of the sample before; row 0 where there is none.
    stood = np.flatnonzero((before >= 0) & (flushes[before] > previous + STAMP_SLACK_SECONDS))
    return np.insert(times, stood, flushes[before[stood]] + lag), np.insert(np.arange(1, times.size + 1), stood, stood)
