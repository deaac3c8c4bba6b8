"""Means and ratios over runs: against textbook figures, and the properties that a comparison needs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.statistics.between_runs import Measured, mean, ratio, share_between

VALUES = st.floats(10.0, 1000.0)


@st.composite
def measured(draw: st.DrawFn) -> Measured:
    value, below, above = draw(VALUES), draw(st.floats(1.001, 1.2)), draw(st.floats(1.001, 1.2))
    return Measured(value, value / below, value * above)


SIDES = st.lists(measured(), min_size=1, max_size=5)


def around(value: float, share: float = 0.01) -> Measured:
    return Measured(value, value * (1 - share), value * (1 + share))


def exact(*values: float) -> list[Measured]:
    return [Measured(value, value, value) for value in values]


def test_one_run_keeps_its_own_interval() -> None:
    told = mean([Measured(100.0, 97.0, 104.0)])
    assert (told.value, told.low, told.high) == pytest.approx((100.0, 97.0, 104.0))


def test_two_single_runs_add_their_distances_as_squares_each_side_its_own() -> None:
    told = ratio([Measured(100.0, 97.0, 104.0)], [Measured(95.0, 93.0, 98.0)])
    assert told.value == pytest.approx(0.95)
    below, above = math.hypot(math.log(95 / 93), math.log(104 / 100)), math.hypot(math.log(98 / 95), math.log(100 / 97))
    assert told.low == pytest.approx(0.95 * math.exp(-below))
    assert told.high == pytest.approx(0.95 * math.exp(above))


def test_repeated_runs_have_welchs_interval() -> None:
    a, b = np.log([100.0, 101.0, 103.0]), np.log([95.0, 97.0, 96.0, 94.0])
    parts = [a.var(ddof=1) / 3, b.var(ddof=1) / 4]
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 3)
    assert 4 < freedom < 5
    told = ratio(exact(100.0, 101.0, 103.0), exact(95.0, 97.0, 96.0, 94.0))
    half = math.log(told.high / told.value)
    assert told.value == pytest.approx(math.exp(b.mean() - a.mean()))
    assert 2.571 < half / math.sqrt(sum(parts)) < 2.776
    assert math.log(told.value / told.low) == pytest.approx(half)


def test_runs_that_agree_by_chance_are_not_more_exact_than_each_says_of_itself() -> None:
    told = mean([around(100.0), around(100.0), around(100.0)])
    assert (told.high - told.low) / 2 == pytest.approx(100 * 4.303 * 0.01 / 1.96 / math.sqrt(3), rel=0.01)


def test_a_single_run_is_taken_to_spread_as_the_other_side_does() -> None:
    narrow, wide = ratio(exact(100.0), exact(99.0, 100.0, 101.0)), ratio(exact(100.0), exact(90.0, 100.0, 110.0))
    assert narrow.low > 0.93
    assert wide.low < 0.7


def test_the_share_between_runs_is_what_their_own_intervals_leave_unexplained() -> None:
    assert share_between([around(100.0)], [around(90.0)]) is None
    assert share_between(exact(99.0, 101.0)) == 1.0
    assert share_between([around(100.0, 0.1), around(101.0, 0.1)]) == 0.0
    apart = [around(100 * math.exp(0.02), 0.0196), around(100 * math.exp(-0.02), 0.0196)]
    assert share_between(apart) == pytest.approx(1 - 0.01**2 / 0.0008, abs=0.001)


def test_what_nothing_bounds_is_unbounded_and_no_error() -> None:
    told = ratio([Measured(100.0, 0.0, 120.0)], [Measured(100.0, 90.0, math.inf)])
    assert told.high == math.inf
    assert 0.7 < told.low < 1
    open_below = mean([Measured(100.0, 0.0, 110.0), around(100.0)])
    assert open_below.value == pytest.approx(100.0)
    assert (open_below.low, open_below.high) == (0.0, math.inf)


def test_no_runs_are_no_mean() -> None:
    with pytest.raises(ValueError, match="no runs"):
        mean([])


@given(SIDES, SIDES)
def test_swapping_the_sides_inverts_the_ratio(a: list[Measured], b: list[Measured]) -> None:
    one, other = ratio(a, b), ratio(b, a)
    assert one.value * other.value == pytest.approx(1.0)
    assert (one.low * other.high, one.high * other.low) == pytest.approx((1.0, 1.0))


@given(SIDES, SIDES, st.floats(0.01, 100.0))
def test_a_unit_changes_nothing(a: list[Measured], b: list[Measured], unit: float) -> None:
    scaled = [[Measured(unit * m.value, unit * m.low, unit * m.high) for m in side] for side in (a, b)]
    one, other = ratio(a, b), ratio(*scaled)
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), rel=1e-6)


@given(SIDES, SIDES, st.floats(1.0, 2.0), st.integers(0, 4))
def test_a_wider_interval_of_a_run_never_makes_the_whole_one_narrower(
    a: list[Measured], b: list[Measured], by: float, which: int
) -> None:
    wider = list(a)
    one = a[which % len(a)]
    wider[which % len(a)] = Measured(one.value, one.low / by, one.high * by)
    before, after = ratio(a, b), ratio(wider, b)
    assert after.low <= before.low * (1 + 1e-9)
    assert after.high >= before.high * (1 - 1e-9)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(70_000)
    held = 0
    for _ in range(2000):
        sides = [[around(float(value), 0.004) for value in 100 * np.exp(0.01 * rng.standard_normal(3))] for _ in "ab"]
        told = ratio(*sides)
        held += told.low <= 1.0 <= told.high
    assert 0.94 <= held / 2000 <= 0.99
