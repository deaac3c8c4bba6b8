"""Windows over bins with gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.statistics.windows import (
    at_least,
    centred_mean,
    cost_per_unit,
    costs_in_turn,
    dips,
    runs_of,
    sustained_mean,
    with_recurring_dips,
)

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
    starts, costs, units = cost_per_unit(np.array([NAN, 1.0, NAN, 3.0]), np.array([1.0, 1.0, 5.0, 1.0]), 2, 1)
    assert units.tolist() == [2.0]
    assert (starts.tolist(), costs.tolist()) == ([1], [2])
    assert cost_per_unit(np.array([1.0, 2.0]), np.array([1.0, 1.0]), 3, 1)[1].size == 0


def test_short_stretches_are_dropped() -> None:
    mask = np.array([True, False, True, True, False, True])
    assert runs_of(mask) == [(0, 1), (2, 4), (5, 6)]
    assert at_least(mask, 2).tolist() == [False, False, True, True, False, False]


holed = st.lists(st.floats(-1000, 1000) | st.just(NAN), min_size=1, max_size=40).map(np.array)
masks = st.lists(st.booleans(), min_size=1, max_size=40).map(np.array)
widths = st.integers(1, 12)


@given(holed, widths, st.floats(0.01, 100), st.floats(-1000, 1000))
def test_means_lie_within_the_values_and_follow_their_unit_and_zero(
    values: np.ndarray, width: int, factor: float, by: float
) -> None:
    for means in (centred_mean, sustained_mean):
        one, other = means(values, width), means(values * factor + by, width)
        assert other == pytest.approx(one * factor + by, rel=1e-6, abs=1e-6, nan_ok=True)
        known = one[np.isfinite(one)]
        assert (known >= np.nanmin(values, initial=np.inf) - 1e-9).all()
        assert (known <= np.nanmax(values, initial=-np.inf) + 1e-9).all()


@given(masks, widths)
def test_stretches_make_up_their_mask_and_short_ones_do_not_come_back(mask: np.ndarray, width: int) -> None:
    again = np.zeros_like(mask)
    for first, after in runs_of(mask):
        assert mask[first:after].all()
        again[first:after] = True
    assert again.tolist() == mask.tolist()
    kept = at_least(mask, width)
    assert runs_of(kept) == [(first, after) for first, after in runs_of(mask) if after - first >= width]
    assert at_least(kept, width).tolist() == kept.tolist()


@given(masks, st.integers(1, 6))
def test_dips_are_filled_among_what_is_allowed_and_nothing_is_lost(mask: np.ndarray, longest: int) -> None:
    among = np.roll(mask, 1) | mask
    filled = with_recurring_dips(mask, among, np.zeros_like(mask), longest)
    assert (filled[mask]).all()
    assert not (filled & ~(mask | among)).any()
    assert len(runs_of(filled)) == len(runs_of(mask)) or len(runs_of(mask)) - len(runs_of(filled)) >= 2


LEVEL = np.full(40, 10.0)


def test_a_dip_is_short_and_has_more_on_either_side() -> None:
    values = LEVEL.copy()
    values[5:8], values[20:30], values[38:] = 5.0, 5.0, 5.0  # a dip, one that is too long, and an end
    assert runs_of(dips(values, depth=3.0, below=8.0, longest=4)) == [(5, 8)]
    assert not dips(values, depth=6.0, below=8.0, longest=4).any()


def test_a_long_gap_is_filled_where_it_is_one_of_several_dips() -> None:
    mask, among, deep = np.ones(40, bool), np.ones(40, bool), np.zeros(40, bool)
    mask[10:22] = False
    deep[12:15] = True
    assert not with_recurring_dips(mask, among, deep, longest=6)[10:22].any()
    deep[30:32] = True  # so short that it is in the mask
    assert with_recurring_dips(mask, among, deep, longest=6).all()
    deep[12:15] = False
    deep[34:36] = True
    assert not with_recurring_dips(mask, among, deep, longest=6)[10:22].any()


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=30), st.floats(1, 200), widths, st.floats(0.01, 100))
def test_a_cost_per_unit_follows_the_unit_and_lies_within_the_bins_costs(
    costs: list[float], needed: float, shortest: int, factor: float
) -> None:
    spent, units = np.array(costs), np.arange(1.0, len(costs) + 1)
    starts, each, within = cost_per_unit(spent, units, needed, shortest)
    again, scaled, _ = cost_per_unit(spent * factor, units, needed, shortest)
    assert again.tolist() == starts.tolist()
    assert (within >= needed).all()
    assert scaled == pytest.approx(each * factor)
    assert (each >= (spent / units).min() * (1 - 1e-9)).all()
    assert (each <= (spent / units).max() * (1 + 1e-9)).all()


def test_windows_in_turn_hold_what_they_need_and_a_gap_cuts_them() -> None:
    cost, units = np.array([2.0, 4.0, 9.0, 1.0, NAN, 8.0]), np.array([1.0, 1.0, 3.0, 1.0, 1.0, 2.0])
    assert costs_in_turn(cost, units, 2.0) == pytest.approx([3.0, 3.0, NAN, 4.0], nan_ok=True)
    assert costs_in_turn(cost, np.zeros(6), 2.0) == pytest.approx([NAN], nan_ok=True)
