"""The highest of the levels of a sequence, where they can be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.series import Floats
from rules.statistics.batch_means import mean
from rules.statistics.dispersion import scatter
from rules.statistics.levels import APART, best_level

FEWEST = 6
seeds = st.integers(0, 10_000)


def noise(seed: int, n: int) -> Floats:
    return np.random.default_rng(seed).normal(0.0, 1.0, n)


@given(seeds, st.integers(FEWEST, 40), st.integers(FEWEST, 40), st.booleans())
def test_of_two_levels_the_higher_is_found_wherever_it_is(seed: int, high: int, low: int, first: bool) -> None:
    levels = [np.full(high, 130.0), np.full(low, 100.0)]
    found = best_level(np.concatenate(levels if first else levels[::-1]) + noise(seed, high + low), FEWEST)
    begin, end = (0, high) if first else (low, low + high)
    assert found.start == pytest.approx(begin, abs=high // 2)
    assert found.stop == pytest.approx(end, abs=high // 2)
    assert begin <= found.start < found.stop <= end


@given(seeds, st.integers(2, 60))
def test_one_level_is_the_whole(seed: int, n: int) -> None:
    """Noise of a tenth of a per cent: beneath what two levels must be apart."""
    assert best_level(100.0 + 0.1 * noise(seed, n), FEWEST) == slice(0, n)


@given(seeds, st.floats(0.01, 100.0))
def test_where_a_level_ends_depends_on_no_unit(seed: int, factor: float) -> None:
    values = 100.0 + 10.0 * np.repeat(noise(seed, 4), 15) + noise(seed + 1, 60)
    found = best_level(values, FEWEST)
    assert best_level(values * factor, FEWEST) == found
    assert found.stop - found.start >= FEWEST
    assert values[found].mean() >= values.mean()


@given(seeds, st.integers(0, 60), st.floats(0.0, 3.0), st.floats(0.05, 3.0))
def test_the_place_is_chosen_among_all_there_are(seed: int, n: int, step: float, spread: float) -> None:
    """The whole search, with an interval at each place; ``step`` and ``spread`` are in per cent of the level."""
    values = 100.0 + spread * noise(seed, n) + np.where(np.arange(n) < n // 3, step, 0.0)
    best, found = APART, slice(0, n)
    for cut in range(FEWEST, n - FEWEST + 1):
        before, after = mean(values[:cut]), mean(values[cut:])
        known = [max(one.half_width, 1.96 * scatter(values) / m**0.5) for one, m in ((before, cut), (after, n - cut))]
        apart = abs(before.value - after.value) / sum(known)
        if apart > best:
            best, found = apart, slice(0, cut) if before.value > after.value else slice(cut, n)
    chosen = best_level(values, FEWEST)
    assert found.start <= chosen.start <= chosen.stop <= found.stop
    assert (chosen == slice(0, n)) == (found == slice(0, n))


def test_two_values_that_are_alike_by_luck_are_no_level() -> None:
    """Half a minute of a run that is pushed every 15 s, 1.5 standard deviations above twenty minutes of it."""
    values = 100.0 + np.concatenate([2.0 * noise(1, 80), np.full(2, 3.0)])
    assert best_level(values, 2) == slice(0, 82)


def test_two_values_that_are_clearly_higher_are_one() -> None:
    values = 100.0 + np.concatenate([np.full(2, 12.0), np.zeros(73)]) + noise(1, 75)
    assert best_level(values, 2) == slice(0, 2)
