"""Fetch a run's series: every raw sample of a run of ordinary size, sums on a coarse grid of one that is huge.

Raw samples tell when k6 pushed, so that a gap, an idle series and a restart can be told apart. A day's run of ten
processes has millions, which nobody needs to see a plateau; there Prometheus sums, on a grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rules import names
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import AnySeries
from rules.signals import host, latency, load
from rules.signals.signal import Signal

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
SCRAPE_SLACK_SECONDS: Final = 30.0


def read(client: Prometheus, run: Run, raw_samples: int = RAW_SAMPLES) -> dict[str, Sequence[AnySeries]]:
    """All series of ``run`` by metric name; summed on a grid where there are more than ``raw_samples``.

    Raises PrometheusError.
    """
    whole = f"{math.ceil(run.end - run.start) + 1}s"
    count = client.scalar(load.RESPONSES.samples(whole, run.selector), run.end) or 0.0
    return _raw(client, run) if count <= raw_samples else _on_grid(client, run, _step(client, run, whole))


def _raw(client: Prometheus, run: Run) -> dict[str, Sequence[AnySeries]]:
    samples: dict[str, Sequence[AnySeries]] = {
        signal.metric: client.raw(signal.selector(run.selector), run.start, run.end) for signal in FROM_K6
    }
    cpu = host.CPU_SECONDS.selector(host.IDLE, host.ANY_ROLE)
    samples[names.NODE_CPU] = client.raw(cpu, run.start - SCRAPE_SLACK_SECONDS, run.end + SCRAPE_SLACK_SECONDS)
    return samples


def _on_grid(client: Prometheus, run: Run, step: int) -> dict[str, Sequence[AnySeries]]:
    asked: list[tuple[Signal, Sequence[str], tuple[str, ...]]]
    asked = [(signal, KEPT_LABELS, (run.selector,)) for signal in FROM_K6]
    asked.append((host.CPU_SECONDS, host.CORE_LABELS, (host.IDLE, host.ANY_ROLE)))
    return {
        signal.metric: client.range(signal.on_grid(step, labels, *matchers), run.start, run.end, step)
        for signal, labels, matchers in asked
    }


def _step(client: Prometheus, run: Run, whole: str) -> int:
    """Seconds of the grid: GRID_POINTS at most, and a multiple of the interval at which k6 pushed."""
    length = run.end - run.start
    pushes = client.scalar(load.VUS.samples_each(whole, run.selector), run.end) or 2.0
    push = max(1, round(length / max(1.0, pushes - 1)))
    return push * math.ceil(max(length / GRID_POINTS, push) / push)
