"""Simulated runs from their samples on: what the server was built to run out of is named, and nothing else is."""

from __future__ import annotations

import pytest

from rules.answer import Answer
from rules.gridding import to_timeline
from rules.judge import judge
from tests.simulator import Change, Generator, Hosts, Load, Pauses, RateLimit, Scenario, Server, Service, simulate

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
