"""Where a falling share passes a given one: the likeliest course, and how much less likely others are."""

from __future__ import annotations

import numpy as np
import pytest

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
