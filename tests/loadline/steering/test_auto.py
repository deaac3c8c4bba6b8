"""A run that finds its own range, against simulated servers: how far it goes, when it goes on, and when it is over."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from loadline.steering.auto import AutoCourse
from loadline.steering.course import Leg, Look
from rules import plateau
from rules.answer import Answer
from rules.finding import Verdict
from rules.judge import judge
from rules.parts import Stop
from rules.timeline import Timeline
from rules.wording import moment
from tests.simulator import Load, Scenario, Server, Service
from tests.simulator.steered import Steered, steer
from tests.timelines import ramp

SERVER = Server(8, Service(0.08, cv=0.5))
"""100 requests/s; with a second of thinking the knee is at 108 VUs."""


def known(timeline: Timeline, answer: Answer) -> Stop | None:
    """A minute of plateau, known to 2 %, at half as many VUs more than at the knee."""
    found, top = plateau.find(timeline), answer.max_throughput
    if found is None or answer.knee is None or top.value is None or top.low is None or top.high is None:
        return None
    lasted, half = found.seconds(timeline), (top.high - top.low) / 2 / top.value
    if lasted < 60.0 or half > 0.02 or float(np.median(timeline.vus[-3:])) < 1.5 * answer.knee.vus:
        return None
    return Stop(reason="known", time=moment(timeline.end), because="a plateau")


def steered(
    server: Server = SERVER, think: float = 1.0, max_vus: int = 20_000, max_rate: float | None = None, seed: int = 1
) -> Steered:
    load = Load(((0.0, 1.0), (600.0, 1000.0)), think)
    return steer(AutoCourse(think, max_vus, max_rate, known), Scenario(load, server), seed)


def told(run: Steered) -> Answer:
    assert run.answer is not None
    return run.answer


def names(run: Steered) -> list[str | None]:
    return [done.leg.name for done in run.legs]


def test_a_probe_finds_the_size_and_a_ramp_the_answer() -> None:
    run = steered()
    assert names(run) == ["probe", "ramp"]
    assert [done.stop.reason for done in run.legs if done.stop] == ["sized", "known"]
    assert told(run).verdict is Verdict.SATURATED
    assert told(run).max_throughput.value == pytest.approx(100.0, rel=0.02)
    assert run.seconds < 200.0
    assert run.legs[0].points[-1][1] < 8 * 108  # the probe's last VUs over the knee
    said = run.legs[1].leg.because
    assert re.fullmatch(r"the probe reached [0-9.]+ requests/s, which 1\d\d VUs make without a queue", said)


def test_the_server_drains_before_the_ramp_begins() -> None:
    probe, ramp = steered().legs
    assert ramp.begin - probe.end >= min(30.0, 0.5 * probe.points[-1][1] / 100.0)


def test_a_probe_is_followed_by_a_greater_one_where_two_thousand_vus_do_not_fill_the_server() -> None:
    run = steered(Server(50, Service(0.05)), think=4.0)
    assert names(run) == ["probe", "probe-2", "ramp"]
    assert run.legs[0].leg.vus == 2000
    assert told(run).max_throughput.value == pytest.approx(1000.0, rel=0.02)


def test_a_probe_whose_last_push_tells_that_the_server_is_full_is_followed_by_the_ramp() -> None:
    course = AutoCourse(1.0, 20_000, None, known)
    seen = ramp(capacity=100, vus=600, seconds=200.0)
    full = course.then(Leg(name="probe", vus=600), Look(judge(seen), seen), None)
    not_full = course.then(Leg(name="probe", vus=60), _at(60, 200.0), None)
    assert full is not None
    assert not_full is not None
    assert (full.name, not_full.name) == ("ramp", "probe-2")
    assert not_full.because == "60 VUs did not fill the server"


def test_a_ramp_that_was_too_little_goes_on_further_up() -> None:
    """The probe was fooled: it ended at 20 VUs, and the ramp after it reached 60."""
    course = AutoCourse(1.0, 20_000, None, known)
    look = _at(vus=60, seconds=200.0)
    after = course.then(Leg(name="ramp", vus=60), look, None)
    assert after is not None
    assert after.name == "ramp-2"
    assert after.vus == 240
    assert "60 VUs were too few" in after.because
    assert _stages(after)[0][1] == 45
    assert course.then(Leg(name="ramp-2", vus=20_000), _at(vus=20_000, seconds=200.0), None) is None


def test_no_more_vus_than_allowed() -> None:
    run = steered(max_vus=60)
    assert max(vus for done in run.legs for _, vus in done.points) == 60
    assert told(run).verdict is Verdict.NOT_SATURATED
    last = run.legs[-1].stop
    assert last is not None
    assert last.reason == "known"
    assert last.because == "60 VUs, the most there may be, do not fill the server"


def test_the_load_stays_below_the_highest_rate_allowed() -> None:
    run = steered(max_rate=40.0)
    last = run.legs[-1].stop
    assert last is not None
    assert last.reason == "max_rate"
    assert re.fullmatch(r"the load was [0-9.]+ requests/s for 30 s, and 40 are allowed at most", last.because)
    assert "until the server is full, or 40 requests/s are reached" in run.legs[0].leg.because
    assert told(run).verdict is Verdict.NOT_SATURATED
    assert (told(run).max_throughput.low or 0.0) > 39.5
    assert all(done.leg.env["K6_RPS"] == "40" for done in run.legs)
    assert max(vus for done in run.legs for _, vus in done.points) <= 48


@pytest.mark.parametrize(
    ("max_rate", "vus", "reason"),
    [(59.0, 80, "max_rate"), (60.0, 80, None), (60.0, 55, "max_rate"), (70.0, 55, None)],
)
def test_near_the_highest_rate_a_ramp_ends_whatever_its_answer(max_rate: float, vus: int, reason: str | None) -> None:
    """Half a minute of 59 requests/s: within 1 % of it, or within a tenth with all VUs that there will be."""
    main = _held(vus=60, seconds=35.0)
    stop = AutoCourse(1.0, 1000, max_rate, known).decide(Leg(name="ramp", vus=vus), Look(None, main))
    assert (stop.reason if stop else None) == reason


def test_a_rate_that_was_reached_a_moment_ago_is_not_sustained_yet() -> None:
    """Or the answer would be "at least" what the ramp had before."""
    main = _held(vus=60, seconds=5.0)
    assert AutoCourse(1.0, 1000, 59.0, known).decide(Leg(name="ramp", vus=80), Look(None, main)) is None


def test_k6_is_told_of_whole_requests_a_second_only() -> None:
    assert AutoCourse(0.0, 100, 12.7, known).begin().env["K6_RPS"] == "12"
    assert AutoCourse(0.0, 100, 0.5, known).begin().env["K6_RPS"] == "1"
    assert "K6_RPS" not in AutoCourse(0.0, 100, None, known).begin().env


def test_vus_do_not_grow_on_where_nothing_comes_back() -> None:
    run = steered(Server(1, Service(30.0, cv=0.1)), think=0.0)
    assert run.legs[0].stop is not None
    assert "hardly a reply" in run.legs[0].stop.because
    assert max(vus for done in run.legs for _, vus in done.points) < 500


def test_after_a_known_answer_nothing_comes() -> None:
    course, look = AutoCourse(1.0, 1000, None, known), _at(vus=60, seconds=200.0)
    for reason in ("known", "failing", "generator_limited", "max_rate"):
        stop = Stop.model_validate({"reason": reason, "time": moment(0.0), "because": ""})
        assert course.then(Leg(name="ramp", vus=60), look, stop) is None
    assert course.then(Leg(name="probe", vus=60), Look(None, None), None) is None
    assert course.decide(course.begin(), Look(None, None)) is None


def _stages(leg: Leg) -> list[tuple[float, int]]:
    return [(float(one["duration"][:-2]) / 1000, one["target"]) for one in json.loads(leg.env["STAGES"])]


def _at(vus: float, seconds: float) -> Look:
    """What is seen of a straight ramp that the server does not feel."""
    main = ramp(capacity=1e9, vus=vus, seconds=seconds)
    return Look(judge(main), main)


def _held(vus: float, seconds: float) -> Timeline:
    """A ramp that the server does not feel, and its top for so long."""
    rising = ramp(capacity=1e9, vus=vus, seconds=200.0)
    top = np.full(round(seconds / rising.step), 1.0)
    rates = np.concatenate([rising.throughput, top * vus / 1.02])
    return replace(rising, vus=np.concatenate([rising.vus, top * vus]), throughput=rates, goodput=rates)
