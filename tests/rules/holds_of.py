"""Confirmations of one simulated server, for tests of what is said of them."""

from __future__ import annotations

from rules.answer import Objective
from rules.confirmation import Tried, look
from rules.parts import Part, Reason, Stop
from rules.timeline import Timeline
from rules.wording import moment
from tests.simulator import Server, Service
from tests.simulator.holds import held, seen

OBJECTIVE = Objective()
SERVICES = [Service(0.04, 0.0), Service(0.04, 1.0), Service(0.04, 2.0, "lognormal")]
WORKERS = 8
CAPACITY = WORKERS / 0.04


def part(hold: Timeline, rate: float, reason: Reason | None = None, name: str = "confirmation") -> Part:
    end = moment(hold.end)
    stop = Stop(reason=reason, time=end, because="so it was") if reason else None
    return Part(name=name, start=moment(hold.start), end=end, rate=rate, seconds=180.0, stop=stop)


def tried(hold: Timeline, rate: float) -> Tried:
    found = look(hold, OBJECTIVE, part(hold, rate))
    assert found is not None
    return found


def at(share: float, service: Service = SERVICES[1], seconds: float = 70.0, seed: int = 1) -> Timeline:
    return seen(held(Server(WORKERS, service), share * CAPACITY, seconds, seed))
