"""A steered simulated run: what decisions see, that the server goes on between legs, and what is left of a cut leg."""

from __future__ import annotations

import json

import numpy as np
import pytest

from loadline.steering.course import Leg, Look, stages
from rules import names
from rules.parts import Stop
from rules.wording import moment
from tests.simulator import Load, ScaleOut, Scenario, Server, Service
from tests.simulator.run import ZERO
from tests.simulator.steered import Steered, steer

CLOSED = Load(((0.0, 1.0), (600.0, 100.0)), 1.0)


def leg(name: str, seconds: float, vus: int, pause: float = 0.0) -> Leg:
    return Leg(name, env={"STAGES": json.dumps(stages(((seconds, vus),)))}, seconds=seconds, vus=vus, pause=pause)


class TwoLegs:
    """A probe of a minute, ended after ``probe`` seconds; then a ramp of a minute."""

    def __init__(self, probe: float = 20.0, vus: int = 100, pause: float = 5.0) -> None:
        self.probe, self.vus, self.pause = probe, vus, pause
        self.seen: list[tuple[str | None, float]] = []

    def begin(self) -> Leg:
        return leg("probe", 60.0, self.vus)

    def decide(self, one: Leg, look: Look) -> Stop | None:
        main = look.main
        if main is None:
            return None
        self.seen.append((one.name, main.end - ZERO))
        late = one.name == "probe" and main.end - main.start >= self.probe
        return Stop(reason="sized", time=moment(main.end), because="enough") if late else None

    def then(self, one: Leg, _look: Look, _stop: Stop | None) -> Leg | None:
        return leg("ramp", 60.0, self.vus, self.pause) if one.name == "probe" else None


def two_legs(server: Server, **course: float) -> tuple[Steered, TwoLegs]:
    asked = TwoLegs(**course)  # type: ignore[arg-type]
    return steer(asked, Scenario(CLOSED, server), 7), asked


def test_legs_follow_one_another_and_the_last_one_goes_to_its_end() -> None:
    run, course = two_legs(Server(50, Service(0.1)))
    probe, ramp = run.legs
    assert [one.leg.name for one in run.legs] == ["probe", "ramp"]
    assert probe.stop is not None
    assert ramp.stop is None
    # A bin of two seconds that is whole, seen a second after its push, and two seconds until k6 has stopped.
    assert 20.0 + 1.0 + 2.0 <= probe.end <= 20.0 + 2.0 + 1.0 + 1.0 + 2.0
    assert ramp.begin == pytest.approx(probe.end + 5.0 + 0.5 + 0.06)
    assert ramp.end - ramp.begin == pytest.approx(60.0, abs=0.01)
    assert run.seconds == ramp.end
    assert probe.points[-1][1] == pytest.approx(1.0 + 99.0 * probe.end / 60.0, abs=0.1)
    assert all(end <= ramp.begin - 5.0 for name, end in course.seen if name == "probe")


def test_ramps_are_read_without_the_probe_and_carry_their_part() -> None:
    run, course = two_legs(Server(50, Service(0.1)))
    assert run.answer is not None
    assert run.answer.window.start.timestamp() > ZERO + run.legs[1].begin
    assert names.PART == "part"
    assert min(end for name, end in course.seen if name == "ramp") > run.legs[1].begin


def test_the_server_still_works_on_what_the_probe_left() -> None:
    """A worker who has much to do for those who left answers the ramp later, and counts for less in the same minute.

    Nothing of that ramp was served without the queue that was left, so none of it is light load.
    """
    slow = Server(1, Service(0.5, cv=0.0))
    drained, _ = two_legs(slow, pause=120.0)
    at_once, _ = two_legs(slow, pause=0.0)
    first = [one.answer.requests.count for one in (drained, at_once) if one.answer and one.answer.requests]
    assert len(first) == 2
    assert first[1] < first[0] - 20
    light = [one.answer.latency.light_load.p50 for one in (drained, at_once) if one.answer]
    assert light == [pytest.approx(1.2, abs=0.1), None]


def test_a_change_comes_at_its_time_of_the_whole_run() -> None:
    server = Server(1, Service(0.1, cv=0.0), scale_out=ScaleOut(at=30.0, workers=9))
    run, _ = two_legs(server, probe=20.0)
    assert run.answer is not None
    assert (run.answer.max_throughput.low or 0.0) > 20.0  # the ramp is served by ten workers, not by one
    assert run.scenario.load.seconds == pytest.approx(run.seconds, abs=0.01)


def test_the_load_of_the_whole_run_has_nobody_in_the_pause() -> None:
    run, _ = two_legs(Server(50, Service(0.1)))
    times, vus = zip(*run.scenario.load.points, strict=True)
    middle = (run.legs[0].end + run.legs[1].begin) / 2
    assert np.interp(middle, times, vus) == 0.0
    assert list(times) == sorted(times)


def test_the_same_seed_gives_the_same_run() -> None:
    server = Server(10, Service(0.1))
    first, again = two_legs(server)[0], two_legs(server)[0]
    assert first.requests == again.requests
    assert first.answer == again.answer
