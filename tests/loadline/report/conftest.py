"""A ten-minute ramp against a server of 1,100 requests/s, as a Timeline and the Answer to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from rules.answer import (
    AfterPeak,
    Answer,
    Bottleneck,
    Event,
    Failures,
    Generator,
    Interval,
    Knee,
    Latency,
    Quantiles,
    Regime,
    SloCapacity,
)
from rules.finding import Finding, Outcome, Verdict, Window
from rules.series import Floats
from rules.timeline import Durations, Gap, Host, Timeline

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
STEP = 5.0
CAPACITY = 1100.0
THINK = 1.0
LIGHT = 0.03

FINDINGS = [
    Finding(
        rule="evidence", verdict=Outcome.WARNING, because="590 s of samples, one push every 5.00 s; a gap of 15 s",
        measured=590.0, limit=40.0, unit="s",
    ),
    Finding(
        rule="generator", verdict=Outcome.OK, because="iterations spent 1.00 s outside requests throughout",
        measured=0.004, limit=0.25, unit="ratio",
        query='1 - avg(rate(node_cpu_seconds_total{mode=~"idle|iowait",role="generator"}[1m]))',
    ),
    Finding(
        rule="failures", verdict=Outcome.WARNING, because="430 of 540,000 requests failed (0.08 %)",
        measured=0.0008, unit="ratio",
    ),
    Finding(
        rule="throughput", verdict=Outcome.OK, because="goodput stayed at 1,090/s while VUs rose from 1,180 to 6,000",
        measured=1090.2, unit="requests/s", advice="Repeat it once to see that it holds.",
        query='sum (rate(k6_http_reqs_total{expected_response="true",testid="boards-2026-11-20T10-00"}[1m]))',
    ),
    Finding(rule="latency", verdict=Outcome.UNKNOWN, because="no histogram of latency was written"),
]  # fmt: skip


def _after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _durations(seconds: Floats, rate: Floats) -> Durations:
    edges = np.concatenate([[0.0], 0.001 * 2 ** (np.arange(120) / 8)])
    middles = np.log(np.maximum((edges[:-1] + edges[1:]) / 2, 1e-4))
    weight = np.exp(-0.5 * ((middles[None, :] - np.log(seconds)[:, None]) / 0.35) ** 2)
    counts = rate * STEP
    buckets = np.round(weight / weight.sum(axis=1, keepdims=True) * counts[:, None])
    return Durations(buckets.sum(axis=1), buckets.sum(axis=1) * seconds, edges[:-1], edges[1:], buckets)


@pytest.fixture
def make_timeline() -> Callable[..., Timeline]:
    """The run on ``bins`` bins of five seconds; any field can be replaced."""

    def make(bins: int = 120, **changes: Any) -> Timeline:
        rng = np.random.default_rng(7)
        vus = np.linspace(25, 6000, bins).round()
        good = np.minimum(vus / (THINK + LIGHT), CAPACITY) * rng.normal(1, 0.012, bins)
        response = np.maximum(LIGHT, vus / CAPACITY - THINK)
        failed = np.zeros(bins)
        failed[int(bins * 0.75) : int(bins * 0.8)] = 14.0
        no_reply = np.where(vus > 5000, rng.uniform(0, 4, bins), 0.0)
        lost = slice(int(bins * 0.4), int(bins * 0.43))
        for values in (vus, good, failed, no_reply):
            values[lost] = np.nan
        durations = _durations(response, np.nan_to_num(good))
        durations.buckets[lost] = np.nan
        start = START.timestamp()
        cpu = np.clip(good / CAPACITY, 0, 1) * 0.97
        fields: dict[str, Any] = {
            "testid": "boards-2026-11-20T10-00", "start": start, "step": STEP, "push_interval": 5.0,
            "vus": vus, "throughput": good + failed + no_reply, "goodput": good,
            "failures_by_status": {"503": failed, "0": no_reply, "500": np.zeros(bins)},
            "expected_durations": durations,
            "hosts": (
                Host("10.0.1.12:9100", "server", cpu, np.clip(cpu * 1.05, 0, 1)),
                Host("10.0.1.40:9100", "generator", cpu * 0.39, np.clip(cpu * 0.5, 0, 1)),
            ),
            "gaps": (Gap(start + lost.start * STEP, start + lost.stop * STEP),),
            "notes": ("the tag scenario was switched off, so all scenarios were taken as one",),
        }  # fmt: skip
        return Timeline(**{**fields, **changes})

    return make


@pytest.fixture
def make_answer() -> Callable[..., Answer]:
    """The answer to that run; any field can be replaced."""

    def make(**changes: Any) -> Answer:
        end = _after(600)
        knee = _after(118)
        fields: dict[str, Any] = {
            "testid": "boards-2026-11-20T10-00",
            "window": Window(start=START, end=end),
            "verdict": Verdict.SATURATED,
            "because": "goodput stayed at 1,090/s while VUs rose from 1,180 to 6,000",
            "max_throughput": Interval(value=1090.2, low=1078.0, high=1101.9),
            "slo_capacity": SloCapacity(value=1043.0, low=1021.0, high=1060.0),
            "regimes": [Regime(start=knee, end=end, goodput=1090.2, saturated=True, because="goodput is below 85 %")],
            "after_peak": AfterPeak(state="flat", goodput=1088.0, because="goodput held at 1,088/s until the end"),
            "knee": Knee(vus=1180, time=knee),
            "latency": Latency(
                light_load=Quantiles(p50=0.031, p95=0.048, p99=0.061),
                at_knee=Quantiles(p50=0.082, p95=0.21, p99=0.48),
                at_end=Quantiles(p50=4.41, p95=7.2),
            ),
            "failures": Failures(
                count=430, ratio=0.0008, first=_after(451), by_status={"503": 420, "0": 10}
            ),
            "generator": Generator(verdict="ok", cpu_ratio=0.38, dropped_iterations=0),
            "bottleneck": Bottleneck(
                resource="cpu", instance="10.0.1.12:9100", utilisation=0.97, because="the server's CPU was 97 % busy"
            ),
            "events": [
                Event(rule="throughput", time=knee, text="goodput reached its plateau"),
                Event(rule="failures", time=_after(450), end=_after(480), text="503 ×420"),
            ],
            "findings": FINDINGS,
            "true_capacity": CAPACITY,
        }  # fmt: skip
        return Answer(**{**fields, **changes})

    return make
