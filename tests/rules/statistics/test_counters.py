"""Totals between samples, as k6 writes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.statistics import counters

FLUSHES = np.arange(0.0, 61.0, 5.0)


def test_a_steady_counter_is_interpolated_between_its_samples() -> None:
    times = np.array([0.0, 5.0, 10.0])
    assert counters.at(np.array([2.5, 7.5]), times, np.array([0.0, 50.0, 150.0]), FLUSHES) == pytest.approx([25, 100])


def test_a_series_that_appears_late_was_zero_at_the_flush_before() -> None:
    times = np.array([30.0, 35.0])
    got = counters.at(np.array([10.0, 25.0, 27.5, 30.0]), times, np.array([8.0, 8.0]), FLUSHES)
    assert got == pytest.approx([0, 0, 4, 8])


def test_a_series_that_was_there_at_the_first_flush_keeps_its_first_value_before_it() -> None:
    assert counters.at(np.array([0.0]), np.array([0.3, 5.3]), np.array([7.0, 9.0]), FLUSHES) == pytest.approx([7])


def test_an_idle_series_stands_still_until_the_flush_before_its_next_sample() -> None:
    times = np.array([5.0, 40.0])
    got = counters.at(np.array([20.0, 35.0, 37.5, 40.0, 60.0]), times, np.array([10.0, 20.0]), FLUSHES)
    assert got == pytest.approx([10, 10, 15, 20, 20])


def test_over_a_gap_in_all_pushes_the_total_rises_in_a_straight_line() -> None:
    flushes = np.array([0.0, 5.0, 10.0, 50.0, 55.0])
    times = np.array([0.0, 5.0, 10.0, 50.0, 55.0])
    totals = np.array([0.0, 50.0, 100.0, 500.0, 550.0])
    assert counters.at(np.array([20.0, 30.0]), times, totals, flushes) == pytest.approx([200, 300])


def test_a_restart_goes_on_from_the_last_total() -> None:
    totals, falls = counters.unwrap(np.array([5.0, 10.0, 3.0, 8.0]))
    assert totals.tolist() == [5.0, 10.0, 13.0, 18.0]
    assert falls.tolist() == [2]


def test_each_of_several_restarts_goes_on_from_the_total_so_far() -> None:
    totals, falls = counters.unwrap(np.array([100.0, 10.0, 20.0, 5.0, 6.0]))
    assert totals.tolist() == [100.0, 110.0, 120.0, 125.0, 126.0]
    assert falls.tolist() == [1, 3]


def test_rows_of_buckets_are_interpolated_like_values() -> None:
    table = np.array([[0.0, 0.0], [10.0, 20.0]])
    got = counters.at(np.array([2.5]), np.array([0.0, 5.0]), table, FLUSHES)
    assert got == pytest.approx(np.array([[5.0, 10.0]]))


def test_two_who_write_one_counter_in_turns_fight_and_one_who_starts_again_does_not() -> None:
    turns = np.array([10.0, 3.0, 20.0, 6.0, 30.0, 9.0, 40.0])
    assert counters.fights(turns) == 3
    again = np.array([10.0, 20.0, 30.0, 3.0, 6.0, 9.0, 12.0, 30.0])
    assert counters.fights(again) == 0
    assert counters.fights(np.array([5.0])) == counters.fights(np.array([5.0, 1.0])) == 0


readings = st.lists(st.integers(0, 1000), min_size=1, max_size=20).map(lambda values: np.array(values, float))


@given(readings)
def test_totals_never_fall_and_rise_by_what_was_counted(values: np.ndarray) -> None:
    totals, fell = counters.unwrap(values)
    steps = np.diff(values)
    assert (np.diff(totals) >= 0).all()
    assert totals[-1] - totals[0] == steps[steps >= 0].sum() + values[1:][steps < 0].sum()
    assert fell.tolist() == (np.flatnonzero(steps < 0) + 1).tolist()


@given(readings, st.lists(st.floats(-20.0, 150.0), min_size=2, max_size=20).map(sorted), st.integers(0, 3))
def test_increases_are_never_negative_and_add_up_over_adjacent_windows(
    values: np.ndarray, edges: list[float], every: int
) -> None:
    times = 0.3 + 5.0 * (every + 1) * np.arange(values.size)
    totals, _ = counters.unwrap(values)
    flushes = np.arange(0.0, times[-1] + 1.0, 5.0)
    got = counters.at(np.array(edges), times, totals, flushes)
    ends = counters.at(np.array([edges[0], edges[-1]]), times, totals, flushes)
    assert (np.diff(got) >= -1e-9).all()
    assert np.diff(got).sum() == pytest.approx(ends[1] - ends[0], abs=1e-6)
    assert (got >= 0).all()
    assert (got <= totals[-1] + 1e-9).all()
    assert counters.at(times, times, totals, flushes) == pytest.approx(totals)


@given(readings, st.integers(2, 9), st.integers(-1000, 1000))
def test_the_calendar_and_the_unit_of_a_counter_change_nothing(values: np.ndarray, factor: int, later: int) -> None:
    times, edges = 0.25 + 5.0 * np.arange(values.size), np.linspace(-3.0, 5.0 * values.size, 17)
    flushes = 5.0 * np.arange(values.size)
    totals, _ = counters.unwrap(values)
    one = counters.at(edges, times, totals, flushes)
    assert counters.at(edges + later, times + later, factor * totals, flushes + later) == pytest.approx(factor * one)
