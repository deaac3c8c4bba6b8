"""Scraped counters and gauges on bins: exact sums, and nothing made up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.series import Floats, Series
from rules.statistics.scrapes import increase, level

EDGES = np.arange(0.0, 101.0, 5.0)
readings = st.lists(st.integers(0, 1000), min_size=2, max_size=20).map(lambda values: np.array(values, float))


def scraped(values: Floats, offset: float = 0.0) -> Series:
    """Every 5 s from ``offset`` on."""
    return Series({}, offset + 5.0 * np.arange(values.size), values)


def test_a_bin_that_no_two_scrapes_cover_is_unknown() -> None:
    got = increase(EDGES, [scraped(np.array([0.0, 10.0, 30.0]), offset=3.0)])
    assert np.flatnonzero(np.isfinite(got)).tolist() == [1]
    assert got[1] == pytest.approx(6.0 + 8.0)
    assert level(EDGES, [scraped(np.array([4.0, 4.0]), offset=1.0)])[:2] == pytest.approx([4.0, np.nan], nan_ok=True)


@given(readings, st.floats(0.0, 5.0))
def test_a_counter_never_shrinks_not_even_where_it_was_reset(values: Floats, offset: float) -> None:
    got = increase(EDGES, [scraped(values, offset)])
    assert (got[np.isfinite(got)] >= -1e-9).all()


@given(readings, st.floats(0.0, 5.0))
def test_increases_add_up_over_adjacent_bins(values: Floats, offset: float) -> None:
    fine, coarse = (increase(edges, [scraped(values, offset)]) for edges in (EDGES, EDGES[::2]))
    assert fine.reshape(-1, 2).sum(axis=1) == pytest.approx(coarse, nan_ok=True)


@given(readings, st.integers(2, 100))
def test_several_series_are_the_sum_of_each(values: Floats, factor: int) -> None:
    one, other = scraped(values), scraped(factor * values)
    for onto in (increase, level):
        assert onto(EDGES, [one, other]) == pytest.approx((1 + factor) * onto(EDGES, [one]), nan_ok=True)
