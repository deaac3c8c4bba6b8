"""Scatter about a curve that nobody knows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.statistics.dispersion import at_least, curvature_scatter, pseudo_residuals, scatter


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


NOISE = np.random.default_rng(7).standard_normal(200)


def test_scatter_is_that_about_what_moves_slowly() -> None:
    assert scatter(3 * NOISE) == pytest.approx(3.0, rel=0.2)
    assert scatter(100.0 * (1 - np.linspace(-0.25, 0.25, 200)) + 3 * NOISE) == pytest.approx(3.0, rel=0.2)
    assert scatter(np.repeat([100.0, 50.0], 100) + 3 * NOISE) == pytest.approx(3.0, rel=0.2)
    assert scatter(np.array([1.0, np.nan, 2.0])) == 0.0


def test_scatter_about_the_middle_of_neighbours_knows_no_slope() -> None:
    steep = 20.0 * np.arange(200)
    assert curvature_scatter(steep + 3 * NOISE) == pytest.approx(3.0, rel=0.2)
    assert scatter(steep + 3 * NOISE) > 10.0
    assert curvature_scatter(np.array([1.0, np.nan, 2.0])) == 0.0


def test_it_is_the_median_of_second_differences_and_a_gap_takes_three_of_them() -> None:
    values = np.array([0.0, 6.0, 0.0, 0.0, 2.0, 0.0, np.nan, 50.0, 0.0])
    apart = np.array([12.0, 6.0, 2.0, 4.0])  # an even number: the mean of 4 and 6
    assert curvature_scatter(values) == pytest.approx(1.4826 * np.median(apart) / 6**0.5, rel=1e-12)


@given(st.integers(0, 10_000), st.integers(3, 60), st.floats(0.01, 100.0), st.floats(-100.0, 100.0))
def test_scatter_scales_with_the_unit_and_knows_neither_level_nor_direction(
    seed: int, n: int, factor: float, level: float
) -> None:
    values = np.random.default_rng(seed).standard_normal(n)
    for of in (scatter, curvature_scatter):
        assert of(factor * values + level) == pytest.approx(factor * of(values), rel=1e-6, abs=1e-9)
        assert of(values[::-1]) == pytest.approx(of(values))


@given(st.integers(0, 10_000), st.integers(3, 60), st.floats(0.01, 100.0), st.floats(-10.0, 10.0))
def test_what_is_off_its_neighbours_depends_on_no_unit_and_on_no_slope(
    seed: int, n: int, factor: float, slope: float
) -> None:
    rng = np.random.default_rng(seed)
    at, values, variances = np.sort(rng.uniform(0.0, 9.0, n)), rng.standard_normal(n), rng.uniform(0.5, 2.0, n)
    found = pseudo_residuals(at, values, variances)[1:-1]
    other = pseudo_residuals(factor * at, factor * (values + slope * at), factor**2 * variances)[1:-1]
    assert other == pytest.approx(found, rel=1e-6, abs=1e-9)
    assert (found >= 0).all()


@pytest.mark.parametrize(("count", "quantile"), [(1, 4.93), (10, 15.34), (100, 77.91)])
def test_the_least_dispersion_is_the_end_of_a_chi_squared_interval(count: int, quantile: float) -> None:
    """Quantiles of 0.99 for 18/35, 5.14 and 51.4 degrees of freedom (scipy.stats.chi2.ppf)."""
    assert at_least(np.append(np.full(count, 20.0), np.nan)) == pytest.approx(
        20.0 * 18 / 35 * count / quantile, rel=0.05
    )


def test_nothing_is_known_of_no_dispersion() -> None:
    assert at_least(np.full(3, np.nan)) == 0.0
