"""Quantiles and shares from buckets, against values worked out by hand and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.series import Floats
from rules.statistics.histogram import moments, quantile, share_below, unsure_below

LOWER = np.array([0.0, 1.0, 4.0])
UPPER = np.array([1.0, 4.0, 16.0])


def test_inside_a_bucket_values_are_spread_over_the_logarithm() -> None:
    assert quantile(LOWER, UPPER, np.array([0.0, 10.0, 0.0]), 0.5) == pytest.approx(2.0)
    assert quantile(LOWER, UPPER, np.array([0.0, 10.0, 10.0]), 0.75) == pytest.approx(8.0)


def test_a_bucket_that_touches_zero_is_even() -> None:
    assert quantile(LOWER, UPPER, np.array([10.0, 0.0, 0.0]), 0.25) == pytest.approx(0.25)
    assert quantile(np.array([-1.0]), np.array([1.0]), np.array([10.0]), 0.25) == pytest.approx(0.25)


def test_the_ends_are_those_of_the_occupied_buckets() -> None:
    counts = np.array([0.0, 5.0, 0.0])
    assert quantile(LOWER, UPPER, counts, 0.0) == pytest.approx(1.0)
    assert quantile(LOWER, UPPER, counts, 1.0) == pytest.approx(4.0)


def test_each_row_has_its_own_quantile_and_nothing_observed_has_none() -> None:
    rows = np.array([[0.0, 10.0, 0.0], [0.0, 0.0, 0.0], [np.nan, np.nan, np.nan], [0.0, 0.0, 10.0]])
    np.testing.assert_allclose(quantile(LOWER, UPPER, rows, 0.5), [2.0, np.nan, np.nan, 8.0])
    np.testing.assert_allclose(share_below(LOWER, UPPER, rows, 4.0), [1.0, np.nan, np.nan, 0.0])


def test_without_buckets_nothing_is_known() -> None:
    none = np.empty(0)
    np.testing.assert_array_equal(quantile(none, none, np.empty((3, 0)), 0.5), [np.nan] * 3)
    np.testing.assert_array_equal(share_below(none, none, np.empty((3, 0)), 1.0), [np.nan] * 3)


def test_an_endless_bucket_answers_its_lower_end() -> None:
    upper = np.array([1.0, 4.0, np.inf])
    counts = np.array([1.0, 1.0, 2.0])
    assert quantile(LOWER, upper, counts, 0.99) == 4.0
    assert share_below(LOWER, upper, counts, 1e9) == 0.5


def test_the_share_below_a_limit_is_interpolated_as_the_quantile_is() -> None:
    counts = np.array([10.0, 10.0, 0.0])
    assert share_below(LOWER, UPPER, counts, 0.5) == pytest.approx(0.25)
    assert share_below(LOWER, UPPER, counts, 2.0) == pytest.approx(0.75)
    assert share_below(LOWER, UPPER, counts, 0.0) == 0.0
    assert share_below(LOWER, UPPER, counts, 99.0) == 1.0


@pytest.mark.parametrize(
    ("counts", "less", "more"),
    [
        ([0.0, 8.0, 2.0], 0.5 * 0.6, 0.5 * 0.6),  # 6 of 10 more than beside it, half of them below 2 = sqrt(1 · 4)
        ([3.0, 6.0, 3.0], 0.0, 0.0),
        ([0.0, 10.0, 0.0], 0.5, 0.5),
        ([5.0, 0.0, 5.0], 0.0, 0.0),
        ([0.0, 0.0, 0.0], 0.0, 0.0),
    ],
)
def test_what_a_bucket_has_beyond_its_neighbours_may_lie_on_either_side(
    counts: list[float], less: float, more: float
) -> None:
    assert unsure_below(LOWER, UPPER, np.array(counts), 2.0) == pytest.approx((less, more))


def test_a_bucket_that_does_not_touch_is_no_neighbour_and_a_limit_at_a_boundary_is_sure() -> None:
    lower, upper, counts = np.array([0.0, 2.0, 4.0]), np.array([1.0, 4.0, 16.0]), np.array([[9.0, 9.0, 0.0]])
    assert unsure_below(lower, upper, counts, 8.0**0.5)[0] == pytest.approx([0.25])
    assert unsure_below(lower, upper, counts, 4.0)[0].tolist() == [0.0]
    assert unsure_below(lower, np.array([1.0, 4.0, np.inf]), counts, 5.0)[1].tolist() == [0.0]


@pytest.mark.parametrize("q", [-0.1, 1.1])
def test_a_quantile_outside_zero_to_one_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile(LOWER, UPPER, np.ones(3), q)


occupied = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any)
quantiles = st.floats(0, 1)


def _buckets(m: int) -> tuple[Floats, Floats]:
    edges = np.concatenate([[0.0], 0.001 * 1.1 ** np.arange(m)])
    return edges[:-1], edges[1:]


@given(occupied, quantiles)
def test_the_share_below_a_quantile_is_that_quantile(counts: list[int], q: float) -> None:
    lower, upper = _buckets(len(counts))
    value = quantile(lower, upper, np.array(counts, float), q)
    assert share_below(lower, upper, np.array(counts, float), float(value)) == pytest.approx(q, abs=1e-9)


@given(occupied, quantiles, quantiles)
def test_quantiles_rise_and_stay_inside_the_occupied_buckets(counts: list[int], p: float, q: float) -> None:
    lower, upper = _buckets(len(counts))
    found = np.flatnonzero(counts)
    low, high = (quantile(lower, upper, np.array(counts, float), x) for x in sorted((p, q)))
    assert lower[found[0]] * (1 - 1e-12) <= low <= high * (1 + 1e-12)
    assert high <= upper[found[-1]] * (1 + 1e-12)


@given(occupied, st.floats(0, 0.02), st.floats(0, 0.02), st.integers(2, 1000))
def test_shares_rise_with_the_limit_and_depend_on_no_total(counts: list[int], a: float, b: float, times: int) -> None:
    lower, upper = _buckets(len(counts))
    less, more = (float(share_below(lower, upper, np.array(counts, float), limit)) for limit in sorted((a, b)))
    assert -1e-12 <= less <= more + 1e-12 <= 1 + 2e-12
    assert share_below(lower, upper, np.array(counts, float) * times, a) == pytest.approx(
        share_below(lower, upper, np.array(counts, float), a)
    )


@given(occupied, quantiles, st.floats(0.001, 1000))
def test_a_quantile_is_in_the_unit_of_the_boundaries(counts: list[int], q: float, factor: float) -> None:
    lower, upper = _buckets(len(counts))
    one, other = (quantile(lower * f, upper * f, np.array(counts, float), q) for f in (1.0, factor))
    assert other == pytest.approx(one * factor)


def test_moments_are_those_of_the_middles_for_one_distribution_and_for_many() -> None:
    lower, upper = np.array([-1.0, 2.0, 4.0]), np.array([2.0, 4.0, np.inf])
    one = np.array([1.0, 2.0, 1.0])
    mean, variance = moments(lower, upper, one)
    assert float(mean) == 2.75
    assert float(variance) == pytest.approx((1.75**2 + 2 * 0.25**2 + 1.25**2) / 4)
    means, variances = moments(lower, upper, np.stack([one, 5 * one, 0 * one]))
    assert means == pytest.approx([2.75, 2.75, 0.0])
    assert variances == pytest.approx([float(variance), float(variance), 0.0])
    assert moments(lower[:0], upper[:0], np.zeros((2, 0)))[1] == pytest.approx([0.0, 0.0])
