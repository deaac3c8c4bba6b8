"""What was known at a moment is what had been pushed by then; a shorter scenario has the truth of what it saw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import names
from rules.gridding import to_timeline
from rules.series import HistogramSeries, Series
from tests.simulator import (
    Arrivals,
    Change,
    Load,
    Outage,
    Output,
    ScaleOut,
    Scenario,
    Server,
    Service,
    SimulatedRun,
    simulate,
)
from tests.simulator.as_of import as_of, shorter, unchanged
from tests.simulator.truth import truth_of

SCENARIO = Scenario(
    Load(((0.0, 1.0), (120.0, 121.0)), think=0.3), Server(4, Service(0.05), error_share=0.02), output=Output(5.0)
)


@pytest.fixture(scope="module")
def run() -> SimulatedRun:
    return simulate(SCENARIO, 1)


@pytest.mark.parametrize("seconds", [20.0, 63.0, 99.9])
def test_nothing_is_known_of_a_push_that_was_not_made(run: SimulatedRun, seconds: float) -> None:
    known = as_of(run, seconds)
    (whole,), (vus,) = run.samples[names.VUS], known[names.VUS]
    assert isinstance(vus, Series)
    since = vus.times - run.start
    assert seconds - 5.0 - 2.0 <= since[-1] <= seconds
    assert vus.values.tolist() == whole.values[: vus.times.size].tolist()  # type: ignore[union-attr]
    for metric in (names.HTTP_REQS, names.HTTP_REQ_DURATION, names.ITERATIONS):
        assert max(float(one.times[-1]) for one in known[metric]) <= vus.times[-1] + 1.0
    assert max(float(one.times[-1]) for one in known[names.NODE_CPU]) <= run.start + seconds


def test_histograms_are_cut_with_their_series(run: SimulatedRun) -> None:
    for one in as_of(run, 60.0)[names.HTTP_REQ_DURATION]:
        assert isinstance(one, HistogramSeries)
        assert one.times.size == one.counts.size == one.sums.size == one.buckets.shape[0]
        np.testing.assert_array_equal(one.buckets.sum(axis=1), one.counts)


def test_the_whole_is_known_in_the_end(run: SimulatedRun) -> None:
    known = as_of(run, np.inf)
    assert [one.labels for group in known.values() for one in group] == [one.labels for one in run.series()]
    assert sum(one.times.size for group in known.values() for one in group) == sum(o.times.size for o in run.series())


def test_each_process_has_its_own_pushes() -> None:
    several = simulate(replace(SCENARIO, output=Output(10.0, processes=3)), 1)
    known = as_of(several, 66.0)
    last = {one.labels["instance_id"]: float(one.times[-1]) for one in known[names.VUS]}
    assert len(last) == 3
    for one in known[names.HTTP_REQS]:
        assert one.times[-1] <= last[one.labels["instance_id"]] + 1.0


def test_the_grid_is_the_begin_of_the_whole_runs(run: SimulatedRun) -> None:
    before, after = (to_timeline(samples, None) for samples in (as_of(run, 80.0), run.samples))
    inner = before.vus.size - 3  # the last push is seen in another light once the next is known
    assert inner > 10
    # When pushes come is known the better the more there were.
    np.testing.assert_allclose(before.goodput[:inner], after.goodput[:inner], rtol=0.001)
    np.testing.assert_allclose(before.vus[:inner], after.vus[:inner], rtol=0.001)


def test_a_shorter_scenario_has_the_truth_of_what_it_saw() -> None:
    assert shorter(SCENARIO, 60.0).load.points == ((0.0, 1.0), (60.0, 61.0))
    assert shorter(SCENARIO, 500.0) == SCENARIO
    assert truth_of(SCENARIO).max_throughput == pytest.approx(78.4)
    assert truth_of(shorter(SCENARIO, 15.0)).max_throughput is None


def test_arrivals_end_with_the_load() -> None:
    load = replace(SCENARIO.load, arrivals=Arrivals(((0.0, 0.0), (100.0, 50.0), (120.0, 50.0)), 10))
    cut = shorter(replace(SCENARIO, load=load), 50.0).load
    assert cut.arrivals is not None
    assert cut.arrivals.points == ((0.0, 0.0), (50.0, 25.0))
    assert cut.seconds == 50.0


def test_a_server_that_stays_what_it_is_keeps_what_befell_it_before() -> None:
    server = replace(
        SCENARIO.server,
        changes=(Change(10.0, 0.5), Change(60.0, 2.0)),
        scale_out=ScaleOut(70.0, 4),
        outage=Outage(40.0, 55.0),
    )
    stays = unchanged(replace(SCENARIO, server=server), 50.0)
    assert stays.load == SCENARIO.load
    assert stays.server == replace(server, changes=(Change(10.0, 0.5),), scale_out=None)
    assert unchanged(stays, 30.0).server.outage is None
