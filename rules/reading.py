"""Fetch a run's series: every raw sample of a run of ordinary size, sums on a coarse grid of one that is huge.

Raw samples tell when k6 pushed, so that a gap, an idle series and a restart can be told apart. A day's run of ten
processes has millions, which nobody needs to see a plateau; there Prometheus sums, on a grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rules import host_reading, k6_process, names
from rules.gridding import MOST_NAMES, to_timeline
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import AnySeries
from rules.signals import latency, load
from rules.signals.signal import Signal
from rules.timeline import Timeline

FROM_K6: Final[tuple[Signal, ...]] = (
    load.VUS,
    load.VUS_MAX,
    load.RESPONSES,
    load.ITERATIONS,
    load.DROPPED_ITERATIONS,
    latency.DURATION,
    latency.BLOCKED,
    latency.ITERATION,
)
OF_REQUESTS: Final = (load.RESPONSES, latency.DURATION, latency.BLOCKED)
"""Those that setup() and teardown() write too."""
KEPT_LABELS: Final = (names.EXPECTED_RESPONSE, names.STATUS)
"""What a sum keeps apart: good from failed, and the kinds of failure."""
SETUP_SECONDS: Final = 30.0
"""How far around the run they are looked for: far less than what ends a run."""
RAW_SAMPLES: Final = 20_000
"""Of k6_http_reqs_total; each of the histograms has about as many, of a hundred buckets each."""
GRID_POINTS: Final = 500


def read(client: Prometheus, run: Run, raw_samples: int = RAW_SAMPLES) -> Timeline:
    """The Timeline of ``run``, from sums on a grid where there are more than ``raw_samples``.

    Raises PrometheusError, and NoSamplesError where the run has no two samples of k6_vus.
    """
    return replace(_timeline(client, run, raw_samples), setup_requests=_of_setup(client, run))


def _timeline(client: Prometheus, run: Run, raw_samples: int) -> Timeline:
    whole = f"{math.ceil(run.end - run.start) + 1}s"
    count = client.scalar(load.RESPONSES.samples(whole, run.selector), run.end) or 0.0
    if count <= raw_samples:
        return to_timeline(_raw(client, run), run.testid)
    distinct = client.scalar(load.RESPONSES.distinct(names.REQUEST_NAME, whole, run.selector), run.end) or 0.0
    kept = (*KEPT_LABELS, names.REQUEST_NAME) if distinct <= MOST_NAMES else KEPT_LABELS
    return to_timeline(_on_grid(client, run, _step(client, run, whole), kept), run.testid, int(distinct))


def _of_setup(client: Prometheus, run: Run) -> float:
    """Requests of setup() and teardown(), which are mostly before the first sample of k6_vus and after the last."""
    around = f"{math.ceil(run.end - run.start + 2 * SETUP_SECONDS)}s"
    return client.scalar(load.SETUP.highest(around, run.selector), run.end + SETUP_SECONDS) or 0.0


def _raw(client: Prometheus, run: Run) -> dict[str, Sequence[AnySeries]]:
    samples: dict[str, Sequence[AnySeries]] = {
        signal.metric: client.raw(signal.selector(run.selector), run.start, run.end) for signal in FROM_K6
    }
    return samples | host_reading.read_raw(client, run) | k6_process.read_raw(client, run)


def _on_grid(client: Prometheus, run: Run, step: int, kept: Sequence[str]) -> dict[str, Sequence[AnySeries]]:
    samples: dict[str, Sequence[AnySeries]] = {}
    for signal in FROM_K6:
        without = load.NOT_LOAD if signal in OF_REQUESTS else ""
        labels = (*kept, names.ERROR_CODE) if signal is load.RESPONSES else kept
        query = signal.on_grid(step, labels, run.selector, without=without)
        samples[signal.metric] = client.range(query, run.start, run.end, step)
    return samples | host_reading.read_on_grid(client, run, step) | k6_process.read_on_grid(client, run, step)


def _step(client: Prometheus, run: Run, whole: str) -> int:
    """Seconds of the grid: GRID_POINTS at most, and a multiple of the interval at which k6 pushed."""
    length = run.end - run.start
    pushes = client.scalar(load.VUS.samples_each(whole, run.selector), run.end) or 2.0
    push = max(1, round(length / max(1.0, pushes - 1)))
    return push * math.ceil(max(length / GRID_POINTS, push) / push)
