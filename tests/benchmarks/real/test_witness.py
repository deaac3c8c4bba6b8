from __future__ import annotations

import pytest
import requests

from tests.benchmarks.real.witness import Witness, highest_rate, rate_between
from tests.real import wait_for

SEEN = [(100.0, 0), (101.0, 10), (102.0, 60), (103.0, 110), (104.0, 120)]


def test_the_rate_between_two_moments_is_interpolated() -> None:
    assert rate_between(SEEN, 101.0, 103.0) == pytest.approx(50.0)
    assert rate_between(SEEN, 100.5, 101.5) == pytest.approx(30.0)


@pytest.mark.parametrize(("start", "end"), [(99.0, 102.0), (102.0, 105.0), (103.0, 102.0)])
def test_a_stretch_that_the_count_does_not_cover_has_no_rate(start: float, end: float) -> None:
    assert rate_between(SEEN, start, end) is None
    assert rate_between([], 1.0, 2.0) is None


def test_the_highest_rate_is_over_the_seconds_asked_for() -> None:
    assert highest_rate(SEEN, 2.0) == pytest.approx(50.0)
    assert highest_rate(SEEN, 4.0) == pytest.approx(30.0)
    assert highest_rate(SEEN, 5.0) is None


def test_a_question_without_an_answer_is_left_out() -> None:
    asked = iter(range(1_000_000))

    def served() -> int:
        count = next(asked)
        if count % 2:
            raise requests.ConnectionError
        return count

    with Witness(served, pause=0.001) as witness:
        wait_for(lambda: len(witness.seen) >= 3, "three answers")
    assert [count for _, count in witness.seen[:3]] == [0, 2, 4]
    times = [at for at, _ in witness.seen]
    assert times == sorted(times)
