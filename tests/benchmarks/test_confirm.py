"""The tables about confirmations: what is counted, and that the seeds are nobody else's."""

from __future__ import annotations

from rules.answer import SloCapacity
from tests.benchmarks.accuracy import HELD_BACK
from tests.benchmarks.compare import SEEDS as COMPARED
from tests.benchmarks.confirm import SEEDS, Confirmed, Tried, page
from tests.benchmarks.walk import held

FOUND = SloCapacity(value=100.0, low=99.0, high=101.0)


def server(true: float, *holds: tuple[float, str, float]) -> Confirmed:
    tried = Tried(holds)
    return Confirmed("plain", 100.0, true, FOUND, {"ours": tried, "low": tried, "value": tried})


def test_the_seeds_are_not_those_of_others() -> None:
    assert not set(SEEDS) & (set(HELD_BACK) | set(COMPARED))


def test_the_page_counts_what_held_and_how_far_from_the_truth() -> None:
    told = page(
        [
            server(100.0, (99.0, "held", 64.0)),
            server(90.0, (99.0, "not_held", 64.0), (94.0, "held", 80.0)),
            server(50.0, (99.0, "not_held", 30.0), (94.0, "undecided", 180.0)),
        ],
        range(5, 8),
    )
    assert "3 servers of 1 kinds, seeds 5 to 7" in told
    assert "| 1 | 1 | 1 | 1.017 | 0.990 | 1.044 | 1 | 1 | 144 |" in told


def test_at_the_capacity_a_queue_holds_for_a_while_and_not_for_ever() -> None:
    soon, late = held(100.0, 1.0, (20, 600), runs=40)
    assert soon > 0.8
    assert late < 0.2
