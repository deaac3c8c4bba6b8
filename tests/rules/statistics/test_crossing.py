"""Where a falling share passes a given one: the likeliest course, and how much less likely others are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.series import Floats
from rules.statistics.crossing import DEVIANCE, course


def test_shares_that_rise_are_pooled() -> None:
    hits, trials = np.array([9.0, 10.0, 2.0, 4.0]), np.array([10.0, 10.0, 10.0, 10.0])
    found = course(hits, trials, 0.5)
    assert found.share.tolist() == pytest.approx([0.95, 0.95, 0.3, 0.3])
    assert found.met == 2
    assert found.deviance[2] == pytest.approx(0.0)


def test_the_deviance_is_that_of_the_best_course_that_crosses_there() -> None:
    hits, trials = np.array([19.0, 18.0, 19.0, 12.0]), np.full(4, 20.0)
    grid = np.linspace(0.5, 0.99, 50)
    all_four = np.stack(np.meshgrid(grid[30:], grid[30:], grid[30:], grid, indexing="ij"), axis=-1).reshape(-1, 4)
    falling = all_four[(np.diff(all_four, axis=1) <= 0).all(axis=1)]
    likely = (hits * np.log(falling) + (trials - hits) * np.log1p(-falling)).sum(axis=1)
    found = course(hits, trials, 0.9)
    for k in range(5):
        crossing = (falling[:, :k] >= 0.9 - 1e-9).all(axis=1) & (falling[:, k:] <= 0.9 + 1e-9).all(axis=1)
        assert found.deviance[k] == pytest.approx(2.0 * (likely.max() - likely[crossing].max()), abs=0.05)


def test_a_share_without_a_miss_or_without_a_hit_has_a_likelihood() -> None:
    found = course(np.array([50.0, 50.0, 0.0, 0.0]), np.full(4, 50.0), 0.95)
    assert found.met == 2
    assert np.isfinite(found.deviance).all()
    assert np.flatnonzero(found.deviance <= DEVIANCE).tolist() == [2]


def test_a_share_that_is_never_passed_is_passed_at_an_end() -> None:
    trials = np.full(30, 100.0)
    assert course(trials, trials, 0.95).met == 30
    assert course(0.5 * trials, trials, 0.95).met == 0


def test_the_places_allowed_hold_the_truth_nearly_always() -> None:
    rng = np.random.default_rng(11)
    shares = np.linspace(1.0, 0.85, 120)
    true = int((shares >= 0.95).sum())
    held, wide = 0, []
    for _ in range(400):
        found = course(rng.binomial(100, shares).astype(float), np.full(120, 100.0), 0.95)
        allowed = np.flatnonzero(found.deviance <= DEVIANCE)
        held += allowed[0] <= true <= allowed[-1]
        wide.append(allowed[-1] - allowed[0])
    assert 370 <= held <= 392
    assert np.median(wide) < 40


counts = st.lists(st.tuples(st.integers(1, 300), st.floats(0.0, 1.0)), min_size=1, max_size=40)


def drawn(pairs: list[tuple[int, float]]) -> tuple[Floats, Floats]:
    trials = np.array([float(count) for count, _ in pairs])
    return np.round(trials * np.array([share for _, share in pairs])), trials


@given(counts, st.floats(0.01, 0.99))
def test_a_course_never_rises_and_one_place_at_least_is_as_likely_as_can_be(
    pairs: list[tuple[int, float]], share: float
) -> None:
    hits, trials = drawn(pairs)
    found = course(hits, trials, share)
    assert (np.diff(found.share) <= 1e-12).all()
    assert float(found.share @ trials) == pytest.approx(hits.sum())  # pooling moves no hit
    assert found.deviance.shape == (hits.size + 1,)
    assert found.deviance[found.met] == pytest.approx(0.0, abs=1e-6)
    assert (found.share[: found.met] >= share).all()
    assert (found.share[found.met :] < share).all()


@given(counts, st.floats(0.01, 0.99), st.integers(2, 9))
def test_as_many_times_the_trials_make_every_place_as_many_times_less_likely(
    pairs: list[tuple[int, float]], share: float, times: int
) -> None:
    hits, trials = drawn(pairs)
    one, more = course(hits, trials, share), course(times * hits, times * trials, share)
    assert more.share == pytest.approx(one.share)
    assert more.met == one.met
    assert more.deviance == pytest.approx(times * one.deviance, rel=1e-6, abs=1e-5)


@given(counts, st.floats(0.01, 0.99))
def test_misses_in_the_other_order_are_the_same_course(pairs: list[tuple[int, float]], share: float) -> None:
    hits, trials = drawn(pairs)
    there, back = course(hits, trials, share), course((trials - hits)[::-1], trials[::-1], 1.0 - share)
    assert back.share[::-1] == pytest.approx(1.0 - there.share)
    assert back.deviance[::-1] == pytest.approx(there.deviance, abs=1e-5)
