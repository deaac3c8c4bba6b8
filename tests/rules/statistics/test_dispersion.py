"""Scatter about a curve that nobody knows."""

from __future__ import annotations

import numpy as np
import pytest

from rules.statistics.dispersion import pseudo_residuals


def test_a_straight_line_has_no_scatter_wherever_it_is_seen() -> None:
    at = np.array([0.0, 1.0, 1.5, 4.0, 9.0])
    found = pseudo_residuals(at, 3.0 - 2.0 * at, np.ones(5))
    assert found[1:-1] == pytest.approx(np.zeros(3), abs=1e-12)
    assert np.isnan(found[[0, -1]]).all()


def test_one_value_off_is_divided_by_what_three_neighbours_may_be_off() -> None:
    found = pseudo_residuals(np.arange(3.0), np.array([0.0, 3.0, 0.0]), np.array([1.0, 2.0, 1.0]))
    assert found[1] == pytest.approx(9.0 / (0.25 + 0.25 + 2.0))


def test_the_mean_tells_how_many_times_the_variances_are_true() -> None:
    rng = np.random.default_rng(5)
    at, variances = np.arange(4000.0), rng.uniform(0.5, 2.0, 4000)
    curve = 100.0 * np.sin(at / 500.0)
    values = curve + 2.0 * np.sqrt(variances) * rng.standard_normal(4000)
    assert float(np.nanmean(pseudo_residuals(at, values, variances))) == pytest.approx(4.0, rel=0.1)


def test_values_at_one_place_are_compared_with_the_mean_of_both_neighbours() -> None:
    found = pseudo_residuals(np.full(3, 7.0), np.array([1.0, 2.0, 5.0]), np.ones(3))
    assert found[1] == pytest.approx(1.0 / 1.5)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_tell_nothing(count: int) -> None:
    assert np.isnan(pseudo_residuals(np.arange(count, dtype=float), np.ones(count), np.ones(count))).all()
