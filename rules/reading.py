"""Fetch a run's series: every raw sample of a run of ordinary size, sums on a coarse grid of one that is huge.

Raw samples tell when k6 pushed, so that a gap, an idle series and a restart can be told apart. A day's run of ten
processes has millions, which nobody needs to see a plateau; there Prometheus sums, on a grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rules import host_reading, names
from rules.gridding import MOST_NAMES, to_timeline
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import AnySeries
from rules.signals import latency, load
from rules.signals.signal import Signal
from rules.timeline import Timeline

FROM_K6: Final[tuple[Signal, ...]] = (
    load.VUS,
    load.RESPONSES,
    load.ITERATIONS,
    load.DROPPED_ITERATIONS,
    latency.DURATION,
    latency.BLOCKED,
    latency.ITERATION,
)
KEPT_LABELS: Final = (names.EXPECTED_RESPONSE, names.STATUS)
"""What a sum keeps apart: good from failed, and the kinds of failure."""
RAW_SAMPLES: Final = 20_000
"""Of k6_http_reqs_total; each of the histograms has about as many, of a hundred buckets each."""
GRID_POINTS: Final = 500


def read(client: Prometheus, run: Run, raw_samples: int = RAW_SAMPLES) -> Timeline:
    """The Timeline of ``run``, from sums on a grid where there are more than ``raw_samples``.

    Raises PrometheusError, and NoSamplesError where the run has no two samples of k6_vus.
    """
    whole = f"{math.ceil(run.end - run.start) + 1}s"
    count = client.scalar(load.RESPONSES.samples(whole, run.selector), run.end) or 0.0
    if count <= raw_samples:
        return to_timeline(_raw(client, run), run.testid)
    distinct = client.scalar(load.RESPONSES.distinct(names.REQUEST_NAME, whole, run.selector), run.end) or 0.0
    kept = (*KEPT_LABELS, names.REQUEST_NAME) if distinct <= MOST_NAMES else KEPT_LABELS
    return to_timeline(_on_grid(client, run, _step(client, run, whole), kept), run.testid, int(distinct))


def _raw(client: Prometheus, run: Run) -> dict[str, Sequence[AnySeries]]:
    samples: dict[str, Sequence[AnySeries]] = {
        signal.metric: client.raw(signal.selector(run.selector), run.start, run.end) for signal in FROM_K6
    }
    return samples | host_reading.read_raw(client, run)


def _on_grid(client: Prometheus, run: Run, step: int, kept: Sequence[str]) -> dict[str, Sequence[AnySeries]]:
    samples: dict[str, Sequence[AnySeries]] = {
        signal.metric: client.range(signal.on_grid(step, kept, run.selector), run.start, run.end, step)
        for signal in FROM_K6
    }
    return samples | host_reading.read_on_grid(client, run, step)


def _step(client: Prometheus, run: Run, whole: str) -> int:
    """Seconds of the grid: GRID_POINTS at most, and a multiple of the interval at which k6 pushed."""
    length = run.end - run.start
    pushes = client.scalar(load.VUS.samples_each(whole, run.selector), run.end) or 2.0
    push = max(1, round(length / max(1.0, pushes - 1)))
    return push * math.ceil(max(length / GRID_POINTS, push) / push)
