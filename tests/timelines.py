"""Timelines by formula, for tests of one rule: a server of known capacity under a straight ramp of VUs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rules.series import Floats
from rules.timeline import Durations, Host, Timeline

START = 1_700_000_000.0
STEP = 5.0


def ramp(
    *,
    capacity: float = 100.0,
    think: float = 1.0,
    service: float = 0.02,
    vus: float = 300.0,
    seconds: float = 300.0,
    noise: float = 0.01,
    seed: int = 1,
) -> Timeline:
    """N VUs, N = X(R + Z), X at most ``capacity``: the operational laws, with ``noise`` relative to the rate."""
    n = vus * (np.arange(int(seconds / STEP)) + 0.5) / int(seconds / STEP)
    rate = np.minimum(n / (service + think), capacity)
    response = n / rate - think
    rate = rate * (1 + noise * np.random.default_rng(seed).standard_normal(rate.size))
    return Timeline(
        testid="ramp",
        start=START,
        step=STEP,
        push_interval=5.0,
        vus=n,
        throughput=rate,
        goodput=rate,
        totals={"200": float(rate.sum() * STEP)},
        iterations=rate,
        dropped_iterations=np.zeros_like(rate),
        durations=durations(rate * STEP, response),
        expected_durations=durations(rate * STEP, response),
        iteration_durations=durations(rate * STEP, response + think),
        blocked=durations(rate * STEP, np.zeros_like(rate)),
    )


def durations(counts: Floats, seconds: Floats) -> Durations:
    """Every request of a bin took the same time: one bucket each, on a grid of 10 %."""
    upper = 0.0001 * 1.1 ** np.arange(160)
    lower = np.concatenate([[0.0], upper[:-1]])
    buckets = np.zeros((counts.size, upper.size))
    buckets[np.arange(counts.size), np.searchsorted(upper, seconds)] = counts
    return Durations(counts, counts * seconds, lower, upper, buckets)


def with_failures(timeline: Timeline, share: float, status: str = "503") -> Timeline:
    """The same goodput, and VUs beside it whose requests fail, so that ``share`` of all replies are failures."""
    failed = timeline.goodput * share / (1 - share)
    lost = float(np.nansum(failed)) * timeline.step
    spent = timeline.iteration_durations
    return replace(
        timeline,
        vus=timeline.vus / (1 - share),
        iteration_durations=None
        if spent is None
        else replace(spent, counts=spent.counts / (1 - share), sums=spent.sums / (1 - share)),
        throughput=timeline.goodput + failed,
        failures_by_status={status: failed},
        totals={**timeline.totals, status: lost},
        failed_totals={status: lost},
    )


def with_host(timeline: Timeline, role: str, cpu: float) -> Timeline:
    """A host whose CPU is at ``cpu`` all the time."""
    level = np.full(timeline.vus.size, cpu)
    return replace(timeline, hosts=(*timeline.hosts, Host(f"{role}:9100", role, level, level)))
