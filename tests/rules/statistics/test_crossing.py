"""A crossing is found, and said to be as uncertain as the data are."""

from __future__ import annotations

import numpy as np
import pytest

from rules.statistics.crossing import crossing


def test_a_clean_crossing_is_certain_to_a_trial() -> None:
    assert crossing(np.arange(100) < 60) == (60, 60, 60)


def test_trials_that_share_their_data_count_for_less() -> None:
    assert crossing(np.arange(100) < 60, overlap=10) == (60, 53, 67)


def test_no_crossing_is_at_an_end() -> None:
    assert crossing(np.ones(50, dtype=bool))[0] == 50
    assert crossing(np.zeros(50, dtype=bool))[0] == 0


@pytest.mark.parametrize("right", [0.95, 0.75])
def test_the_interval_holds_the_truth_nearly_always(right: float) -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(400):
        met = (np.arange(120) < 70) == (rng.random(120) < right)
        best, fewest, most = crossing(met)
        assert fewest <= best <= most
        held += fewest <= 70 <= most
    assert held >= 372
