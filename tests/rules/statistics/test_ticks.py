"""Whose clock stamped samples: as k6 1.1.0 and 1.8.1 stamped them."""

import numpy as np
import pytest

from rules.statistics import ticks

START = 1_700_000_000.0
PUSHES = np.arange(0.0, 60.0, 5.0)


def stamps(fraction: float, since: float = 0.0, seed: int = 1) -> np.ndarray:
    """One process, which pushes every 5 s; its looks are up to 4 ms late."""
    return START + since + PUSHES + fraction + np.random.default_rng(seed).uniform(0.0, 0.004, PUSHES.size)


@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.998], ids=["whole", "between", "about the second"])
def test_one_process_has_one_clock(fraction: float) -> None:
    assert not ticks.interleaved(stamps(fraction))
    assert ticks.changes(stamps(fraction)).size == 0


def test_a_look_that_comes_late_is_no_other_process() -> None:
    late = stamps(0.3)
    late[5] += 0.27  # as k6 was stopped for 10 s
    assert not ticks.interleaved(late)
    assert ticks.changes(late).size == 0


def test_looks_that_come_late_at_random_are_no_other_process() -> None:
    for seed in range(50):
        starved = stamps(0.0) + np.random.default_rng(seed).exponential(0.2, PUSHES.size)
        assert not ticks.interleaved(starved)


@pytest.mark.parametrize("apart", [0.15, 0.5, 2.2, 4.85])
def test_two_processes_in_one_series_take_turns(apart: float) -> None:
    both = np.sort(np.concatenate([stamps(0.2), stamps(0.2, apart, 2)]))
    assert ticks.interleaved(both)


@pytest.mark.parametrize("every", [0.5, 1.5, 2.5, 7.25])
def test_what_a_store_stamps_at_its_own_interval_is_of_one_process(every: float) -> None:
    own = START + every * np.arange(80)
    lost = np.random.default_rng(1).random(own.size) < 0.1
    assert not ticks.interleaved(own)
    assert not ticks.interleaved(own[~lost])


def test_a_process_after_another_changes_the_clock_once() -> None:
    both = np.concatenate([stamps(0.2), stamps(0.6, 65.0, 2)])
    assert not ticks.interleaved(both)
    assert ticks.changes(both).tolist() == [PUSHES.size]


def test_a_single_sample_of_the_next_process_is_enough() -> None:
    assert ticks.changes(np.append(stamps(0.2), START + 65.6)).tolist() == [PUSHES.size]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_samples_tell_nothing(count: int) -> None:
    assert not ticks.interleaved(stamps(0.2)[:count])
    assert ticks.changes(stamps(0.2)[:count]).size == 0
