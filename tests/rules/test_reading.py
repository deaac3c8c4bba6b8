"""A run that Prometheus sums on a grid tells what its raw samples tell, push by push."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rules import names, runs
from rules.prometheus import Prometheus
from rules.reading import read
from rules.runs import Run
from rules.series import AnySeries, Series
from rules.signals.signal import where
from rules.timeline import Timeline
from tests import stores
from tests.simulator import Hosts, Load, Output, Scenario, Server, Service, SimulatedRun, simulate
from tests.simulator.remote_write import send

CLOSED = Scenario(Load(((0.0, 200.0), (121.0, 200.0)), think=1.0), Server(2, Service(0.02, 0.0)), hosts=Hosts("none"))
"""100 requests/s from the first moment to the last; 121 s, so that the last push is an early one."""
SHAKEN = 0.05
"""k6 hands its samples to the output every 50 ms, so that a push holds so much more or less."""


@pytest.fixture(scope="module", params=stores.STORES)
def store(request: pytest.FixtureRequest) -> Iterator[Prometheus]:
    """One for all tests here, which keep apart by their testids."""
    with stores.started(request.param) as client:
        yield client


def written(store: Prometheus, testid: str, output: Output, extra: list[AnySeries] | None = None, seed: int = 1) -> Run:
    """CLOSED pushed as ``output`` says, and ended now; and what ``extra`` has, with times since its start."""
    run: SimulatedRun = simulate(replace(CLOSED, output=output), seed, testid)
    run = run.shifted(time.time() - run.end - 1.0)
    moved = [replace(one, times=np.round(run.start + one.times, 3)) for one in extra or []]
    send([*run.series(), *moved], f"{store.url}/api/v1/write")
    (found,) = runs.find(store, where(testid=testid), run.start - 1, run.end + 1)
    return found


def summed(store: Prometheus, run: Run) -> Timeline:
    return read(store, run, 0)


@pytest.mark.parametrize(("push", "seed"), [*((1.0, seed) for seed in range(1, 9)), (2.0, 1), (5.0, 1), (15.0, 1)])
def test_each_point_holds_the_same_number_of_pushes(store: Prometheus, push: float, seed: int) -> None:
    timeline = summed(store, written(store, f"steady-{push}-{seed}", Output(push), seed=seed))
    assert timeline.push_interval == push
    full = timeline.goodput[1:-2]
    assert full == pytest.approx(np.full(full.size, 100.0), rel=SHAKEN)
    assert timeline.durations is not None
    assert timeline.durations.counts[1:-2] == pytest.approx(full * timeline.step)


def test_a_push_that_was_lost_is_not_a_moment_without_requests(store: Prometheus) -> None:
    timeline = summed(store, written(store, "lossy", Output(5.0, gaps=((41.0, 46.0), (81.0, 86.0)))))
    assert timeline.goodput[1:-2] == pytest.approx(np.full(timeline.goodput.size - 3, 100.0), rel=SHAKEN)


def test_a_gap_is_a_gap_and_what_was_held_over_it_is_not_told(store: Prometheus) -> None:
    timeline = summed(store, written(store, "gap", Output(5.0, gaps=((40.0, 70.0),))))
    (gap,) = timeline.gaps
    assert gap.end - gap.start == pytest.approx(35.0, abs=0.1)
    seen = timeline.goodput[np.isfinite(timeline.goodput)][1:-2]
    assert seen == pytest.approx(np.full(seen.size, 100.0), rel=SHAKEN)


def test_what_fails_in_the_very_last_push_is_counted(store: Prometheus) -> None:
    labels = {"__name__": names.HTTP_REQS, names.TESTID: "late", "status": "500", "expected_response": "false"}
    late = Series(labels, np.array([121.5]), np.array([7.0]))
    run = written(store, "late", Output(5.0), [late])
    assert summed(store, run).failed_totals == read(store, run, 10**9).failed_totals == {"500": 7.0}


def test_of_a_long_run_the_grid_is_coarse_and_the_push_interval_is_k6s_own(store: Prometheus) -> None:
    run = written(store, "coarse", Output(2.0))
    timeline = read(store, run, 0, 8)
    assert timeline.end <= run.end
    assert (timeline.push_interval, timeline.step) == (2.0, 16.0)
    assert timeline.goodput[1:-1] == pytest.approx(np.full(timeline.goodput.size - 2, 100.0), rel=SHAKEN)


@pytest.mark.parametrize("raw_samples", [10**9, 0], ids=["raw", "grid"])
def test_time_blocked_is_told_by_its_mean_alone(store: Prometheus, raw_samples: int) -> None:
    timeline = read(store, written(store, f"blocked-{raw_samples}", Output(5.0)), raw_samples)
    blocked, every = timeline.blocked, timeline.durations
    assert blocked is not None
    assert every is not None
    assert blocked.counts[1:-2] == pytest.approx(every.counts[1:-2])
    assert (blocked.mean()[1:-2] > 0).all()
    assert blocked.buckets.shape == (blocked.counts.size, 0)
    assert every.buckets.sum(axis=1)[1:-2] == pytest.approx(every.counts[1:-2])
