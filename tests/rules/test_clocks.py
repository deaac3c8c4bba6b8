"""Clocks that differ between k6 and the scrapes: the reasons stay right, and a note says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules.answer import Answer
from rules.finding import Outcome, Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from tests.simulator import Generator, Hosts, Load, Scenario, Server, Service, random_scenario, simulate

SHAPES = {
    "ramp": ((0.0, 1.0), (300.0, 600.0)),
    "short ramp": ((0.0, 1.0), (90.0, 600.0)),
    "hold": ((0.0, 1.0), (60.0, 600.0), (240.0, 600.0)),
    "spike": ((0.0, 20.0), (60.0, 20.0), (65.0, 600.0), (200.0, 600.0), (205.0, 20.0), (240.0, 20.0)),
}
BUSY_SERVER = Scenario(
    Load(SHAPES["ramp"], think=1.0), Server(4, Service(0.02, 1.0)), hosts=Hosts(server_cpu_at_full=0.97)
)
BUSY_GENERATOR = replace(BUSY_SERVER, server=Server(8, Service(0.02, 1.0)), generator=Generator(1, 1 / 150))


def answered(scenario: Scenario, shape: str, ahead: float) -> Answer:
    hosts = replace(scenario.hosts, clock_ahead=ahead)
    scenario = replace(scenario, load=replace(scenario.load, points=SHAPES[shape]), hosts=hosts)
    return judge(to_timeline(simulate(scenario, 1).samples, None))


def note(answer: Answer) -> str:
    return answer.findings[0].because


@pytest.mark.parametrize("ahead", [30.0, -30.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_busy_server_is_named_however_its_clock_goes(shape: str, ahead: float) -> None:
    answer = answered(BUSY_SERVER, shape, ahead)
    assert answer.verdict is Verdict.SATURATED
    assert answer.bottleneck is not None
    assert answer.bottleneck.resource == "cpu"
    assert answer.bottleneck.utilisation == pytest.approx(0.98, abs=0.03)
    if shape == "ramp":  # a line that is moved is a line: not told for certain, and it does no harm
        return
    assert answer.findings[0].verdict is Outcome.WARNING
    assert "the scrapes of generator.test:9100 and server.test:9100 were stamped by a clock " in note(answer)
    assert ("ahead of k6's; they were moved" if ahead > 0 else "behind k6's; they were moved") in note(answer)


@pytest.mark.parametrize("ahead", [30.0, -30.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_busy_generator_is_told_however_its_clock_goes(shape: str, ahead: float) -> None:
    answer = answered(BUSY_GENERATOR, shape, ahead)
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert answer.generator.cpu_ratio == pytest.approx(1.0, abs=0.02)
    assert "they were moved" in note(answer)


@pytest.mark.parametrize("shape", SHAPES)
def test_clocks_that_agree_are_not_spoken_of(shape: str) -> None:
    for scenario in (BUSY_SERVER, BUSY_GENERATOR):
        assert "clock" not in note(answered(scenario, shape, 0.0))


@pytest.mark.parametrize("seed", range(1, 21))
def test_no_run_drawn_at_random_is_said_to_have_two_clocks(seed: int) -> None:
    run = simulate(random_scenario(np.random.default_rng(seed), 20_000), seed)
    assert "clock" not in " ".join(to_timeline(run.samples, None).notes)


def test_of_a_straight_line_nothing_is_known_and_nothing_is_moved() -> None:
    light = replace(BUSY_SERVER, load=Load(((0.0, 1.0), (300.0, 150.0)), think=1.0))
    for ahead in (0.0, 30.0, -30.0):
        run = simulate(replace(light, hosts=Hosts(clock_ahead=ahead)), 1)
        assert "clock" not in " ".join(to_timeline(run.samples, None).notes)


def test_load_that_goes_on_after_the_last_push_is_no_other_clock() -> None:
    lost = replace(BUSY_SERVER.output, gaps=((270.0, np.inf),))
    run = simulate(replace(BUSY_SERVER, output=lost), 1)
    assert run.end - max(float(one.times[-1]) for one in run.samples["k6_vus"]) > 30.0
    assert "clock" not in " ".join(to_timeline(run.samples, None).notes)
