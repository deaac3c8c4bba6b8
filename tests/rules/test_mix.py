"""Goodput as it would be if the script's requests were asked for in even turns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import mix, plateau
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Durations, Requests, Timeline
from tests.timelines import STEP, durations, ramp

CHEAP, DEAR = 0.01, 0.03
"""Seconds of the server that either request takes: two in turn take 0.04, so 50 of each make 100/s of a 2 s-a-second
server."""
SECONDS = 600.0


def script(early: float = 0.1, whole: float = 1.0, told: bool = True, wait: float = 0.0) -> Timeline:
    """A ramp in which the server is full at 100/s, if both are asked for alike; while VUs are added, the first and
    cheap one is asked for more often by ``early``, and the server's time goes to both. ``whole``: of the second, per
    iteration. ``wait``: seconds that both wait, long before the server is full."""
    run = ramp(capacity=100, vus=400, seconds=SECONDS, noise=0.0)
    more = np.where(run.vus > 100, early, 0.0)
    cheap = 1.0 + more
    full = (CHEAP + DEAR * whole) / (CHEAP * cheap + DEAR * whole)  # times a turn's time, per iteration
    turns = run.goodput / (1.0 + whole) * full
    first, second = turns * cheap, turns * whole
    both = first + second
    waited = np.where(run.vus > 40, wait, 0.0)
    spent = durations(both * STEP, waited + (first * CHEAP + second * DEAR) / both)
    return replace(
        run,
        goodput=both,
        throughput=both,
        totals={"200": float(both.sum() * STEP)},
        by_name={"/cheap": _requests(first, waited + CHEAP, told), "/dear": _requests(second, waited + DEAR, told)},
        expected_durations=spent,
        names=2,
    )


def _requests(rate: Floats, seconds: Floats, told: bool) -> Requests:
    spent: Durations | None = durations(rate * STEP, seconds) if told else None
    return Requests(float(rate.sum() * STEP), rate, rate, spent)


def found(run: Timeline) -> plateau.Plateau:
    seen = plateau.find(run)
    assert seen is not None
    return seen


def test_what_is_asked_for_too_often_and_costs_little_flatters_nothing() -> None:
    run = script()
    bins = found(run).bins
    assert run.goodput[bins].mean() == pytest.approx(102.5, abs=0.2)
    assert mix.evened(run).goodput[bins].mean() == pytest.approx(100.0, abs=0.2)
    answer = judge(run)
    told = answer.max_throughput
    assert "as they came they were 102/s, more of the cheap ones" in answer.because
    assert told.value == pytest.approx(100.0, abs=0.2)
    assert told.low is not None
    assert told.low == pytest.approx(97.5, abs=0.3)  # as much as half of the correction leaves in doubt


def test_what_requests_wait_makes_them_no_more_alike() -> None:
    """Most of what was served without a queue that goodput would tell of: by it the dear one is hardly dearer."""
    run = script(wait=0.2)
    assert mix.evened(run).goodput[found(run).bins].mean() == pytest.approx(100.0, abs=0.2)


def test_without_durations_the_interval_knows_that_the_mix_is_uneven() -> None:
    run = script(told=False)
    assert mix.evened(run) is run
    told = judge(run).max_throughput
    assert told.value == pytest.approx(102.5, abs=0.2)
    assert told.low is not None
    assert told.low < 100.0
    even = judge(script(early=0.0, told=False)).max_throughput
    assert even.low == pytest.approx(99.7, abs=0.1)
    assert "as they came" not in judge(script(early=0.0)).because


@pytest.mark.parametrize("run", [script(early=0.0), replace(script(), names=3), replace(script(), by_name={})])
def test_there_is_nothing_to_even_of_an_even_mix_or_one_that_is_not_known(run: Timeline) -> None:
    assert mix.evened(run).goodput == pytest.approx(run.goodput)
    assert mix.doubt(run, found(run).bins) == pytest.approx(0.0, abs=1e-9)


def test_of_a_script_that_takes_a_branch_now_and_then_nobody_knows_what_is_even() -> None:
    run = script(whole=0.4)
    assert mix.evened(run) is run
    assert mix.doubt(run, found(run).bins) == 0.0
