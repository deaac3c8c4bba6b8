"""Where axes carry their numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadline.report.scale import Linear, nice_ticks, time_ticks


def test_a_value_is_drawn_in_proportion_and_never_outside() -> None:
    scale = Linear(0, 100, 60, 260)
    assert [scale(0), scale(25), scale(100), scale(-5), scale(200)] == [60, 110, 260, 60, 260]


def test_an_axis_may_run_upwards() -> None:
    assert Linear(0, 10, 200, 0)(2.5) == 150


@pytest.mark.parametrize(
    ("high", "ticks"),
    [
        (1130, [0, 200, 400, 600, 800, 1000, 1200]),
        (6000, [0, 1000, 2000, 3000, 4000, 5000, 6000]),
        (0.7, [0, 0.2, 0.4, 0.6, 0.8]),
        (0, [0, 1]),
        (math.nan, [0, 1]),
    ],
)
def test_ticks_are_round_numbers(high: float, ticks: list[float]) -> None:
    assert nice_ticks(high) == pytest.approx(ticks)


@given(st.floats(1e-6, 1e12), st.integers(2, 10))
def test_ticks_reach_the_highest_value_in_few_steps(high: float, most: int) -> None:
    ticks = nice_ticks(high, most)
    assert ticks[0] == 0
    assert ticks[-1] >= high * (1 - 1e-6)
    assert 2 <= len(ticks) <= most + 1


@pytest.mark.parametrize(
    ("high", "step", "count"), [(600, 120, 6), (90, 15, 7), (3600, 600, 7), (86400 * 30, 86400 * 4, 8)]
)
def test_time_is_counted_as_people_count_it(high: float, step: float, count: int) -> None:
    assert time_ticks(high) == [step * index for index in range(count)]
