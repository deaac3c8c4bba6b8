"""Users who think for exponential times: what of them has ended is no measure of how long they think."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import per_iteration
from rules.finding import Verdict
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Timeline
from rules.unloaded import SATURATED_BELOW, baseline_cycle, load_ratio
from tests.rules.test_growing import BINS, thinking
from tests.timelines import STEP, durations, ramp

END = BINS * STEP


def closed(starts: Floats, mean: float, end: float = END, seed: int = 7) -> Timeline:
    """VUs that come at ``starts``, and begin one iteration after the other until ``end``."""
    rng = np.random.default_rng(seed)
    begun, lasted = [], []
    at = np.asarray(starts, float)
    while at.size:
        took = rng.exponential(mean, at.size)
        begun.append(at)
        lasted.append(took)
        at = (at + took)[at + took < end]
    return thinking(np.concatenate(begun), np.concatenate(lasted))


def without_durations(run: Timeline) -> Timeline:
    return replace(run, durations=None, expected_durations=None, blocked=None, iteration_durations=None)


@pytest.mark.parametrize("mean", [2.9, 8.0])
def test_of_the_first_iterations_of_a_ramp_the_shortest_alone_are_no_cycle(mean: float) -> None:
    run = closed(np.linspace(0.0, END, 6000), mean)
    assert baseline_cycle(run) == pytest.approx(mean, rel=1.0 - SATURATED_BELOW)
    assert judge(run).verdict is Verdict.NOT_SATURATED


def test_nor_are_requests_of_those_who_have_just_come_without_durations() -> None:
    """Who comes asks at once: in the 15 s about their rise a third of the requests are the first ones of new VUs."""
    run = without_durations(closed(np.concatenate([np.zeros(300), np.linspace(40.0, 50.0, 4000)]), 3.0))
    assert baseline_cycle(run) == pytest.approx(3.0, rel=1.0 - SATURATED_BELOW)
    assert judge(run).verdict is Verdict.NOT_SATURATED


def test_who_only_ends_an_iteration_when_the_load_has_ended_waits_for_nobody() -> None:
    run = closed(np.linspace(0.0, 40.0, 6000), 4.0, end=85.0)
    tail = np.flatnonzero((run.throughput == 0) & (run.vus > 100))
    assert tail.size >= 2
    assert load_ratio(run)[tail].min() > SATURATED_BELOW
    assert judge(run).verdict is Verdict.NOT_SATURATED


def test_iterations_that_ended_make_as_many_good_requests_as_ever_where_none_is_answered() -> None:
    run = closed(np.linspace(0.0, 40.0, 6000), 4.0, end=85.0)
    spent, tail = run.iteration_durations, run.throughput == 0
    assert spent is not None
    assert per_iteration.ended(run)[tail].tolist() == pytest.approx((spent.counts[tail] / STEP).tolist())
    half = replace(run, goodput=0.5 * run.throughput)
    assert per_iteration.ended(half)[tail].tolist() == pytest.approx((spent.counts[tail] / STEP / 2).tolist())


def at_random(counts: Floats, means: Floats, vus: Floats, requests: int, seed: int) -> Timeline:
    """In each bin so many iterations, of memoryless lengths with such a mean, and of so many requests each."""
    rng = np.random.default_rng(seed)
    grid = durations(counts, np.ones(counts.size))
    took = [rng.exponential(mean, int(count)) for mean, count in zip(means, counts, strict=True)]
    buckets = np.array([np.bincount(np.searchsorted(grid.upper, one), minlength=grid.upper.size) for one in took])
    spent = replace(grid, sums=np.array([one.sum() for one in took]), buckets=buckets.astype(float))
    rate = requests * counts / STEP
    run = replace(ramp(seconds=counts.size * STEP), vus=vus, throughput=rate, goodput=rate, iterations=counts / STEP)
    return replace(run, dropped_iterations=0.0 * rate, iteration_durations=spent)


@pytest.mark.parametrize("seed", [26_000, 26_001, 26_002])
def test_three_requests_of_one_iteration_tell_no_more_of_a_cycle_than_one(seed: int) -> None:
    """Of 60 windows of 200 iterations the least is 17 % too short."""
    run = at_random(np.full(400, 30.0), np.full(400, 1.0), np.full(400, 6.0), 3, seed)
    cycle = baseline_cycle(run)
    assert cycle is not None
    assert 3 * cycle == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("seed", [26_000, 26_001, 26_002])
def test_light_load_of_few_requests_is_not_taken_together_with_the_queue_that_follows(seed: int) -> None:
    """As many requests as tell a mean to 4 % are more than there were before the queue."""
    light = np.arange(BINS) < 9
    counts, vus = np.where(light, 50.0, 60.0), np.where(light, 13.0, 120.0)
    run = at_random(counts, vus * STEP / counts, vus, 1, seed)
    assert baseline_cycle(run) == pytest.approx(1.3, rel=0.35)
