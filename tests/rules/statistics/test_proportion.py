"""A share with its interval: wide where neighbours are alike, and never certain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.statistics.proportion import proportion

TRIALS = np.full(60, 100.0)


def test_independent_trials_have_wilsons_interval() -> None:
    hits = np.random.default_rng(1).binomial(100, 0.95, 60).astype(float)
    told = proportion(hits, TRIALS)
    assert told.value == pytest.approx(hits.sum() / 6000)
    assert told.half_width == pytest.approx(1.96 * np.sqrt(0.95 * 0.05 / 6000), rel=0.3)
    assert told.low < 0.95 < told.high


def test_trials_that_are_alike_for_long_are_worth_few() -> None:
    independent = np.where(np.arange(60) % 2 == 0, 100.0, 80.0)
    in_blocks = np.where(np.arange(60) // 10 % 2 == 0, 100.0, 80.0)
    assert proportion(in_blocks, TRIALS).half_width > 2.5 * proportion(independent, TRIALS).half_width


def test_without_a_miss_the_rule_of_three_stands() -> None:
    told = proportion(TRIALS - 1e-12, TRIALS)
    assert told.value == pytest.approx(1.0)
    assert 1 - told.low == pytest.approx(3.84 / 6000, rel=0.01)


def test_bins_with_more_trials_weigh_more_and_gaps_weigh_nothing() -> None:
    hits, trials = np.array([90.0, np.nan, 0.0, 0.0]), np.array([90.0, 500.0, 10.0, 0.0])
    assert proportion(hits, trials).value == pytest.approx(0.9)


def test_no_trials_have_no_share() -> None:
    with pytest.raises(ValueError, match="a share needs trials"):
        proportion(np.zeros(5), np.zeros(5))


def test_the_interval_covers_the_truth_of_a_queue() -> None:
    """An M/M/1 queue at utilisation 0.9 by Lindley's recursion; the truth by a long run."""
    rng = np.random.default_rng(20_001)

    def shares(count: int) -> tuple[np.ndarray, np.ndarray]:
        steps = rng.exponential(0.9, count) - rng.exponential(1.0, count)
        walk = np.concatenate([[0.0], np.cumsum(steps)])
        waits = (walk - np.minimum.accumulate(walk))[2000:]
        good = (waits < 15.0).astype(float)[: waits.size // 100 * 100].reshape(-1, 100)
        return good.sum(axis=1), np.full(good.shape[0], 100.0)

    hits, trials = shares(4_000_000)
    truth = hits.sum() / trials.sum()
    told = [proportion(*shares(22_000)) for _ in range(200)]
    assert sum(one.low <= truth <= one.high for one in told) >= 0.8 * len(told)


@example([(1, 0.0), (113, 0.0)])
@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0.0, 1.0)), min_size=2, max_size=60))
def test_hits_and_misses_are_each_others_mirror_and_no_end_is_beyond_all_or_nothing(
    pairs: list[tuple[int, float]],
) -> None:
    trials = np.array([float(count) for count, _ in pairs])
    hits = np.round(trials * np.array([share for _, share in pairs]))
    told, mirrored = proportion(hits, trials), proportion(trials - hits, trials)
    assert 0.0 <= told.low <= told.value <= told.high <= 1.0
    assert told.high > told.low  # never certain
    assert (mirrored.value, mirrored.low, mirrored.high) == pytest.approx((1 - told.value, 1 - told.high, 1 - told.low))


@given(st.integers(0, 10_000), st.floats(0.5, 0.99), st.integers(2, 9))
def test_more_of_the_same_is_known_better(seed: int, share: float, times: int) -> None:
    hits = np.random.default_rng(seed).binomial(100, share, 60).astype(float)
    one, more = proportion(hits, TRIALS), proportion(np.tile(hits, times), np.tile(TRIALS, times))
    assert more.value == pytest.approx(one.value)
    assert more.half_width < one.half_width
