"""One hold on simulated servers of known capacity: held, not held, undecided, or nothing that can be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import confirmation
from rules.answer import Objective
from rules.confirmation import look
from tests.rules.holds_of import CAPACITY, OBJECTIVE, SERVICES, WORKERS, at, part, tried
from tests.simulator import Generator, Hosts, Pauses, Server, Service
from tests.simulator.holds import held, seen
from tests.timelines import with_host


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("share", "said"), [(0.8, "held"), (0.9, "held"), (1.1, "not_held"), (1.5, "not_held")])
def test_what_is_below_the_capacity_holds_and_what_is_above_does_not(service: Service, share: float, said: str) -> None:
    for seed in range(3):
        found = tried(at(share, service, seed=seed), share * CAPACITY)
        assert found.said == said
        assert found.doubt is None
        assert (found.hold.share.value > 0.99) == (said == "held")


@pytest.mark.parametrize("service", SERVICES[1:])
def test_two_per_cent_above_the_capacity_do_not_hold_for_three_minutes(service: Service) -> None:
    said = [tried(at(1.02, service, 180.0, seed), 1.02 * CAPACITY).said for seed in range(5)]
    assert said == ["not_held"] * 5


def test_a_hold_that_ends_too_soon_proves_nothing() -> None:
    assert tried(at(0.9, seconds=40.0), 0.9 * CAPACITY).said == "undecided"
    assert look(at(0.9, seconds=20.0), OBJECTIVE, None) is None


def test_a_queue_that_grows_is_no_hold_though_every_reply_is_in_time() -> None:
    """Five per cent too many: after a minute a reply takes three seconds, of the ten that it may take."""
    patient = Objective(latency_seconds=10.0)
    timeline = seen(held(Server(WORKERS, SERVICES[0]), 1.05 * CAPACITY, 70.0, 1, vus=8000))
    found = look(timeline, patient, part(timeline, 1.05 * CAPACITY))
    assert found is not None
    assert found.hold.share.value == 1.0
    assert found.hold.growth == pytest.approx(0.05 * 20, rel=0.2)
    assert found.said == "not_held"


def test_a_slow_server_that_misses_the_limit_alone_does_not_hold() -> None:
    hold = seen(held(Server(200, Service(1.0, 0.3)), 100.0, 70.0, 1))
    found = tried(hold, 100.0)
    assert found.hold.share.value == pytest.approx(0.54, abs=0.05)
    assert found.hold.keeps_up
    assert found.said == "not_held"
    assert found.doubt is None


def test_pauses_of_a_second_now_and_then_cost_the_share_that_they_take() -> None:
    server = Server(40, Service(0.04, 1.0), pauses=Pauses(every=9.0, lasting=3.0))
    found = tried(seen(held(server, 500.0, 120.0, 3)), 500.0)
    assert found.said == "not_held"
    assert found.hold.dropped > 0 or found.hold.share.value < 0.95


def test_dropped_iterations_count_as_bad() -> None:
    hold = at(1.5)
    found = tried(hold, 1.5 * CAPACITY)
    assert found.hold.dropped == pytest.approx(1 / 3, abs=0.03)
    assert found.hold.share.value < 0.01
    assert "found no VU free" in confirmation.sentence(found, OBJECTIVE)


def test_a_generator_without_cpu_is_no_proof_against_the_server() -> None:
    hold = with_host(at(1.1), "generator", 0.97)
    found = tried(hold, 1.1 * CAPACITY)
    assert (found.said, found.doubt) == ("cannot_tell", "the CPU of its host was at 97 %")
    assert tried(with_host(at(0.9), "generator", 0.97), 0.9 * CAPACITY).said == "held"
    assert tried(with_host(at(1.1), "both", 0.97), 1.1 * CAPACITY).said == "not_held"


def test_iterations_that_were_dropped_while_vus_were_free_are_the_generators_fault() -> None:
    hold = at(0.9)
    assert hold.dropped_iterations is not None
    stalled = replace(
        hold, throughput=0.9 * hold.throughput, goodput=0.9 * hold.goodput, dropped_iterations=0.1 * hold.throughput
    )
    assert tried(replace(stalled, vus=0.0 * hold.vus + 500.0), 0.9 * CAPACITY).said == "not_held"
    found = tried(replace(stalled, vus=0.0 * hold.vus + 12.0), 0.9 * CAPACITY)
    assert found.said == "cannot_tell"
    assert found.doubt == "k6 dropped 10 % of its iterations with 12 of 550 VUs at work"


def test_iterations_that_never_began_are_the_generators_fault() -> None:
    hold = at(0.9, seconds=180.0)
    found = tried(replace(hold, vus_ready=200), 1.5 * CAPACITY)
    assert found.said == "cannot_tell"
    assert "of its iterations late" in (found.doubt or "")


def test_vus_too_few_for_the_limit_cannot_tell_a_slow_reply_from_a_bad_one() -> None:
    server = Server(WORKERS, SERVICES[1])
    hold = seen(held(server, 1.1 * CAPACITY, 120.0, 1, vus=150))
    found = tried(hold, 1.1 * CAPACITY)
    assert found.hold.share.value == pytest.approx(
        1 / 1.1, abs=0.02
    )  # every reply is good, and one in eleven is not sent
    assert (found.said, found.doubt) == ("cannot_tell", "150 VUs are too few to wait 1.00 s at this rate")


def test_a_hold_without_a_reply_is_not_held() -> None:
    dead = replace(at(0.9), durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    zeros = np.zeros_like(dead.throughput)
    dead = replace(dead, throughput=zeros, goodput=zeros, iterations=None, dropped_iterations=zeros + 0.9 * CAPACITY)
    dead = replace(dead, vus=zeros + 550.0)  # all of them wait
    found = tried(dead, 0.9 * CAPACITY)
    assert (found.said, found.hold.share.value) == ("not_held", 0.0)


def test_without_native_histograms_nothing_is_said() -> None:
    bare = replace(at(0.9), durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    assert look(bare, OBJECTIVE, None) is None


def test_what_was_decided_while_it_ran_stands_unless_it_is_disproven() -> None:
    soon = at(0.9, seconds=40.0)
    for reason in ("held", "not_held"):
        found = look(soon, OBJECTIVE, part(soon, 0.9 * CAPACITY, reason))
        assert found is not None
        assert found.said == reason
    lost = at(1.5)
    found = look(lost, OBJECTIVE, part(lost, 1.5 * CAPACITY, "held"))
    assert found is not None
    assert found.said == "not_held"


def test_a_simulated_generator_short_of_cpu_is_seen_by_its_host() -> None:
    """One core that 205 requests/s keep busy, and hardly fewer are answered."""
    starved = held(
        Server(WORKERS, SERVICES[0]), 1.1 * CAPACITY, 90.0, 1, generator=Generator(1, 1 / 205), hosts=Hosts("apart")
    )
    found = tried(seen(starved), 1.1 * CAPACITY)
    assert found.said == "cannot_tell"
    assert (found.doubt or "").startswith("the CPU of its host was at 9")
