"""When a process was started again, by what its series tell together."""

from __future__ import annotations

import numpy as np
import pytest

from rules.restarts import Restart, joined, restarts, spans
from rules.series import Series

FREQUENT = Series({}, np.array([10.0, 20.0, 30.0, 40.0, 50.0]), np.array([100.0, 200.0, 50.0, 150.0, 250.0]))


def test_one_series_tells_of_the_time_between_its_samples() -> None:
    assert restarts([FREQUENT]) == (Restart(20.0, 30.0),)


def test_what_all_tell_is_what_they_have_in_common() -> None:
    """One had ceased before, one came late after; and stamps of a push differ a little."""
    ceased = Series({}, np.array([9.6, 29.9]), np.array([7.0, 3.0]))
    late = Series({}, np.array([9.8, 19.5, 49.7]), np.array([5.0, 7.0, 1.0]))
    assert restarts([late, ceased]) == (Restart(19.5, 29.9),)
    assert restarts([late, FREQUENT, ceased]) == (Restart(20.0, 29.9),)


def test_two_restarts_are_two_though_a_rare_series_saw_one() -> None:
    twice = Series({}, np.array([10.0, 20.0, 30.0, 40.0, 50.0]), np.array([100.0, 50.0, 90.0, 20.0, 60.0]))
    rare = Series({}, np.array([10.0, 50.0]), np.array([9.0, 2.0]))
    assert restarts([rare, twice]) == (Restart(10.0, 20.0), Restart(30.0, 40.0))


@pytest.mark.parametrize(
    ("known", "found"), [((20.0, 30.0), [(20.0, 30.0)]), ((60.0, 70.0), [(60.0, 70.0), (10.0, 50.0)])]
)
def test_a_series_that_ceased_leaves_no_more_in_doubt_than_is_known(
    known: tuple[float, float], found: list[tuple[float, float]]
) -> None:
    alone = spans(np.array([0.0, 10.0, 50.0]), [2])
    assert joined([Restart(*known)], alone) == [Restart(*one) for one in found]
