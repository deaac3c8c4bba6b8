"""The parts of a run as they are read: what was planned, how long it lasted, and why it ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from loadline.part_words import confirmed, so_far, told
from loadline.text import render
from rules.answer import Answer, Event, Plan
from rules.judge import judge
from rules.parts import Part, Reason, Stop
from tests.timelines import ramp

START = datetime(2026, 11, 30, 20, 4, 19, tzinfo=UTC)
BASE = judge(ramp(noise=0.0))
HELD = "394 requests/s held for 50 s: 99.9 % (99.8 % to 100.0 %) within 1.00 s"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def part(name: str, begin: float, end: float, reason: Reason | None = None, because: str = "", **planned: Any) -> Part:
    stop = Stop(reason=reason, time=at(end), because=because) if reason else None
    return Part(name=name, start=at(begin), end=at(end), stop=stop, **planned)


PROBE = part("probe", 0, 35, vus=1000, seconds=32.0)
RAMP = part("ramp", 42, 162, "known", "64 s of plateau, known to ±1.3 % at this size", vus=1229, seconds=600.0)
HOLD = part("confirmation", 170, 232, "held", HELD, vus=1192, rate=394.2, seconds=180.0)


def answer(*parts: Part, ended: str | None = "finished", events: list[Event] | None = None) -> Answer:
    plan = Plan.model_validate({"ended": ended, "parts": parts})
    return BASE.model_copy(update={"parts": list(parts), "plan": plan, "events": events or []})


def lines(one: Answer) -> list[str]:
    return [line for line in render(one).splitlines() if line.startswith(("  part ", "  the run "))]


def test_each_part_has_a_line_with_why_it_ended() -> None:
    assert lines(answer(PROBE, RAMP, HOLD)) == [
        "  part probe          20:04:19 UTC, for 35 s, planned up to 1,000 VUs; went through its plan",
        "  part ramp           20:05:01 UTC, for 120 s of 600 s, planned up to 1,229 VUs; "
        "stopped: 64 s of plateau, known to ±1.3 % at this size",
        f"  part confirmation   20:07:09 UTC, for 62 s of 180 s, 394 requests/s; stopped: {HELD}",
    ]


def test_a_run_by_a_plan_of_its_own_has_a_line_only_where_it_was_stopped() -> None:
    stopped = part("run", 0, 214, "known", "102 s of plateau", seconds=300.0)
    (line,) = lines(answer(stopped))
    assert line == "  the run             20:04:19 UTC, for 214 s of 300 s; stopped: 102 s of plateau"
    assert lines(answer(part("run", 0, 300, seconds=300.0))) == []
    assert lines(BASE) == []


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ("finished", "went through its plan"),
        ("interrupted", "interrupted by Ctrl-C"),
        ("stopped", "stopped from outside"),
        ("broken", "k6 ended by its own fault"),
        (None, ""),
    ],
)
def test_the_last_part_ended_as_the_run_did(ended: str | None, said: str) -> None:
    last = part("ramp", 42, 60, vus=1229, seconds=600.0)
    assert [one.ended for one in told(answer(PROBE, last, ended=ended))] == ["went through its plan", said]


def test_a_part_that_only_prometheus_tells_of_says_no_more() -> None:
    bare = answer(part("probe", 0, 35), part("ramp", 42, 162))
    assert [(one.lasted, one.load, one.ended) for one in told(bare)] == [("35 s", "", ""), ("120 s", "", "")]


def test_a_confirmation_that_went_through_its_plan_says_what_it_showed() -> None:
    undecided = part("confirmation", 170, 350, rate=394.2, seconds=180.0)
    said = "whether 394 requests/s hold is not decided after 170 s"
    events = [
        Event(rule="confirmation", time=at(60), text="confirmation: of another"),
        Event(rule="confirmation", time=at(171), end=at(350), text=f"confirmation: {said}"),
    ]
    one = answer(PROBE, RAMP, undecided, events=events)
    assert told(one)[-1].ended == f"went through its plan: {said}"
    assert confirmed(one) == ("394 requests/s: not decided", said)


def test_what_is_said_of_a_confirmation_that_goes_on_is_not_that_of_the_one_before() -> None:
    events = [
        Event(rule="confirmation", time=at(171), end=at(232), text="confirmation: it was lost"),
        Event(rule="confirmation", time=at(241), end=at(260), text="confirmation: not decided after 10 s"),
    ]
    assert so_far(answer(PROBE, RAMP, events=events[:1]), at(170)) == "it was lost"
    assert so_far(answer(PROBE, RAMP, events=events[:1]), at(240)) == "too early to tell"
    assert so_far(answer(PROBE, RAMP, events=events), at(240)) == "not decided after 10 s"


def test_of_several_confirmations_the_one_that_held_counts() -> None:
    lost = part("confirmation", 170, 232, "not_held", "it was lost", rate=394.2)
    lower = HOLD.model_copy(update={"name": "confirmation-2", "rate": 374.5, "start": at(240), "end": at(302)})
    assert confirmed(answer(PROBE, RAMP, lost, lower)) == ("374 requests/s held", HELD)
    assert confirmed(answer(PROBE, RAMP, lost)) == ("394 requests/s did not hold", "it was lost")
    limited = part("confirmation", 170, 190, "generator_limited", "its CPU was full", rate=394.2)
    assert confirmed(answer(PROBE, RAMP, limited)) == ("394 requests/s: cannot be told", "its CPU was full")
    assert confirmed(answer(PROBE, RAMP)) is None
