"""What is sent by remote write is what a real Prometheus gives back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from loadline.bench import Bench
from loadline.stack import binaries
from loadline.stack import prometheus as stack
from rules import names
from rules.prometheus import Prometheus
from rules.series import AnySeries, HistogramSeries, Series
from rules.statistics import histogram
from tests.simulator import Load, Output, Scenario, Server, Service, SimulatedRun, simulate
from tests.simulator.remote_write import RefusedWriteError, send

DAY = 86_400.0


@pytest.fixture(scope="module")
def prometheus() -> Iterator[Prometheus]:
    """One of its own: what others wrote into the shared one would come back too."""
    with Bench() as bench:
        yield stack.start(binaries.obtain("prometheus"), bench.folder, [], bench.interrupts, bench.adopt)


@pytest.fixture(scope="module")
def sent(prometheus: Prometheus) -> SimulatedRun:
    """A run with replies of two kinds that ends now, in Prometheus."""
    server = Server(2, Service(0.02, 0.8), error_share=0.1)
    run = simulate(Scenario(Load(((0.0, 1.0), (60.0, 100.0)), think=0.3), server, output=Output(2.0)), 1, "round-trip")
    run = run.shifted(time.time() - run.end)
    send(run.series(), f"{prometheus.url}/api/v1/write")
    return run


def key(series: AnySeries) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(series.labels.items()))


@pytest.mark.parametrize("metric", [names.VUS, names.HTTP_REQS, names.ITERATIONS, names.NODE_CPU])
def test_values_and_times_come_back_as_sent(prometheus: Prometheus, sent: SimulatedRun, metric: str) -> None:
    got = {key(one): one for one in prometheus.raw(metric, sent.start - 60, sent.end)}
    assert got.keys() == {key(one) for one in sent.samples[metric]}
    for one in sent.samples[metric]:
        back = got[key(one)]
        assert isinstance(one, Series)
        assert isinstance(back, Series)
        np.testing.assert_array_equal(back.times, one.times)
        np.testing.assert_array_equal(back.values, one.values)


@pytest.mark.parametrize("metric", [names.HTTP_REQ_DURATION, names.HTTP_REQ_BLOCKED, names.ITERATION_DURATION])
def test_histograms_come_back_as_sent(prometheus: Prometheus, sent: SimulatedRun, metric: str) -> None:
    got = {key(one): one for one in prometheus.raw(metric, sent.start - 60, sent.end)}
    assert got.keys() == {key(one) for one in sent.samples[metric]}
    for one in sent.samples[metric]:
        back = got[key(one)]
        assert isinstance(one, HistogramSeries)
        assert isinstance(back, HistogramSeries)
        used = one.buckets[-1] > 0
        np.testing.assert_array_equal(back.times, one.times)
        np.testing.assert_array_equal(back.counts, one.counts)
        np.testing.assert_allclose(back.sums, one.sums, rtol=1e-12)
        np.testing.assert_allclose(back.upper, one.upper[used], rtol=1e-12)
        np.testing.assert_array_equal(back.buckets, one.buckets[:, used])


def test_prometheus_reads_the_histograms_as_we_do(prometheus: Prometheus, sent: SimulatedRun) -> None:
    (one,) = sent.samples[names.ITERATION_DURATION]
    assert isinstance(one, HistogramSeries)
    selector = f'{names.ITERATION_DURATION}{{{names.TESTID}="{sent.testid}"}}'
    assert prometheus.scalar(f"histogram_count({selector})", sent.end) == one.counts[-1]
    theirs = prometheus.scalar(f"histogram_quantile(0.9, {selector})", sent.end)
    assert theirs is not None
    index = int(np.argmax(np.cumsum(one.buckets[-1]) >= 0.9 * one.counts[-1]))
    assert one.lower[index] <= theirs <= one.upper[index]
    ours = float(histogram.quantile(one.lower, one.upper, one.buckets[-1], 0.9))
    assert theirs == pytest.approx(ours, rel=0.01)  # Prometheus 2 interpolates in a straight line


def test_a_refused_write_says_why(prometheus: Prometheus) -> None:
    now = time.time()
    newer, older = (Series({"__name__": "falls_back"}, np.array([t]), np.array([1.0])) for t in (now, now - 30 * DAY))
    send([newer], f"{prometheus.url}/api/v1/write")
    with pytest.raises(RefusedWriteError, match="too old"):
        send([older], f"{prometheus.url}/api/v1/write")
