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
    return thinking(*loops(starts, mean, end, np.random.default_rng(seed)))


def loops(starts: Floats, mean: float, end: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """When iterations of VUs begin, who come at ``starts``, and how long they last; none begins after ``end``."""
    begun, lasted = [], []
    at = np.asarray(starts, float)
    while at.size:
        took = rng.exponential(mean, at.size)
        begun.append(at)
        lasted.append(took)
        at = (at + took)[at + took < end]
    return np.concatenate(begun), np.concatenate(lasted)


def without_durations(run: Timeline) -> Timeline:
    return replace(run, durations=None, expected_durations=None, blocked=None, iteration_durations=None)


@pytest.mark.parametrize("mean", [2.9, 8.0])
def test_of_the_first_iterations_of_a_ramp_the_shortest_alone_are_no_cycle(mean: float) -> None:
    run = closed(np.linspace(0.0, END, 6000), mean)
    assert baseline_cycle(run) == pytest.approx(mean, rel=1.0 - SATURATED_BELOW)
    assert judge(run).verdict is Verdict.NOT_SATURATED


@pytest.mark.parametrize("seed", [26_000, 26_001, 26_002])
def test_nor_are_those_of_a_leap_together_with_the_light_load_before_it(seed: int) -> None:
    """Held, then thirteen times as many users within three seconds, who are held too."""
    run = closed(np.concatenate([np.linspace(0.0, 5.0, 70), np.linspace(60.0, 63.0, 850)]), 1.75, seed=seed)
    assert baseline_cycle(run) == pytest.approx(1.75, rel=0.08)
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


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("seed", [26_000, 26_001, 26_002])
def test_a_window_is_known_as_well_as_all_of_its_requests_tell(seed: int, native: bool) -> None:
    """A bin of 5,000 holds eight times as many as tell a mean to 4 %, so the least of them is no 10 % too short."""
    run = at_random(np.full(BINS, 5000.0), np.ones(BINS), np.full(BINS, 1000.0), 1, seed)
    assert baseline_cycle(run if native else without_durations(run)) == pytest.approx(
        1.0, abs=0.015 if native else 0.03
    )


def test_soon_after_a_fall_nothing_tells_when_iterations_began() -> None:
    """What began is known over ten seconds: those begun just after a fall look as if they had begun before it, when
    there were ten times as many."""
    rng = np.random.default_rng(7)
    many, few = (loops(np.zeros(n), 1.0, end, rng) for n, end in ((18_000, 25.0), (2_000, 2.0 * BINS)))
    run = thinking(np.concatenate([many[0], few[0]]), np.concatenate([many[1], few[1]]), step=2.0)
    assert baseline_cycle(run) == pytest.approx(1.0, abs=0.05)
