"""Lines, steps and scatter of noisy values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.series import Floats
from rules.statistics.dispersion import scatter
from rules.statistics.trend import detrended, falls, steps, steps_down

RNG = np.random.default_rng(7)
NOISE = RNG.standard_normal(200)


def line(fall: float) -> Floats:
    return 100.0 * (1 - fall * np.linspace(-0.5, 0.5, 200))


def step(fall: float) -> Floats:
    return np.where(np.arange(200) < 100, 100.0, 100.0 * (1 - fall))


def test_a_fall_counts_from_eight_per_cent_on() -> None:
    assert falls(line(0.10) + NOISE)
    assert not falls(line(0.06) + NOISE)
    assert not falls(line(-0.10) + NOISE)


def test_a_fall_within_the_noise_is_none() -> None:
    assert not falls(line(0.10) + 40 * NOISE)


def test_noise_that_lasts_is_not_taken_for_a_fall() -> None:
    slow = np.repeat(RNG.standard_normal(10), 20)  # ten values that each last for twenty bins
    alone = [falls(100.0 + 12.0 * np.roll(slow, shift)) for shift in range(0, 200, 20)]
    assert sum(alone) <= 1


def test_a_step_is_told_from_a_slope() -> None:
    assert steps_down(step(0.10) + NOISE)
    assert not steps_down(line(0.10) + NOISE)
    assert not steps_down(step(-0.10) + NOISE)


def test_a_line_that_is_turned_level_keeps_its_mean_and_its_gaps() -> None:
    values = np.array([1.0, 2.0, np.nan, 4.0, 5.0])
    assert detrended(values)[[0, 1, 3, 4]] == pytest.approx(3.0)
    assert np.isnan(detrended(values)[2])


seeds = st.integers(0, 10_000)
factors = st.floats(0.01, 1000.0)


def drawn(seed: int) -> Floats:
    """Four to eighty values about 100, of which some fall and some have a step."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 80))
    slope, down = rng.uniform(0.0, 0.4) * np.arange(n) / n, rng.uniform(0.0, 0.4) * (np.arange(n) > n / 2)
    return np.asarray(100.0 * (1 - slope - down) + rng.uniform(0.1, 10.0) * rng.standard_normal(n))


@given(seeds, factors)
def test_neither_a_fall_nor_a_step_depends_on_the_unit(seed: int, factor: float) -> None:
    values = drawn(seed)
    assert falls(values * factor) == falls(values)
    assert steps_down(values * factor) == steps_down(values)
    assert scatter(values * factor) == pytest.approx(scatter(values) * factor)


@given(seeds, st.floats(-1000.0, 1000.0), st.floats(-5.0, 5.0))
def test_a_straight_line_under_the_values_changes_only_their_level(seed: int, by: float, slope: float) -> None:
    values = drawn(seed)
    other = detrended(values + by + slope * np.arange(values.size))
    assert other - other.mean() == pytest.approx(detrended(values) - values.mean(), abs=1e-6)
    assert scatter(values + by) == pytest.approx(scatter(values))
    assert steps_down(values + by) == steps_down(values)


def test_two_levels_are_a_step_either_way_and_a_line_is_none() -> None:
    levels = np.repeat([100.0, 90.0], 20)
    assert steps(levels)
    assert steps(levels[::-1])
    assert not steps_down(levels[::-1])
    assert not steps(np.linspace(100.0, 90.0, 40))


@given(seeds)
def test_what_falls_rises_backwards(seed: int) -> None:
    values = drawn(seed)
    assert not (falls(values) and falls(values[::-1]))
    assert not falls(np.sort(values))
    assert not steps_down(np.sort(values))


@given(seeds, st.integers(0, 79))
def test_a_gap_is_left_out(seed: int, place: int) -> None:
    values = drawn(seed)
    holed = np.insert(values, min(place, values.size), np.nan)
    assert (falls(holed), steps_down(holed), scatter(holed)) == (falls(values), steps_down(values), scatter(values))
