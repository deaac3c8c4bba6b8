"""Runs of which hardly anything was seen: the answer says so, and no rule fails on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import plateau
from rules.answer import Answer
from rules.finding import Verdict
from rules.judge import judge
from rules.series import Floats
from rules.statistics.windows import Mask
from rules.timeline import Durations, Timeline
from tests.timelines import durations, ramp


def failed(answer: Answer) -> list[str]:
    return [one.because for one in answer.findings if "failed on this run" in one.because]


def only_some(run: Timeline, bins: slice) -> Timeline:
    """Without durations."""
    rate = run.goodput[bins]
    kept = replace(run, vus=run.vus[bins], throughput=rate, goodput=rate, iterations=rate, dropped_iterations=0 * rate)
    return replace(kept, durations=None, expected_durations=None, blocked=None, iteration_durations=None)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_run_of_a_few_long_pushes_is_none_that_rose(count: int) -> None:
    """k6 may be told to push once a minute: two pushes make one bin."""
    answer = judge(replace(only_some(ramp(), slice(30, 30 + count)), step=60.0, push_interval=60.0))
    assert failed(answer) == []
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.because == "the load never rose, so it is not known whether more of it would have made more"


@pytest.mark.parametrize("native", [True, False])
def test_a_run_whose_every_bin_touches_a_gap_is_told_by_its_gaps(*, native: bool) -> None:
    run = ramp()
    run = replace(run, vus=np.full(run.vus.size, np.nan))
    if not native:
        run = replace(run, durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    answer = judge(run)
    assert failed(answer) == []
    assert answer.max_throughput.value is None


def test_a_bin_without_a_reply_in_which_sleeps_end_tells_of_the_generator_without_a_warning() -> None:
    run = ramp(seconds=600.0)
    assert run.durations is not None
    paused = np.arange(run.vus.size) % 9 == 8
    answer = judge(replace(run, goodput=without(run.goodput, paused), durations=none_in(run.durations, paused)))
    assert failed(answer) == []
    assert answer.generator.verdict == "ok"


def without(values: Floats, paused: Mask) -> Floats:
    return np.where(paused, 0.0, values)


def none_in(spent: Durations, paused: Mask) -> Durations:
    counts, sums = without(spent.counts, paused), without(spent.sums, paused)
    return replace(spent, counts=counts, sums=sums, buckets=np.where(paused[:, None], 0.0, spent.buckets))


def batched(vus: Floats, rate: Floats, step: float) -> Timeline:
    """A run whose iterations took as long as at 100/s, whenever they ended."""
    spent = durations(rate * step, np.maximum(vus / 100.0, 1.02))
    run = replace(ramp(), step=step, vus=vus, throughput=rate, goodput=rate, iterations=rate)
    run = replace(run, dropped_iterations=0 * rate, iteration_durations=spent)
    return replace(run, durations=None, expected_durations=None, blocked=None)


LIGHT = np.linspace(5.0, 100.0, 20)


@pytest.mark.parametrize(
    ("vus", "value"), [((440.0, 400.0), 100.0), ((400.0, 440.0), None)], ids=["where it stops", "where it goes on"]
)
def test_of_a_server_that_answers_every_other_push_one_half_of_the_load_may_have_no_reply(
    vus: tuple[float, float], value: float | None
) -> None:
    rate = np.concatenate([LIGHT / 1.02, np.tile([0.0, 200.0], 10)])
    answer = judge(batched(np.concatenate([LIGHT, np.tile(vus, 10)]), rate, 15.0))
    assert failed(answer) == []
    assert answer.max_throughput.value == (value and pytest.approx(value, rel=0.06))  # 10 stops and 9 bursts are seen
    assert value or 0.0 < (answer.max_throughput.low or 0.0) <= 100.0


def test_of_a_server_that_answers_in_bursts_alone_these_are_not_left_out() -> None:
    """Without the two of them, 10 s apart, nothing would be left to take a mean of."""
    rate = np.concatenate([LIGHT / 1.02, [0.0, 600.0, 0.0, 0.0, 0.0, 0.0, 0.0, 600.0, 0.0, 0.0]])
    run = batched(np.concatenate([LIGHT, np.full(10, 150.0)]), rate, 2.0)
    found = plateau.find(run)
    assert found is not None
    assert found.estimate.value == pytest.approx(100.0)
    assert failed(judge(run)) == []
