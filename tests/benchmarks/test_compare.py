"""The truth of a pair of servers, and the page that is made of many."""

from __future__ import annotations

import pytest

from rules.compare import compare
from tests.benchmarks.accuracy import HELD_BACK
from tests.benchmarks.compare import DROP, SEEDS, Pair, page, slower
from tests.rules.answers_of import answer, at_least
from tests.simulator import Load, RateLimit, Scenario, Server, Service, Tier
from tests.simulator.truth import truth_of

LOAD = Load(points=((0.0, 1.0), (300.0, 600.0)), think=1.0)
SERVICE = Service(mean=0.1)


@pytest.mark.parametrize(
    "server",
    [
        Server(workers=20, service=SERVICE),
        Server(workers=20, service=Service(mean=0.01), tiers=(Tier(10, SERVICE),)),
        Server(workers=20, service=Service(mean=0.01), lock_seconds=0.008),
        Server(workers=50, service=SERVICE, rate_limit=RateLimit(rate=150.0)),
    ],
)
def test_a_slower_server_does_less_whatever_its_limit_is(server: Server) -> None:
    before, after = (
        truth_of(one).max_throughput for one in (Scenario(LOAD, server), slower(Scenario(LOAD, server), DROP))
    )
    assert before
    assert after == pytest.approx(0.95 * before)


def test_the_seeds_are_not_those_that_accuracy_holds_back() -> None:
    assert not set(SEEDS) & set(HELD_BACK)


def test_the_page_counts_verdicts_and_says_the_two_figures() -> None:
    same = compare([answer("a", half=0.003)], [answer("b", half=0.003)])
    worse = compare([answer("a", half=0.003)], [answer("b", 950.0, half=0.003)])
    unknown = compare([answer("a")], [at_least("b", 500.0)])
    told = page(
        [
            Pair("plain", {(0.0, 1): same, (0.0, 3): same, (DROP, 1): other, (DROP, 3): worse})
            for other in (worse, unknown)
        ]
    )
    assert "| 5 % less, 1 run a side | · | 1 | · | 1 | 1 of 1 | 0.4 % |" in told
    assert "Of the equal servers 0.0 % are called different by one run a side, and 0.0 % by 3" in told
    assert "of the drops 50.0 % are found by one, and 100.0 % by 3" in told
