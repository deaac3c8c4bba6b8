"""The interval must cover the mean it claims to cover, also where neighbours are alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.statistics.batch_means import FLOOR, lag_one, mean, student_t


def correlated(rng: np.random.Generator, n: int, phi: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """AR(1) around 100."""
    shocks = rng.standard_normal(n + 50) * 5
    values = np.zeros(n + 50)
    for i in range(1, n + 50):
        values[i] = phi * values[i - 1] + shocks[i]
    return 100 + values[50:]


@pytest.mark.parametrize("phi", [0.0, 0.4, 0.7])
def test_the_interval_covers_the_mean_of_a_correlated_sequence_about_as_often_as_it_says(phi: float) -> None:
    rng = np.random.default_rng(7)
    intervals = [mean(correlated(rng, 120, phi)) for _ in range(400)]
    covered = sum(one.low <= 100 <= one.high for one in intervals) / len(intervals)
    assert 0.915 <= covered <= 0.99


def test_an_interval_that_took_neighbours_for_independent_would_not_cover() -> None:
    rng = np.random.default_rng(7)
    runs = [correlated(rng, 120, 0.7) for _ in range(400)]
    halves = [1.98 * run.std(ddof=1) / np.sqrt(run.size) for run in runs]
    covered = np.mean([abs(run.mean() - 100) <= half for run, half in zip(runs, halves, strict=True)])
    assert covered < 0.75


def test_gaps_are_left_out() -> None:
    assert mean(np.array([1.0, np.nan, 3.0])).value == 2.0


def test_one_value_has_no_interval() -> None:
    with pytest.raises(ValueError, match="two values"):
        mean(np.array([1.0, np.nan]))


def test_no_interval_is_narrower_than_the_floor() -> None:
    assert mean(np.full(50, 200.0)).half_width == pytest.approx(200 * FLOOR)


@given(st.lists(st.floats(1, 1000), min_size=4, max_size=60), st.floats(0.01, 100))
def test_scaling_the_values_scales_the_interval(values: list[float], factor: float) -> None:
    one, other = mean(np.array(values)), mean(np.array(values) * factor)
    assert other.low == pytest.approx(one.low * factor, rel=1e-6, abs=1e-9)
    assert other.high == pytest.approx(one.high * factor, rel=1e-6)


def test_students_t_joins_its_table_smoothly() -> None:
    assert student_t(1) == 12.706
    assert student_t(40) == pytest.approx(2.021, abs=0.003)
    assert student_t(10_000) == pytest.approx(1.960, abs=0.001)


def test_lag_one_of_an_alternating_sequence_is_negative() -> None:
    assert lag_one(np.array([1.0, -1.0] * 10)) < -0.9


several = st.lists(st.floats(-1000, 1000), min_size=2, max_size=60)


@given(several, st.floats(-1000, 1000))
def test_moving_the_values_moves_the_mean_and_the_interval_holds_it(values: list[float], by: float) -> None:
    one, other = mean(np.array(values)), mean(np.array(values) + by)
    assert one.low <= np.mean(values) <= one.high
    assert other.value == pytest.approx(one.value + by, abs=1e-9)
    assert one.half_width >= FLOOR * abs(one.value) * (1 - 1e-9)


@given(several, st.sets(st.integers(0, 60)))
def test_what_is_not_known_changes_nothing(values: list[float], places: set[int]) -> None:
    holed = np.insert(np.array(values), [min(place, len(values)) for place in sorted(places)], np.nan)
    assert mean(holed) == mean(np.array(values))


@given(st.integers(1, 500))
def test_fewer_batches_make_a_wider_interval(freedom: int) -> None:
    assert student_t(freedom) > student_t(freedom + 1) > 1.95


@given(st.lists(st.floats(-1000, 1000), min_size=4, max_size=60))
def test_lag_one_is_a_correlation_and_the_same_backwards(values: list[float]) -> None:
    found = lag_one(np.array(values))
    assert -1 - 1e-9 <= found <= 1 + 1e-9
    assert lag_one(np.array(values[::-1])) == pytest.approx(found, abs=1e-9)
