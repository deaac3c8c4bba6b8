"""Windows over bins with gaps."""

import numpy as np
import pytest

from rules.statistics.windows import at_least, centred_mean, cost_per_unit, runs_of, sustained_mean

NAN = float("nan")


def test_a_gap_shortens_a_mean_instead_of_counting_as_zero() -> None:
    assert centred_mean(np.array([2.0, NAN, 4.0]), 3) == pytest.approx([2, 3, 4])


def test_a_mean_of_nothing_is_unknown() -> None:
    assert np.isnan(centred_mean(np.array([NAN, NAN]), 1)).all()


def test_a_sustained_mean_has_no_gap_in_it() -> None:
    got = sustained_mean(np.array([1.0, 3.0, NAN, 5.0, 7.0]), 2)
    assert got[[0, 3]] == pytest.approx([2, 6])
    assert np.isnan(got[1:3]).all()


def test_a_run_shorter_than_the_window_has_no_sustained_mean() -> None:
    assert sustained_mean(np.array([1.0]), 2).size == 0


def test_a_window_ends_when_it_holds_enough_and_not_before_it_is_long_enough() -> None:
    cost, units = np.array([1.0, 9.0, 4.0, 4.0]), np.array([1.0, 1.0, 2.0, 2.0])
    assert cost_per_unit(cost, units, needed=2, shortest=1)[1] == pytest.approx([5, 13 / 3, 2, 2])
    assert cost_per_unit(cost, units, needed=2, shortest=3)[1] == pytest.approx([14 / 4, 17 / 5])


def test_windows_step_over_gaps_and_there_is_none_where_too_little_was_made() -> None:
    starts, costs = cost_per_unit(np.array([NAN, 1.0, NAN, 3.0]), np.array([1.0, 1.0, 5.0, 1.0]), 2, 1)
    assert (starts.tolist(), costs.tolist()) == ([1], [2])
    assert cost_per_unit(np.array([1.0, 2.0]), np.array([1.0, 1.0]), 3, 1)[1].size == 0


def test_short_stretches_are_dropped() -> None:
    mask = np.array([True, False, True, True, False, True])
    assert runs_of(mask) == [(0, 1), (2, 4), (5, 6)]
    assert at_least(mask, 2).tolist() == [False, False, True, True, False, False]
