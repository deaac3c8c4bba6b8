"""The stages of each leg: how fast VUs grow, where they are at the knee, and where they end."""

from __future__ import annotations

from itertools import pairwise

import pytest

from loadline.steering import climbs
from rules.sizing import Size


def course(points: climbs.Points) -> list[tuple[float, int]]:
    """(seconds since the begin, VUs)."""
    return [(sum(length for length, _ in points[: i + 1]), vus) for i, (_, vus) in enumerate(points)]


def sized(rate: float = 100.0, cycle: float = 1.0, crossed: bool = True, vus: int = 400) -> Size:
    return Size(rate, cycle, 0.01, vus, crossed)


def test_a_probe_doubles_every_three_seconds_and_the_first_few_vus_in_half_the_time() -> None:
    found = course(climbs.probe(1, 1000))
    assert found[0] == (2.0, 1)
    at = dict(found)
    assert [at[2.0 + 1.5 * doublings] for doublings in range(3)] == [1, 2, 4]
    assert [at[7.25 + 3.0 * doublings] for doublings in range(7)] == [8 * 2**doublings for doublings in range(7)]
    assert found[-1] == (28.25, 1000)
    assert all(after <= 2 * before for (_, before), (_, after) in pairwise(climbs.probe(1, 1000)))


def test_a_further_probe_begins_higher() -> None:
    assert climbs.probe(125, 16_000)[:2] == ((3.0, 125), (1.5, 177))


def test_a_probe_of_few_vus_is_held_until_their_replies_can_tell() -> None:
    assert climbs.probe(1, 1) == ((2.0, 1), (10.0, 1))
    assert course(climbs.probe(1, 5))[-2:] == [(5.75, 5), (12.0, 5)]
    assert course(climbs.probe(1, 64))[-1] == (16.25, 64)


def test_a_ramp_goes_through_the_knee_which_is_soft_and_on_to_thrice_as_much() -> None:
    assert course(climbs.ramp(sized(), 400, 20_000)) == [
        (3.0, 24),
        (39.0, 120),
        (84.0, 240),
        (144.0, 360),
        (550.0, 360),
    ]


def test_long_cycles_and_few_replies_take_longer() -> None:
    assert course(climbs.ramp(sized(rate=100.0, cycle=6.0), 4000, 20_000))[1] == (3.0 + 0.8 * 72.0, 649)
    assert course(climbs.ramp(sized(rate=30.0, cycle=1.0), 400, 20_000))[1] == (3.0 + 0.8 * 80.0, 41)
    assert course(climbs.ramp(sized(rate=1.0, cycle=1.0), 400, 20_000))[1] == (3.0 + 0.8 * 120.0, 4)


def test_a_ramp_ends_where_it_may_not_go_on() -> None:
    assert course(climbs.ramp(sized(), 400, 150)) == [(3.0, 24), (39.0, 120), (50.25, 150), (550.0, 150)]
    assert course(climbs.ramp(sized(), 400, 1)) == [(0.125, 1), (550.0, 1)]


def test_without_a_knee_the_probes_own_vus_are_taken_for_it() -> None:
    assert course(climbs.ramp(sized(crossed=False), 400, 20_000))[1] == (39.0, 440)
    assert course(climbs.ramp(None, 64, 20_000))[1] == (39.0, 24)


def test_a_further_ramp_begins_near_where_the_last_one_ended() -> None:
    assert course(climbs.further(300, 1.0, 20_000, 150.0)) == [(3.0, 225), (63.0, 1200), (400.0, 1200)]
    assert course(climbs.further(300, 1.0, 20_000, 550.0))[-1] == (183.0, 1200)
    reached, vus = course(climbs.further(300, 1.0, 600, 0.0))[1]
    assert reached == pytest.approx(3.0 + 60.0 * 375 / 975)
    assert vus == 600
