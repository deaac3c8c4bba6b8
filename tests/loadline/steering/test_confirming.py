"""The course of a confirmation on simulated servers: held, stepped down, given up, all by what a Look shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadline.steering.confirming import STEPS, Confirming
from loadline.steering.course import Leg, Look
from rules.answer import Answer, Objective, SloCapacity
from rules.finding import Verdict
from rules.parts import Part, Reason, Stop
from rules.timeline import Timeline
from rules.wording import moment, whole
from tests.simulator import Server, Service
from tests.simulator.holds import held, seen
from tests.timelines import ramp, with_failures, with_host

OBJECTIVE = Objective()
SERVER = Server(8, Service(0.04, 1.0))
CAPACITY = 200.0
RAMP = Leg(name="ramp")
MAIN = ramp(capacity=CAPACITY)


class Inner:
    """A course of one leg that never ends it."""

    def begin(self) -> Leg:
        return RAMP

    def decide(self, _leg: Leg, _look: Look) -> Stop | None:
        return None

    def then(self, _leg: Leg, _look: Look, _stop: Stop | None) -> Leg | None:
        return None


COURSE = Confirming(Inner(), OBJECTIVE)


def look(slo: SloCapacity | None, hold: Timeline | None = None, name: str | None = "confirmation") -> Look:
    """What is known once ``hold``, the part ``name``, has been seen."""
    part = [Part(name=name or "", start=moment(hold.start + 1), end=moment(hold.end))] if hold else []
    answer = Answer(testid="a", window=whole(MAIN), verdict=Verdict.SATURATED, because="", slo_capacity=slo, parts=part)
    return Look(answer, MAIN, hold)


FOUND = look(SloCapacity(value=200.0, low=196.04, high=204.0))


def first(found: Look = FOUND) -> Leg:
    leg = COURSE.then(RAMP, found, None)
    assert leg is not None
    return leg


def drive(server: Server, leg: Leg, every: float = 5.0) -> tuple[Stop | None, Timeline]:
    """The leg on ``server``, with a decision ``every`` so many seconds: how it ended, and all that was seen by then."""
    assert leg.rate is not None
    run = held(server, leg.rate, leg.seconds or 0.0, 20_003, leg.vus)
    for number in range(1, int((leg.seconds or 0.0) / every)):
        now = seen(run, every * number)
        stop = COURSE.decide(leg, look(None, now, leg.name))
        if stop is not None:
            return stop, now
    return None, seen(run)


def test_the_low_end_of_what_was_found_is_held_first() -> None:
    leg = first()
    assert (leg.name, leg.script, leg.rate, leg.seconds, leg.vus) == ("confirmation", "hold.js", 196.0, 180.0, 402)
    assert leg.env == {"RATE": "196", "DURATION": "180s", "VUS": "402"}
    assert leg.because == "the low end of the SLO capacity, at a constant rate"


def test_no_interval_however_wide_makes_it_begin_more_than_a_step_below_the_value() -> None:
    assert first(look(SloCapacity(value=200.0, low=150.0, high=230.0))).rate == 190.0
    assert first(look(SloCapacity(low=120.0, high=230.0))).rate == 120.0


def test_what_is_known_as_at_least_is_held_too() -> None:
    leg = first(look(SloCapacity(low=1234.56)))
    assert (leg.rate, leg.env["RATE"]) == (1235.0, "1235")
    assert leg.because == "what the SLO capacity is at least, at a constant rate"


@pytest.mark.parametrize("slo", [None, SloCapacity()])
def test_nothing_is_held_where_nothing_was_found(slo: SloCapacity | None) -> None:
    assert COURSE.then(RAMP, look(slo), None) is None
    assert COURSE.then(RAMP, Look(None, None), None) is None


def test_nothing_is_held_after_a_ramp_that_the_generator_limited() -> None:
    """Seen with a k6 pinned to one core, whose server was then said not to hold the rate."""
    found = look(SloCapacity(low=7251.0))
    assert found.answer is not None
    limited = found.answer.model_copy(update={"verdict": Verdict.GENERATOR_LIMITED})
    assert COURSE.then(RAMP, replace(found, answer=limited), None) is None


def test_the_course_before_it_has_its_way() -> None:
    assert COURSE.begin() is RAMP
    assert COURSE.decide(RAMP, FOUND) is None


def test_the_pause_lets_the_server_answer_what_is_left() -> None:
    waiting = float(MAIN.durations.mean()[-1]) if MAIN.durations else 0.0
    assert first().pause == pytest.approx(max(5.0, 2 * waiting))
    slow = replace(FOUND, main=ramp(capacity=1.0, vus=100.0))
    assert first(slow).pause == 60.0


def test_vus_are_no_more_than_may_be_made() -> None:
    leg = Confirming(Inner(), OBJECTIVE, most_vus=300).then(RAMP, FOUND, None)
    assert leg is not None
    assert leg.env["VUS"] == "300"


def test_a_server_that_keeps_up_is_held_for_a_minute_and_no_longer() -> None:
    stop, hold = drive(SERVER, first())
    assert stop is not None
    assert stop.reason == "held"
    assert 60.0 <= hold.end - hold.start <= 70.0
    assert stop.because.startswith("196 requests/s held for 5")
    assert COURSE.then(first(), look(None, hold), stop) is None


def test_a_slower_server_is_asked_for_5_per_cent_less_until_it_keeps_up() -> None:
    server = Server(8, Service(0.044, 1.0))  # 182 requests/s: 196 and 186.2 are too many
    leg, told = first(), []
    while True:
        stop, hold = drive(server, leg)
        told.append((leg.name, leg.rate, stop.reason if stop else None))
        following = COURSE.then(leg, look(None, hold, leg.name), stop)
        if following is None:
            break
        leg = following
    assert told == [
        ("confirmation", 196.0, "not_held"),
        ("confirmation-2", 186.2, "not_held"),
        ("confirmation-3", 176.9, "held"),
    ]
    assert leg.because == "5 % below 186 requests/s, which did not hold"


def test_after_four_steps_down_it_ends() -> None:
    hold = seen(held(SERVER, 300.0, 70.0, 1))
    leg: Leg | None = replace(first(), rate=300.0)
    rates = []
    while leg is not None and leg.rate is not None:
        rates.append(leg.rate)
        leg = COURSE.then(leg, look(None, hold, leg.name), stopped("not_held", hold))
    assert rates == [300.0, 285.0, 270.8, 257.3, 244.4]
    assert len(rates) == STEPS + 1


def test_what_is_not_decided_in_three_minutes_is_not_kept() -> None:
    hold = seen(held(SERVER, 196.0, 40.0, 1))
    following = COURSE.then(first(), look(None, hold), None)
    assert following is not None
    assert following.name == "confirmation-2"
    assert following.because == "5 % below 196 requests/s, which was not decided in time"


def test_what_is_hopeless_ends_at_once() -> None:
    stop, hold = drive(Server(8, Service(0.08, 1.0)), first())
    assert stop is not None
    assert stop.reason == "not_held"
    assert hold.end - hold.start <= 40.0
    assert "of 196 requests/s were good" in stop.because


def test_a_server_that_fails_is_not_asked_again() -> None:
    hold = with_failures(seen(held(SERVER, 196.0, 30.0, 1)), share=0.99)
    stop = COURSE.decide(first(), look(None, hold))
    assert stop is not None
    assert stop.reason == "failing"
    assert COURSE.then(first(), look(None, hold), stop) is None


def test_a_generator_without_cpu_ends_it_without_a_verdict_on_the_server() -> None:
    hold = with_host(seen(held(Server(8, Service(0.045, 1.0)), 196.0, 70.0, 1)), "generator", 0.97)
    stop = COURSE.decide(first(), look(None, hold))
    assert stop is not None
    assert stop.reason == "generator_limited"
    assert "the CPU of its host was at 97 %" in stop.because
    assert COURSE.then(first(), look(None, hold), stop) is None


def test_before_anything_is_seen_nothing_is_decided() -> None:
    assert COURSE.decide(first(), look(None)) is None
    assert COURSE.then(first(), look(None), None) is None


def test_what_was_seen_of_the_confirmation_before_is_not_taken_for_the_next() -> None:
    lost = seen(held(SERVER, 300.0, 70.0, 1))
    second = replace(first(), name="confirmation-2", rate=190.0)
    assert COURSE.decide(first(), look(None, lost)) is not None
    assert COURSE.decide(second, look(None, lost)) is None
    before = look(None, lost, "confirmation-2")
    assert COURSE.decide(second, before) is not None
    later = replace(before, hold=replace(lost, start=lost.start - 90.0))
    assert COURSE.decide(second, later) is None


def stopped(reason: Reason, hold: Timeline) -> Stop:
    return Stop(reason=reason, time=moment(hold.end), because="")
