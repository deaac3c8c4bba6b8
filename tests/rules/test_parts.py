"""A run of several k6 processes in a real Prometheus: one run, whose maximum is read from its ramps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from rules import names, parts, runs
from rules.answer import Answer, Plan
from rules.finding import Verdict
from rules.judge import analyze
from rules.prometheus import Prometheus
from rules.reading import Memory
from rules.runs import Run
from rules.signals.signal import where
from rules.timeline import Timeline
from rules.wording import moment
from tests import stores
from tests.simulator import Arrivals, Load, Output, Scenario, Server, Service, SimulatedRun, simulate
from tests.simulator.altered import as_part
from tests.simulator.remote_write import send

TESTID = "in-parts"
PAUSE = 8.0
SCENARIO = Scenario(Load(((0.0, 1.0), (20.0, 400.0)), think=1.0), Server(4, Service(0.02, 0.5)), output=Output(1.0))
TRUTH = 200.0
LOADS = {
    "probe": SCENARIO.load,
    "ramp": replace(SCENARIO.load, points=((0.0, 1.0), (60.0, 190.0))),
    "ramp-2": replace(SCENARIO.load, points=((0.0, 20.0), (5.0, 190.0), (90.0, 600.0))),
    "confirmation": Load(((0.0, 100.0), (40.0, 100.0)), 0.0, arrivals=Arrivals(((0.0, 150.0), (40.0, 150.0)), 100)),
}


def recorded(end: float) -> list[SimulatedRun]:
    """Each part, the last of which ends at ``end``."""
    found: list[SimulatedRun] = []
    for number, (name, load) in enumerate(reversed(LOADS.items())):
        run = simulate(replace(SCENARIO, load=load), number, TESTID)
        found.append(as_part(run.shifted(end - run.end), name))
        end -= run.end - run.start + PAUSE
    return found[::-1]


@pytest.fixture(scope="module")
def there() -> Iterator[tuple[Prometheus, list[SimulatedRun]]]:
    """In a Prometheus of its own: a run beside it would be noted in its evidence."""
    made = recorded(time.time() - 1.0)
    with stores.started("installed") as client:
        for one in made:
            send(one.series(), f"{client.url}/api/v1/write")
        yield client, made


@pytest.fixture(scope="module")
def run(there: tuple[Prometheus, list[SimulatedRun]]) -> Run:
    client, made = there
    (found,) = runs.find(client, where(testid=TESTID), made[0].start - 60.0, made[-1].end)
    return found


@pytest.fixture(scope="module")
def answered(there: tuple[Prometheus, list[SimulatedRun]], run: Run) -> tuple[Answer, Timeline]:
    plan = Plan(parts=[parts.Part(name="ramp-2", start=moment(0.0), end=moment(1.0), vus=600, because="it rose still")])
    answer, timeline = analyze(there[0], run, plan=plan)
    assert timeline is not None
    return answer, timeline


def test_its_parts_are_told_by_their_tags(run: Run, there: tuple[Prometheus, list[SimulatedRun]]) -> None:
    assert [span.name for span in run.parts] == list(LOADS)
    for span, one in zip(run.parts, there[1], strict=True):
        assert span.start == pytest.approx(one.start, abs=1.1)
        assert span.end == pytest.approx(one.samples[names.VUS][0].times[-1], abs=0.01)


def test_its_maximum_is_read_from_the_ramps(answered: tuple[Answer, Timeline]) -> None:
    answer, timeline = answered
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(TRUTH, rel=0.02)
    ramps = [part for part in answer.parts if parts.kind(part.name) == parts.RAMP]
    assert timeline.start == pytest.approx(ramps[0].start.timestamp(), abs=0.01)
    assert timeline.end == pytest.approx(ramps[1].end.timestamp(), abs=timeline.step)


def test_a_part_that_ended_is_no_process_that_died(answered: tuple[Answer, Timeline]) -> None:
    answer, timeline = answered
    assert timeline.deaths == ()
    assert timeline.gaps == ()
    assert answer.findings[0].verdict == "ok", answer.findings[0].because


def test_a_confirmation_is_read_apart(answered: tuple[Answer, Timeline]) -> None:
    (hold,) = answered[1].holds
    assert hold.goodput[5:-2].mean() == pytest.approx(150.0, rel=0.02)


def test_a_probe_is_read_for_drawing_alone(
    there: tuple[Prometheus, list[SimulatedRun]], run: Run, answered: tuple[Answer, Timeline]
) -> None:
    assert answered[1].probes == ()
    answer, timeline = analyze(there[0], run, plan=answered[1].plan, probes=True)
    assert answer == answered[0]
    assert timeline is not None
    (probe,) = timeline.probes
    assert probe.start == pytest.approx(run.parts[0].start, abs=0.01)
    assert probe.end == pytest.approx(run.parts[0].end, abs=probe.step)
    assert probe.most_vus == pytest.approx(LOADS["probe"].points[-1][1], rel=0.1)
    assert probe.goodput[-4:-1].mean() == pytest.approx(TRUTH, rel=0.1)  # in the last one the load ends


def test_a_part_that_is_over_is_not_read_again(
    there: tuple[Prometheus, list[SimulatedRun]], run: Run, answered: tuple[Answer, Timeline]
) -> None:
    memory, client = Memory(), there[0]
    ramps, hold = memory.read(client, run.main), memory.read(client, run.holds[0])
    assert memory.read(client, run.main) is ramps
    before = memory.read(client, replace(run.main, end=run.main.end - 20.0))
    assert before.end == pytest.approx(ramps.end - 20.0, abs=2 * ramps.step)
    assert memory.read(client, run.holds[0]) is hold
    assert analyze(client, run, plan=answered[1].plan, read=memory.read)[0] == answered[0]


def test_the_answer_spans_all_parts_and_keeps_what_was_planned(answered: tuple[Answer, Timeline]) -> None:
    answer, _ = answered
    assert [part.name for part in answer.parts] == list(LOADS)
    assert answer.window.start == answer.parts[0].start
    assert answer.window.end == answer.parts[-1].end
    assert [part.because for part in answer.parts] == ["", "", "it rose still", ""]
    assert answer.parts[2].end > answer.parts[2].start > answer.parts[1].end


def test_before_the_first_ramp_the_probe_is_all_that_is_known(run: Run) -> None:
    begun = replace(run, parts=run.parts[:1])
    assert begun.main.selector.endswith('part=~"probe"')
    assert (begun.holds, begun.probes) == ([], [])


def test_a_run_without_parts_is_its_own_main_part() -> None:
    whole = Run("a", 'testid="a"', 0.0, 60.0)
    assert whole.main is whole
    assert whole.probes == []
