"""Lines, steps and scatter of noisy values."""

from __future__ import annotations

import numpy as np
import pytest

from rules.series import Floats
from rules.statistics.trend import detrended, falls, scatter, steps_down

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


def test_scatter_is_that_about_what_moves_slowly() -> None:
    assert scatter(3 * NOISE) == pytest.approx(3.0, rel=0.2)
    assert scatter(line(0.5) + 3 * NOISE) == pytest.approx(3.0, rel=0.2)
    assert scatter(step(0.5) + 3 * NOISE) == pytest.approx(3.0, rel=0.2)
    assert scatter(np.array([1.0, np.nan, 2.0])) == 0.0


def test_a_line_that_is_turned_level_keeps_its_mean_and_its_gaps() -> None:
    values = np.array([1.0, 2.0, np.nan, 4.0, 5.0])
    assert detrended(values)[[0, 1, 3, 4]] == pytest.approx(3.0)
    assert np.isnan(detrended(values)[2])
