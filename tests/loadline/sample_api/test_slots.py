from __future__ import annotations

import random
import statistics

import pytest

from loadline.sample_api.slots import DISTRIBUTIONS, Slots, capacity, service_times


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - service times, not secrets


def test_requests_go_to_the_slot_that_is_free_first() -> None:
    durations = iter([5.0, 1.0, 1.0, 1.0])
    slots = Slots(2, durations.__next__)
    assert [slots.book(now) for now in (10.0, 10.0, 10.5, 13.0)] == [15.0, 11.0, 12.0, 14.0]


def test_late_arrivals_of_a_full_queue_cost_no_capacity() -> None:
    slots = Slots(1, lambda: 1.0)
    assert [slots.book(now) for now in (0.0, 0.3, 1.4, 2.9, 3.9)] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_an_idle_slot_starts_at_the_arrival() -> None:
    slots = Slots(1, lambda: 1.0)
    assert [slots.book(now) for now in (0.0, 7.5)] == [1.0, 8.5]


def test_a_full_queue_refuses_until_a_waiting_request_starts() -> None:
    slots = Slots(1, lambda: 1.0, queue=2)
    assert [slots.book(now) for now in (0.0, 0.1, 0.2, 0.3, 0.99, 1.0, 1.1)] == [1.0, 2.0, 3.0, None, None, 4.0, None]


def test_without_a_queue_only_a_free_slot_serves() -> None:
    slots = Slots(2, lambda: 1.0, queue=0)
    assert [slots.book(now) for now in (0.0, 0.5, 0.9, 1.0)] == [1.0, 1.5, None, 2.0]


def test_the_lock_is_waited_for_in_the_slot_and_held_for_the_first_part_of_the_service() -> None:
    slots = Slots(2, lambda: 4.0, lock_seconds=3.0)
    # The second has a slot at once and the lock at 3; the third has a slot at 4 and the lock at 6.
    assert [slots.book(now) for now in (0.0, 0.0, 0.0, 20.0)] == [4.0, 7.0, 10.0, 24.0]


@pytest.mark.parametrize(
    ("workers", "lock", "expected"),
    [(8, 0.005, 200.0), (8, 0.02, 50.0), (4, 0.005, 200.0), (3, 0.005, 150.0), (8, 0.0, 400.0)],
)
def test_the_schedule_serves_what_capacity_says(workers: int, lock: float, expected: float) -> None:
    slots = Slots(workers, lambda: 0.02, lock_seconds=lock)
    done = [slots.book(0.0) or 0.0 for _ in range(2001)]
    assert 2000 / (done[-1] - done[0]) == pytest.approx(expected, rel=0.005)
    assert capacity(workers, 0.02, lock) == pytest.approx(expected)


@pytest.mark.parametrize(("distribution", "variation"), [("fixed", 0.0), ("exponential", 1.0), ("lognormal", 1.0)])
def test_every_distribution_has_the_mean_that_was_asked_for(distribution: str, variation: float) -> None:
    draw = service_times(distribution, 0.02, seeded(7))
    drawn = [draw() for _ in range(200_000)]
    assert statistics.fmean(drawn) == pytest.approx(0.02, rel=0.01)
    assert statistics.pstdev(drawn) / 0.02 == pytest.approx(variation, rel=0.03)


def test_the_same_seed_gives_the_same_service_times() -> None:
    first, second = (service_times("lognormal", 0.02, seeded(3)) for _ in range(2))
    assert [first() for _ in range(5)] == [second() for _ in range(5)]


def test_an_unknown_distribution_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=", ".join(DISTRIBUTIONS)):
        service_times("uniform", 0.02, seeded(1))
