"""The rule: the SLO capacity of the open model, by the confirmations of a run whose ramp found a closed one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules import confirmation
from rules.answer import Objective, Plan, SloCapacity
from rules.finding import Finding, Outcome
from rules.judge import judge
from rules.parts import Reason
from rules.timeline import Timeline
from tests.rules.holds_of import CAPACITY, OBJECTIVE, SERVICES, WORKERS, at, part
from tests.simulator import Server
from tests.simulator.holds import held, seen
from tests.timelines import ramp, with_host


def run(*holds: Timeline, rates: tuple[float, ...] = ()) -> tuple[Finding | None, SloCapacity | None]:
    """Of a run whose ramp found 200 requests/s, [closed model], with these confirmations after it."""
    names = ["confirmation", *(f"confirmation-{number}" for number in range(2, 9))]
    planned = [part(hold, rate, None, name) for hold, rate, name in zip(holds, rates, names, strict=False)]
    timeline = replace(ramp(capacity=CAPACITY, vus=600.0), holds=holds, plan=Plan(parts=planned))
    answer = judge(timeline, OBJECTIVE)
    told = next((one for one in answer.findings if one.rule == confirmation.RULE), None)
    return told, answer.slo_capacity


def later(hold: Timeline, seconds: float) -> Timeline:
    return replace(hold, start=hold.start + seconds)


def test_a_run_without_confirmations_is_judged_as_ever() -> None:
    told, capacity = run()
    assert told is None
    assert capacity is not None
    assert capacity.model == "closed"
    assert capacity.value == pytest.approx(CAPACITY, rel=0.02)


def test_what_holds_at_once_is_the_capacity_of_the_open_model() -> None:
    _, closed = run()
    hold = later(at(0.97), 1000.0)
    told, capacity = run(hold, rates=(0.97 * CAPACITY,))
    assert told is not None
    assert closed is not None
    assert capacity is not None
    assert (told.verdict, told.limit, capacity.model) == (Outcome.OK, 0.95, "open")
    assert capacity.value == pytest.approx(0.97 * CAPACITY, rel=0.01)
    assert capacity.low is not None
    assert capacity.value is not None
    assert 0.98 * capacity.value < capacity.low < capacity.value
    assert capacity.high == closed.high
    assert told.because.startswith("194 requests/s held for 5")


def test_after_a_step_down_the_rate_that_was_lost_is_the_upper_end() -> None:
    lost, kept = later(at(1.1), 1000.0), later(at(0.95), 1200.0)
    told, capacity = run(lost, kept, rates=(1.1 * CAPACITY, 0.95 * CAPACITY))
    assert told is not None
    assert capacity is not None
    assert told.verdict is Outcome.WARNING
    assert "220 requests/s did not hold" in told.because
    assert "; 190 requests/s held" in told.because
    assert capacity.value == pytest.approx(0.95 * CAPACITY, rel=0.01)
    assert capacity.high == pytest.approx(1.1 * CAPACITY)


def test_where_nothing_held_the_lowest_rate_is_the_upper_end_and_there_is_no_value() -> None:
    lost = (later(at(1.2), 1000.0), later(at(1.1), 1200.0))
    told, capacity = run(*lost, rates=(1.2 * CAPACITY, 1.1 * CAPACITY))
    assert told is not None
    assert capacity is not None
    assert (told.verdict, capacity.model) == (Outcome.WARNING, "open")
    assert (capacity.value, capacity.low) == (None, None)
    assert capacity.high == pytest.approx(1.1 * CAPACITY)


def test_a_confirmation_that_ended_at_once_is_told_as_such() -> None:
    told, capacity = run(later(at(0.9, seconds=15.0), 1000.0), rates=(0.9 * CAPACITY,))
    assert told is not None
    assert capacity is not None
    assert (told.verdict, capacity.model) == (Outcome.UNKNOWN, "closed")
    assert told.because == "a confirmation was too short, or has too many gaps, to tell"


def test_a_machine_that_server_and_generator_share_is_said_where_a_rate_did_not_hold() -> None:
    kept, _ = run(later(replace(at(0.9), loopback=True), 1000.0), rates=(0.9 * CAPACITY,))
    lost, _ = run(later(replace(at(1.2), loopback=True), 1000.0), rates=(1.2 * CAPACITY,))
    assert kept is not None
    assert lost is not None
    assert "share this machine" not in kept.because
    assert lost.because.endswith("; server and load generator share this machine")


def test_where_nothing_can_be_told_the_closed_model_stands() -> None:
    starved = later(with_host(at(1.1), "generator", 0.97), 1000.0)
    told, capacity = run(starved, rates=(1.1 * CAPACITY,))
    assert told is not None
    assert capacity is not None
    assert (told.verdict, capacity.model) == (Outcome.UNKNOWN, "closed")
    assert capacity.value == pytest.approx(CAPACITY, rel=0.02)
    assert told.advice is not None


def test_one_that_was_interrupted_before_its_time_is_not_lost_because_its_queue_grew() -> None:
    late, rate = Objective(latency_seconds=10.0), 1.05 * CAPACITY
    for length, said in ((70.0, "is not decided"), (180.0, "did not hold")):
        hold = later(seen(held(Server(WORKERS, SERVICES[0]), rate, length, 1, vus=4000)), 1000.0)
        timeline = replace(ramp(capacity=CAPACITY, vus=600.0), holds=(hold,), plan=Plan(parts=[part(hold, rate)]))
        told = confirmation.judge(timeline, late)
        assert told is not None
        assert said in told.because


def test_why_it_was_ended_is_kept() -> None:
    hold = later(at(0.9, seconds=40.0), 1000.0)
    endings: dict[Reason, str] = {"failing": "did not hold", "generator_limited": "cannot be told"}
    for reason, said in endings.items():
        planned = part(hold, 0.9 * CAPACITY, reason)
        timeline = replace(ramp(capacity=CAPACITY, vus=600.0), holds=(hold,), plan=Plan(parts=[planned]))
        told = confirmation.judge(timeline, OBJECTIVE)
        assert told is not None
        assert said in told.because
