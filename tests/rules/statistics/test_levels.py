"""The highest of the levels of a sequence, where they can be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.series import Floats
from rules.statistics.levels import best_level

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
