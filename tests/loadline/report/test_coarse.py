"""Long runs are drawn with fewer points; nothing is lost or invented on the way."""

from __future__ import annotations

import numpy as np
import pytest

from loadline.report import coarse

NAN = np.nan


@pytest.mark.parametrize(("bins", "group"), [(0, 1), (120, 1), (360, 1), (361, 2), (3600, 10)])
def test_as_many_bins_make_a_point_as_the_chart_needs(bins: int, group: int) -> None:
    assert coarse.group_size(bins) == group


def test_means_leave_gaps_out_and_keep_whole_gaps() -> None:
    np.testing.assert_array_equal(coarse.means(np.array([1.0, 3.0, NAN, 5.0, NAN, NAN, 7.0]), 2), [2, 5, NAN, 7])


def test_sums_keep_the_columns_apart() -> None:
    rows = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    np.testing.assert_array_equal(coarse.sums(rows, 2), [[4, 6], [5, 6]])


def test_rolling_sums_reach_one_to_each_side_but_not_into_a_gap() -> None:
    values = np.array([1.0, 2.0, NAN, 4.0, 8.0])
    np.testing.assert_array_equal(coarse.rolling_sums(values), [3, 3, NAN, 12, 12])
