"""What must hold of every answer, whatever the run: it does not depend on the units, on the calendar, or on luck.

The runs are drawn once, from all closed loops that the simulator knows, and shared: hypothesis chooses among them and
chooses what is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count, islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.answer import Answer, Interval
from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from tests.simulator import Scenario, SimulatedRun, random_scenario, simulate
from tests.simulator.altered import times_as_much, with_failures, with_lost_pushes
from tests.simulator.scenario import Load, Output, RateLimit, Server, Service
from tests.simulator.truth import truth_of

FIRST_SEED = 30_000
MOST_REQUESTS = 40_000
SLOW_TO_KNOW = ("leak", "contention")
"""Kinds whose truth takes a hundred runs of its own, and whose best 30 s are a matter of luck."""
ENOUGH = 2.0
"""Times the replies that ±3 % take, so that the noise of the run itself is small."""
LONG_SECONDS = 90.0
"""Three times what proves a plateau, so that a tenth of the pushes cannot hide it."""

LIMITED, LIGHT = 30, 15
"""How many runs there are of each."""
limited, light = st.integers(0, LIMITED - 1), st.integers(0, LIGHT - 1)
either = st.integers(0, LIMITED + LIGHT - 1)
some = settings(max_examples=50)


def scenarios() -> Iterator[tuple[int, Scenario]]:
    """Closed loops that are cheap to play, each with its seed."""
    for seed in count(FIRST_SEED):
        scenario = random_scenario(np.random.default_rng(seed), MOST_REQUESTS, lambda _: True)
        if scenario.load.arrivals is None and scenario.name not in SLOW_TO_KNOW:
            yield seed, scenario


def shows_its_limit(scenario: Scenario) -> bool:
    truth = truth_of(scenario)
    longest = max((regime.saturated_seconds for regime in truth.regimes), default=0.0)
    return scenario.name != "constant" and (truth.information or 0.0) >= ENOUGH and longest >= LONG_SECONDS


@lru_cache
def saturated() -> list[SimulatedRun]:
    """Those with a number; whether one is due is graded elsewhere."""
    found = (simulate(scenario, seed) for seed, scenario in scenarios() if shows_its_limit(scenario))
    return list(islice((run for run in found if answer_to(run).verdict is Verdict.SATURATED), LIMITED))


@lru_cache
def unsaturated() -> list[SimulatedRun]:
    found = ((seed, scenario) for seed, scenario in scenarios() if scenario.name == "unsaturated")
    return [simulate(scenario, seed) for seed, scenario in islice(found, LIGHT)]


def one_of_all(number: int) -> SimulatedRun:
    return [*saturated(), *unsaturated()][number]


@lru_cache(maxsize=256)
def answer_to(run: SimulatedRun) -> Answer:
    return judge(to_timeline(run.samples, run.testid))


def numbers(top: Interval) -> tuple[float, float, float]:
    assert top.value is not None
    assert top.low is not None
    assert top.high is not None
    return top.value, top.low, top.high


@some
@given(limited, st.integers(2, 20))
def test_scaling_the_rate_scales_the_answer(number: int, factor: int) -> None:
    """Within the half-width, not exactly: more requests are better known, so the unloaded cycle is taken from shorter
    windows. Only by factors above 1, as fewer requests may prove nothing."""
    run = saturated()[number]
    one, other = answer_to(run), answer_to(times_as_much(run, factor))
    assert one.verdict is other.verdict is Verdict.SATURATED
    value, low, high = numbers(one.max_throughput)
    assert np.array(numbers(other.max_throughput)) / factor == pytest.approx((value, low, high), abs=(high - low) / 2)


@some
@given(light, st.integers(2, 20))
def test_scaling_the_rate_scales_what_is_sustained_at_least(number: int, factor: int) -> None:
    """True of these. Copies of a request are no more evidence, but look like it: of 120 such runs (seeds 27,000 to
    28,725) one twice as large, and 6 twenty times as large, came out as saturated."""
    run = unsaturated()[number]
    one, other = answer_to(run), answer_to(times_as_much(run, factor))
    assert one.verdict is other.verdict is Verdict.NOT_SATURATED
    assert one.max_throughput.low is not None
    assert other.max_throughput.low == pytest.approx(one.max_throughput.low * factor)


@some
@given(either, st.integers(-500_000_000, 500_000_000), st.integers(0, 999))
def test_shifting_time_changes_nothing_but_the_times(number: int, seconds: int, milliseconds: int) -> None:
    run = one_of_all(number)
    shift = timedelta(seconds=seconds, milliseconds=milliseconds)
    moved = answer_to(run.shifted(shift.total_seconds())).model_dump()
    same(answer_to(run).model_dump(), moved, shift, "answer")


def same(one: Any, other: Any, shift: timedelta, where: str) -> None:
    """``other`` is ``one`` but for the times, which are later by ``shift``; k6 stamps in milliseconds."""
    assert type(one) is type(other), where
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            same(one[key], other[key], shift, f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for number, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            same(mine, theirs, shift, f"{where}[{number}]")
    elif isinstance(one, datetime):
        assert abs(other - one - shift) <= timedelta(milliseconds=2), where
    elif isinstance(one, float):
        assert other == pytest.approx(one, rel=1e-4, abs=1e-9), where
    else:
        assert other == one, where


@some
@given(limited)
def test_losing_a_tenth_of_the_pushes_moves_the_answer_less_than_its_interval(number: int) -> None:
    run = saturated()[number]
    one, other = answer_to(run), answer_to(with_lost_pushes(run, 0.1))
    assert one.verdict is other.verdict is Verdict.SATURATED
    value, low, high = numbers(one.max_throughput)
    assert other.max_throughput.value == pytest.approx(value, abs=high - low)


@some
@given(either, st.floats(0.05, 10.0), st.just(0.0) | st.floats(0.2, 0.9))
def test_pure_failures_never_raise_the_answer(number: int, each: float, since: float) -> None:
    """From the begin on, or from when the run has shown for a while what it is without them."""
    run = one_of_all(number)
    one = answer_to(run)
    other = answer_to(with_failures(run, each, run.start + since * (run.end - run.start)))
    assert one.verdict is Verdict.SATURATED or other.max_throughput.value is None
    assert not raised(one.max_throughput, other.max_throughput)
    if one.slo_capacity is not None:
        assert other.slo_capacity is not None
        assert not raised(one.slo_capacity, other.slo_capacity)


@pytest.mark.parametrize("each", [1.0, 10.0])
def test_nor_where_a_rate_limit_turns_requests_away_too(each: float) -> None:
    """Then neither requests nor good ones per iteration are the script's own number: both change within the run."""
    stairs = ((0.0, 1.0), *((18.0 * n + late, 71.0 * (n + more)) for n in range(9) for late, more in ((2, 1), (18, 1))))
    limit = RateLimit(rate=118.0, burst=114.0)
    server = Server(workers=1, service=Service(mean=0.005), network=0.0005, rate_limit=limit)
    scenario = Scenario(load=Load(points=stairs, think=1.78), server=server, output=Output(push_interval=2.0))
    run = simulate(scenario, 28_039)
    one, other = answer_to(run), answer_to(with_failures(run, each, (run.start + run.end) / 2))
    assert other.max_throughput == one.max_throughput
    assert one.knee is not None
    assert other.knee is not None
    assert other.knee.vus == pytest.approx(one.knee.vus, rel=0.01)


def raised(one: Interval, other: Interval) -> bool:
    """Whether ``other`` claims more than ``one`` left possible, or where that left all possible, proves more than it.

    Above the value, up to the end of the interval, is none: other bins may count as past the knee.
    """
    if one.low is None:
        return (other.value, other.low) != (None, None)
    if one.high is None:
        return other.low is not None and other.low > 1.001 * one.low
    return max(other.value or 0.0, other.low or 0.0) > one.high
