"""A run of several legs with real k6 and Prometheus: each is a part, and one that is to end is ended in good order."""

from __future__ import annotations

import json
import time

import pytest

from loadline.bench import Bench
from loadline.conclude import Conclusion
from loadline.live import Listener, Snapshot
from loadline.options import parse
from loadline.run import run
from loadline.steering.course import Leg, Look, stages
from rules.answer import Answer
from rules.finding import Verdict
from rules.parts import Stop
from rules.prometheus import Prometheus
from rules.wording import moment
from tests.real import TRUE_CAPACITY, start_sample_api

ENOUGH_VUS = 15
RAMP_SECONDS = 60.0
"""The knee is reached after a fifth of it; the rest is half as long again as a plateau must be."""
pytestmark = pytest.mark.timeout(200)


def leg(name: str, seconds: float, vus: int, pause: float = 0.0) -> Leg:
    planned = {"STAGES": json.dumps(stages(((seconds, vus),)))}
    return Leg(name, env=planned, seconds=seconds, vus=vus, pause=pause, because="as planned")


class ProbeThenRamp:
    """A probe that would take a minute, ended when ENOUGH_VUS are seen; then a ramp that goes through its plan."""

    def __init__(self) -> None:
        self.looks: list[Look] = []

    def begin(self) -> Leg:
        return leg("probe", 60.0, 120)

    def decide(self, one: Leg, look: Look) -> Stop | None:
        self.looks.append(look)
        if one.name == "probe" and look.main is not None and (look.main.most_vus or 0) >= ENOUGH_VUS:
            return Stop(reason="sized", time=moment(time.time()), because=f"{ENOUGH_VUS} VUs were seen")
        return None

    def then(self, one: Leg, _look: Look, stop: Stop | None) -> Leg | None:
        return leg("ramp", RAMP_SECONDS, 260, pause=2.0) if one.name == "probe" and stop is not None else None


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def shown() -> list[Snapshot]:
    return []


@pytest.fixture(scope="module")
def told(prometheus: Prometheus, said: list[str], shown: list[Snapshot]) -> Conclusion:
    with Bench() as bench:
        url = start_sample_api(bench, "--workers", "2", "--service-ms", "20")
        options = parse(url=f"{url}/boards", prometheus_url=prometheus.url, testid="journey", think_time="500ms")
        return run(options, bench, Listener(said.append, shown.append), course=ProbeThenRamp())


@pytest.fixture(scope="module")
def answer(told: Conclusion) -> Answer:
    assert told.failure is None
    return told.answer


def test_the_maximum_is_the_ramps(answer: Answer) -> None:
    assert answer.verdict is Verdict.SATURATED, answer.because
    assert answer.max_throughput.value == pytest.approx(TRUE_CAPACITY, rel=0.02)


def test_each_leg_is_a_part_with_what_was_planned_and_decided(answer: Answer) -> None:
    probe, ramp = answer.parts
    assert (probe.name, probe.vus, probe.seconds, probe.because) == ("probe", 120, 60.0, "as planned")
    assert probe.stop is not None
    assert (probe.stop.reason, probe.stop.because) == ("sized", f"{ENOUGH_VUS} VUs were seen")
    assert probe.start < probe.stop.time
    assert (probe.end - probe.start).total_seconds() < 30.0
    assert (ramp.name, ramp.vus, ramp.stop) == ("ramp", 260, None)
    assert (ramp.start - probe.end).total_seconds() >= 2.0
    assert RAMP_SECONDS <= (ramp.end - ramp.start).total_seconds() < RAMP_SECONDS + 15.0


def test_the_answer_spans_both(answer: Answer) -> None:
    assert answer.window.start == answer.parts[0].start
    assert answer.plan is not None
    assert (answer.plan.vus, answer.plan.seconds, answer.plan.ended) == (260, RAMP_SECONDS, "finished")


def test_what_a_stopped_k6_had_under_way_is_no_failure(answer: Answer) -> None:
    assert answer.failures is not None
    assert answer.failures.count == 0


def test_the_legs_are_told_as_they_come(answer: Answer, said: list[str], shown: list[Snapshot]) -> None:
    story = [line for line in said if line.startswith(("probe", "ramp", "a pause"))]
    assert story == [
        "probe up to 120 VUs: as planned",
        f"probe stopped: {ENOUGH_VUS} VUs were seen",
        "a pause of 2.00 s, for the server to answer what is left",
        "ramp up to 260 VUs: as planned",
    ]
    assert {snapshot.part for snapshot in shown} == {"probe", "ramp"}
    assert any(str(snapshot).startswith("ramp 0:3") and " / 1:00  VUs " in str(snapshot) for snapshot in shown)
