"""Simulated runs from their samples on: what the server was built to run out of is named, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from rules.answer import Answer
from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from tests.simulator import (
    Change,
    Generator,
    Hosts,
    Limits,
    Load,
    Pauses,
    RateLimit,
    Scenario,
    Server,
    Service,
    simulate,
)

RAMP = Load(((0.0, 1.0), (240.0, 500.0)), think=1.0)
"""To two and a half times the knee of 200 requests/s."""
PLAIN = Server(4, Service(0.02, 0.5))
BUSY, LOCKED = Hosts(server_cpu_at_full=0.97), Hosts(server_cpu_at_full=0.6)
"""A server whose work is CPU, and one whose workers wait for something else most of their time."""


def answered(server: Server, hosts: Hosts, generator: Generator | None = None) -> Answer:
    run = simulate(Scenario(RAMP, server, generator or Generator(), hosts=hosts), 3)
    return judge(to_timeline(run.samples, run.testid))


SERVERS = {
    "plain": PLAIN,
    "one worker": Server(1, Service(0.005)),
    "errors after the work": Server(4, Service(0.02), error_share=0.1),
    "a warm-up": Server(4, Service(0.02), changes=(Change(0.0, 0.5), Change(20.0, 1.0))),
    "pauses": Server(4, Service(0.02), pauses=Pauses(every=4.0, lasting=0.3)),
    "a short accept queue": Server(4, Service(0.02), waits_before_accept=True),
}


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_a_server_that_uses_all_its_cpu_is_limited_by_it(server: Server) -> None:
    told = answered(server, BUSY).bottleneck
    assert told is not None
    assert (told.resource, told.instance) == ("cpu", "server.test:9100")
    assert told.utilisation == pytest.approx(0.98, abs=0.02)


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_a_server_that_waits_for_something_else_is_not(server: Server) -> None:
    told = answered(server, LOCKED).bottleneck
    assert told is not None
    assert told.resource == ("accept queue" if server.waits_before_accept else "unwatched")


@pytest.mark.parametrize("hosts", [BUSY, LOCKED, Hosts("none")], ids=["busy", "locked", "not watched"])
def test_a_rate_limit_is_named_with_and_without_hosts(hosts: Hosts) -> None:
    told = answered(Server(4, Service(0.02), rate_limit=RateLimit(120.0, burst=60.0)), hosts).bottleneck
    assert told is not None
    assert told.resource == "rate limit"


def test_a_full_queue_is_named_where_the_cpu_is_free_and_the_cpu_where_it_is_full() -> None:
    short = Server(4, Service(0.02), queue_limit=50)
    told = [answered(short, hosts).bottleneck for hosts in (LOCKED, BUSY)]
    assert [one.resource for one in told if one] == ["queue", "cpu"]


def test_a_generator_short_of_cpu_leaves_the_server_without_blame() -> None:
    answer = answered(PLAIN, Hosts(server_cpu_at_full=0.6), Generator(2, 0.02))
    assert answer.verdict.value == "generator_limited"
    assert answer.bottleneck is None


SHORT_QUEUE = replace(PLAIN, waits_before_accept=True)
OF_SERVER = " of server.test:9100"


def with_limits(cpu_at_full: float, **limits: float) -> Hosts:
    return Hosts(server_cpu_at_full=cpu_at_full, limits=Limits(**limits))


REASONS = {
    "cpu steal": (PLAIN, with_limits(0.97, steal=0.5), "of it for others"),
    "cpu credits": (PLAIN, with_limits(0.97, steal=0.5, credits=3.0), "because its CPU credits were used up: 3 were"),
    "bandwidth allowance": (PLAIN, with_limits(0.6, allowance_packets=0.5), f"EC2 bandwidth allowance{OF_SERVER}, "),
    "container cpu": (PLAIN, with_limits(0.25, container_cores=1.0), f"the container shop-api-1{OF_SERVER} was at"),
    "container memory": (
        PLAIN,
        with_limits(0.6, container_memory=320e6),
        f"of the container shop-api-1{OF_SERVER} during",
    ),
    "accept queue": (SHORT_QUEUE, with_limits(0.6), f"connections overflowed the accept queue{OF_SERVER}, "),
    "conntrack": (PLAIN, with_limits(0.6, tracked_connections=310.0), f"connection tracking table{OF_SERVER} was at"),
    "file descriptors": (PLAIN, with_limits(0.6, machine_files=410.0), f"table of open files{OF_SERVER} was at"),
    "process file descriptors": (PLAIN, with_limits(0.6, process_files=220.0), f"of the process api{OF_SERVER} was at"),
    "ephemeral ports": (PLAIN, with_limits(0.6, opened_per_request=2.3), f"ephemeral ports{OF_SERVER} was at"),
}


@pytest.mark.parametrize("resource", REASONS)
def test_each_limit_is_the_reason_in_a_run_that_shows_it(resource: str) -> None:
    """The whole answer: saturated, the number unharmed, the resource, its machine, the sentence, what to do."""
    server, hosts, words = REASONS[resource]
    answer = answered(server, hosts)
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(200.0, rel=0.03)
    told = answer.bottleneck
    assert told is not None
    assert (told.resource, told.instance) == (resource, "server.test:9100")
    assert words in told.because
    (finding,) = (one for one in answer.findings if one.rule == "bottleneck")
    assert finding.because.startswith(told.because)
    assert finding.advice


def limited(limits: Limits, cpu_at_full: float) -> Answer:
    return answered(PLAIN, Hosts(server_cpu_at_full=cpu_at_full, limits=limits))


def test_a_container_that_its_cpu_limit_holds_back_is_named_where_the_machine_has_cores_to_spare() -> None:
    told = limited(Limits(container_cores=1.0), cpu_at_full=0.25).bottleneck
    assert told is not None
    assert (told.resource, told.instance) == ("container cpu", "server.test:9100")
    assert told.because.startswith(
        "the CPU limit of the container shop-api-1 of server.test:9100 was at 100 % on the plateau, from "
    )
    assert told.utilisation == pytest.approx(1.0, abs=0.02)


def test_one_far_below_its_limit_is_not() -> None:
    told = limited(Limits(container_cores=2.0), cpu_at_full=0.25).bottleneck
    assert told is not None
    assert told.resource == "unwatched"


def test_a_container_at_its_memory_limit_is_named_with_how_full_it_was_and_not_the_machine() -> None:
    told = limited(Limits(container_memory=320e6), cpu_at_full=0.6).bottleneck
    assert told is not None
    assert (told.resource, told.instance) == ("container memory", "server.test:9100")
    found = re.fullmatch(
        r"tasks waited for the memory of the container shop-api-1 of server\.test:9100 during (\d+) % of the time on "
        r"the plateau, and it was at (\d+) % of its limit",
        told.because,
    )
    assert found, told.because
    assert 30 <= int(found[1]) <= 40
    assert int(found[2]) >= 97
    assert told.utilisation == pytest.approx(int(found[2]) / 100, abs=0.01)


def test_one_at_its_memory_limit_is_not_named_before_a_full_cpu_nor_one_far_below_it() -> None:
    told = [limited(Limits(container_memory=320e6), cpu_at_full=0.97), limited(Limits(container_memory=2e9), 0.6)]
    assert [one.bottleneck.resource for one in told if one.bottleneck] == ["cpu", "unwatched"]


def test_packets_that_ec2_held_back_are_named_where_nothing_is_full() -> None:
    told = limited(Limits(allowance_packets=0.5), cpu_at_full=0.6).bottleneck
    assert told is not None
    assert told.resource == "bandwidth allowance"
    assert told.because.startswith("packets were held back by the EC2 bandwidth allowance of server.test:9100, ")


@pytest.mark.parametrize("packets", [0.0, 0.00002])
def test_allowances_that_are_kept_are_not(packets: float) -> None:
    told = limited(Limits(allowance_packets=packets), cpu_at_full=0.6).bottleneck
    assert told is not None
    assert told.resource == "unwatched"


@pytest.mark.parametrize(
    ("left", "resource", "words"),
    [
        (4.0, "cpu credits", "of it for others, because its CPU credits were used up: 4 were left "),
        (500.0, "cpu steal", "of it for others, while 500 CPU credits were left"),
        (None, "cpu steal", "of it for others; "),
    ],
)
def test_stolen_time_is_the_credits_where_they_ran_out_and_somebody_elses_where_not(
    left: float | None, resource: str, words: str
) -> None:
    told = limited(Limits(steal=0.5, credits=left), cpu_at_full=0.97).bottleneck
    assert told is not None
    assert told.resource == resource
    assert words in told.because


def test_credits_that_ran_out_are_not_blamed_where_nothing_was_stolen() -> None:
    told = limited(Limits(credits=0.0), cpu_at_full=0.97).bottleneck
    assert told is not None
    assert told.resource == "cpu"
