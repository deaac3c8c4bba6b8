"""Whose requests are read, raw and as sums on a grid: setup()'s and those that never left are told apart in both."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import pytest

from rules import names, unsent
from rules.prometheus import HttpReply, Prometheus
from rules.reading import RAW_SAMPLES, read
from rules.runs import Run
from rules.series import Floats, HistogramSeries, Series
from tests.simulator.remote_write import send

SECONDS, PUSH = 120.0, 5.0


@pytest.fixture(scope="module")
def run(prometheus: Prometheus) -> Run:
    """20 requests/s of a group called setup, 5/s that never leave; and 300 of setup() before the first k6_vus."""
    end = float(np.floor(time.time())) - 40.0
    t = np.arange(end - SECONDS, end + 0.1, PUSH)
    good = {names.EXPECTED_RESPONSE: "true", names.STATUS: "200", names.GROUP: "::setup"}
    lost = {names.EXPECTED_RESPONSE: "false", names.STATUS: "0", names.ERROR_CODE: "1213", names.SCENARIO: "default"}

    def one(metric: str, times: Floats, values: Floats, **labels: str) -> Series:
        return Series({"__name__": metric, names.TESTID: "apart", **labels}, times, values)

    series = [
        one(names.VUS, t, np.full(t.size, 20.0)),
        one(names.HTTP_REQS, t, 20.0 * (t - t[0] + PUSH), **good, **{names.SCENARIO: "default"}),
        one(names.HTTP_REQS, t, 5.0 * (t - t[0] + PUSH), **lost),
        one(names.HTTP_REQS, t[:1] - 2.0, np.array([300.0]), **good),
        one(names.HTTP_REQS, t[-1:] + 1.0, np.array([7.0]), **(good | {names.GROUP: "::teardown::bye"})),
    ]
    send(series, f"{prometheus.url}/api/v1/write")
    return Run("apart", 'testid="apart"', float(t[0]), float(t[-1]))


@pytest.mark.parametrize("raw_samples", [RAW_SAMPLES, 0], ids=["raw", "grid"])
def test_only_what_vus_sent_is_load_and_what_never_left_is_known(
    prometheus: Prometheus, run: Run, raw_samples: int
) -> None:
    timeline = read(prometheus, run, raw_samples)
    inside = slice(2, -2)
    assert timeline.goodput[inside] == pytest.approx(20.0, rel=0.01)
    assert timeline.throughput[inside] == pytest.approx(25.0, rel=0.01)
    assert sum(timeline.totals.values()) == pytest.approx(25 * (SECONDS + PUSH), rel=0.01)
    assert timeline.setup_requests == 307
    assert timeline.unsent is not None
    assert timeline.unsent[unsent.EITHER][inside] == pytest.approx(5.0, rel=0.01)


class Counting(Prometheus):
    """One that counts in how many queries iterations are asked for."""

    asked = 0

    def _send(self, method: str, path: str, content: Mapping[str, str]) -> HttpReply:
        self.asked += names.ITERATIONS in content.get("query", "")
        return super()._send(method, path, content)


@pytest.mark.parametrize(("raw_samples", "queries"), [(RAW_SAMPLES, 1), (0, 2)], ids=["raw", "grid"])
def test_who_wrote_a_run_is_told_by_samples_that_are_read_anyway(
    prometheus: Prometheus, run: Run, raw_samples: int, queries: int
) -> None:
    counting = Counting(prometheus.url)
    read(counting, run, raw_samples)
    assert counting.asked == queries  # of the grid, the begin of the run and the sums


def test_what_is_stamped_before_the_first_look_at_the_vus_was_in_the_first_push(prometheus: Prometheus) -> None:
    """Else all of it would seem to have come after that look. Of the run before, which ended a second ago, nothing."""
    start = float(np.floor(time.time())) - 300.0
    t = np.arange(start, start + SECONDS, PUSH)
    of_run = {names.TESTID: "early", names.EXPECTED_RESPONSE: "true"}
    stamps = np.insert(t - 0.05, 0, start - 1.0)  # the last that another run wrote
    good = Series({"__name__": names.HTTP_REQS, **of_run}, stamps, np.insert(20.0 * (t - start + PUSH), 0, 9000.0))
    vus = Series(
        {"__name__": names.VUS, names.TESTID: "early"}, np.insert(t, 0, start - 0.9), np.full(t.size + 1, 20.0)
    )
    other = {"__name__": names.HTTP_REQ_DURATION, names.TESTID: "early", names.STATUS: "500"}
    one = np.array([1.0])
    slow = HistogramSeries(other, stamps[:1], one, one, np.array([0.9]), np.array([1.1]), one[:, None])
    send([good, vus, slow], f"{prometheus.url}/api/v1/write")
    timeline = read(prometheus, Run("early", 'testid="early"', start, float(t[-1])))
    assert timeline.goodput == pytest.approx(20.0, rel=0.03)
    assert timeline.start == start
    assert timeline.resets == ()
