"""How long iterations last, told from those that have ended while a ramp begins ever more of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import growing, unloaded
from rules.series import Floats
from rules.timeline import Durations, Timeline
from tests.timelines import STEP, durations, ramp

LASTED, BINS = 4.0, 24
RUN = ramp(capacity=10_000.0, think=LASTED, service=0.01, vus=8000.0, seconds=BINS * STEP)


def thinking(begun: Floats, lasted: Floats, step: float = STEP) -> Timeline:
    """Iterations of one request each that begin at the times ``begun`` and end so many seconds later."""
    counts = np.histogram(begun, np.arange(BINS + 1) * step)[0].astype(float)
    where = ((begun + lasted) // step).astype(int)
    buckets, sums = np.zeros((BINS, RUN_GRID.upper.size)), np.zeros(BINS)
    ended = where < BINS
    np.add.at(buckets, (where[ended], np.searchsorted(RUN_GRID.upper, lasted[ended])), 1.0)
    np.add.at(sums, where[ended], lasted[ended])
    spent = Durations(buckets.sum(axis=1), sums, RUN_GRID.lower, RUN_GRID.upper, buckets)
    rate, requests = counts / step, durations(counts, np.full(BINS, 0.01))
    middles = (np.arange(BINS) + 0.5) * step
    return replace(
        RUN,
        step=step,
        vus=np.searchsorted(np.sort(begun), middles) - np.searchsorted(np.sort(begun + lasted), middles) + 0.0,
        throughput=rate,
        goodput=rate,
        iterations=spent.counts / step,
        durations=requests,
        expected_durations=requests,
        blocked=None,
        iteration_durations=spent,
    )


RUN_GRID = durations(np.ones(BINS), np.full(BINS, 0.01))


@pytest.fixture(scope="module")
def memoryless() -> Timeline:
    """A straight ramp of users whose think times are exponential, for two minutes."""
    rng = np.random.default_rng(5)
    return thinking(BINS * STEP * np.sqrt(rng.random(100_000)), rng.exponential(LASTED, 100_000))


def test_what_has_ended_of_a_ramp_is_too_short_and_what_began_when_tells_by_how_much(memoryless: Timeline) -> None:
    seen, evened = memoryless.iteration_durations, growing.evened(memoryless)
    assert seen is not None
    assert evened is not None
    early = slice(2, 6)  # 10 to 30 s
    assert float(np.mean(seen.mean()[early])) < 0.83 * LASTED
    assert float(np.mean(evened.mean()[early])) == pytest.approx(LASTED, rel=0.05)
    assert evened.mean()[-6:] == pytest.approx(np.full(6, LASTED), rel=0.05)


def test_so_users_who_think_at_random_are_not_taken_for_a_queue(memoryless: Timeline) -> None:
    """By what has ended their cycle would be 2.2 s, and all but the first seconds of the ramp below SATURATED_BELOW."""
    cycle = unloaded.baseline_cycle(memoryless)
    assert cycle is not None
    assert cycle > unloaded.SATURATED_BELOW * LASTED


def test_where_as_many_begin_at_any_time_nothing_changes() -> None:
    rng = np.random.default_rng(6)
    run = thinking(np.sort(rng.uniform(0.0, BINS * STEP, 50_000)), np.full(50_000, 1.0))
    seen, evened = run.iteration_durations, growing.evened(run)
    assert seen is not None
    assert evened is not None
    assert evened.sums.tolist() == seen.sums.tolist()


def test_of_a_mean_alone_and_of_no_durations_nothing_is_made() -> None:
    spent = RUN.iteration_durations
    assert spent is not None
    mean_only = replace(spent, lower=np.empty(0), upper=np.empty(0), buckets=np.empty((BINS, 0)))
    assert growing.evened(replace(RUN, iteration_durations=mean_only)) is mean_only
    assert growing.evened(replace(RUN, iteration_durations=None)) is None


def test_nor_where_the_load_ends() -> None:
    """As many begin in each second until then, so none counts more than another."""
    rng = np.random.default_rng(6)
    run = thinking(rng.uniform(0.0, 35.0, 50_000), rng.exponential(1.5, 50_000), step=2.0)
    seen, evened = run.iteration_durations, growing.evened(run)
    assert seen is not None
    assert evened is not None
    assert evened.mean()[8:17] == pytest.approx(seen.mean()[8:17], rel=0.01)
