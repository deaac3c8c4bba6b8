"""Requests of an iteration: a script that tries again what failed makes more of them, and no more good ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import per_iteration, unloaded
from rules.finding import Verdict
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Timeline
from tests.timelines import durations, ramp

BINS = 60


def light() -> Timeline:
    """VUs that stand at half of what would make a queue for most of the run, each with one request an iteration."""
    run = ramp(capacity=np.inf, vus=100.0, noise=0.0)
    vus = np.minimum(50.0, run.vus)
    rate = vus / 1.02
    cycle = durations(rate * run.step, np.full(BINS, 1.02))
    return replace(run, vus=vus, goodput=rate, throughput=rate, iterations=rate, iteration_durations=cycle)


def good(run: Timeline) -> Floats:
    assert run.iteration_durations is not None
    return per_iteration.good_requests(run, run.iteration_durations.counts)


def test_a_near_whole_number_of_requests_is_that_number() -> None:
    run = light()
    assert per_iteration.requests(run) == 1.0
    assert per_iteration.requests(replace(run, throughput=3.05 * run.throughput)) == 3.0
    assert per_iteration.requests(replace(run, throughput=2.5 * run.throughput)) == pytest.approx(2.5)


def test_of_a_fixed_number_of_requests_a_share_is_good() -> None:
    run = light()
    failing = np.where(np.arange(BINS) < 30, 0.0, 0.6)
    assert good(replace(run, goodput=run.goodput * (1 - failing))) == pytest.approx(1 - failing)


def test_where_failures_are_tried_again_each_iteration_has_as_many_good_requests_as_ever() -> None:
    run = light()
    again = np.where(np.arange(BINS) < 30, 0.0, 3.0)
    run = replace(run, throughput=run.goodput * (1 + again))
    assert good(run) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("again", [0.61, 1.7, 3.42])
@pytest.mark.parametrize("since", [3, 18], ids=["at first", "under light load"])
def test_however_many_are_tried_again_and_however_little_is_known_of_before(again: float, since: int) -> None:
    """Two VUs for 120 s and 50 for 180 s, or 50 from the first push on; all but the first bins have failures."""
    run, number = light(), np.arange(BINS)
    rate = np.where((number < 24) & (since > 3), 2.0, 50.0) / 1.02
    cycle = durations(rate * run.step, np.full(BINS, 1.02))
    run = replace(run, vus=1.02 * rate, goodput=rate, iterations=rate, iteration_durations=cycle)
    run = replace(run, throughput=rate * (1 + np.where(number < since, 0.0, again)))
    assert good(run) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("again", [0.5, 2.0, 10.0])
def test_where_some_are_turned_away_and_others_tried_again_light_load_shows_what_the_script_makes(again: float) -> None:
    """Beyond 50 VUs what is more than 49 requests/s is turned away at once; halfway, good ones begin to have failures
    beside them. Under light load an iteration has one good request all the same."""
    run = ramp(capacity=np.inf, vus=100.0, noise=0.0)
    rate, late = run.vus / 1.02, np.arange(BINS) >= 30
    good_ones = np.minimum(rate, 49.0)
    cycle = durations(rate * run.step, np.full(BINS, 1.02))
    run = replace(run, goodput=good_ones, throughput=rate + again * good_ones * late, iteration_durations=cycle)
    assert good(run)[rate < 49.0][:20] == pytest.approx(1.0, abs=0.01)
    assert unloaded.baseline_cycle(run) == pytest.approx(1.02, rel=0.02)


def test_failures_that_are_tried_again_late_make_no_queue_of_light_load() -> None:
    run = light()
    again = np.where(np.arange(BINS) < 30, 0.0, 3.0) * run.goodput
    answer = judge(replace(run, throughput=run.goodput + again, failures_by_status={"503": again}))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.max_throughput.value is None
