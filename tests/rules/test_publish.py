from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from loadline.stack.binaries import find
from rules import part_marks
from rules.answer import Answer, Bottleneck, Event, Failures, Generator, Interval, Knee, Plan, SloCapacity
from rules.finding import Verdict, Window
from rules.parts import Part, Stop
from rules.publish import AnswerCollector

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WINDOW = Window(start=START, end=START + timedelta(minutes=10))

FULL = Answer(
    testid="a",
    window=WINDOW,
    verdict=Verdict.SATURATED,
    because="goodput stayed at 1,090/s",
    max_throughput=Interval(value=1090.25, low=1078.0, high=1101.5),
    slo_capacity=SloCapacity(value=1043.5, low=1021.0, high=1060.0),
    knee=Knee(vus=1180, time=START),
    failures=Failures(count=3, ratio=0.125),
    generator=Generator(verdict="ok"),
    plan=Plan(vus=6000),
    bottleneck=Bottleneck(resource="cpu", instance="10.0.1.12:9101", utilisation=0.98),
    events=[
        Event(rule="failures", time=START + timedelta(seconds=90), text="503 ×2"),
        Event(rule="failures", time=START + timedelta(seconds=30.25), text="503 ×1"),
        Event(rule="run", time=START, end=WINDOW.end, text="load test a"),
    ],
)
AT_LEAST = Answer(
    testid="b",
    window=WINDOW,
    verdict=Verdict.NOT_SATURATED,
    because="rose to the end",
    max_throughput=Interval(low=900.0),
)


def exposed(*answers: Answer) -> str:
    registry = CollectorRegistry()
    registry.register(AnswerCollector(lambda: answers))
    return generate_latest(registry).decode()


def samples(text: str) -> set[str]:
    return {line.removeprefix("loadline_") for line in text.splitlines() if not line.startswith("#")}


def test_every_number_and_event_of_an_answer_is_exposed() -> None:
    assert samples(exposed(FULL)) == {
        'max_throughput_requests_per_second{testid="a"} 1090.25',
        'max_throughput_low_requests_per_second{testid="a"} 1078.0',
        'max_throughput_high_requests_per_second{testid="a"} 1101.5',
        'slo_capacity_requests_per_second{testid="a"} 1043.5',
        'slo_capacity_low_requests_per_second{testid="a"} 1021.0',
        'slo_capacity_high_requests_per_second{testid="a"} 1060.0',
        'knee_vus{testid="a"} 1180.0',
        'verdict{testid="a",verdict="saturated"} 1.0',
        'verdict{testid="a",verdict="not_saturated"} 0.0',
        'verdict{testid="a",verdict="generator_limited"} 0.0',
        'verdict{testid="a",verdict="failing"} 0.0',
        'verdict{testid="a",verdict="inconclusive"} 0.0',
        'generator_verdict{testid="a",verdict="ok"} 1.0',
        'generator_verdict{testid="a",verdict="limited"} 0.0',
        'generator_verdict{testid="a",verdict="unknown"} 0.0',
        'bottleneck_info{host="10.0.1.12:9101",resource="cpu",testid="a"} 1.0',
        'bottleneck_utilisation_ratio{host="10.0.1.12:9101",resource="cpu",testid="a"} 0.98',
        'run_start_timestamp_seconds{testid="a"} 1.7951688e+09',
        'run_end_timestamp_seconds{testid="a"} 1.7951694e+09',
        'latency_limit_seconds{testid="a"} 1.0',
        'failure_ratio{testid="a"} 0.125',
        'planned_vus{testid="a"} 6000.0',
        'event_timestamp_seconds{rule="run",testid="a"} 1.7951688e+09',
        'event_timestamp_seconds{rule="failures",testid="a"} 1.79516883025e+09',
    }


def test_each_part_and_each_stop_is_exposed_with_its_evidence() -> None:
    end, stopped = START + timedelta(seconds=60), START + timedelta(seconds=59)
    known = Stop(reason="known", time=stopped, because="", plateau_seconds=30.5, half_width=0.014, knee_multiple=2.6)
    sized = Stop(reason="sized", time=stopped, because="")
    parts = [
        Part(name="probe", start=START, end=end, stop=sized),
        Part(name="ramp", start=end, end=WINDOW.end, stop=known),
        Part(name="confirmation", start=end, end=WINDOW.end),
    ]
    events = list(part_marks.events(parts))
    told = samples(exposed(AT_LEAST.model_copy(update={"parts": parts, "events": events}))) - samples(exposed(AT_LEAST))
    assert told == {
        'event_timestamp_seconds{part="probe",rule="part",testid="b"} 1.7951688e+09',
        'event_timestamp_seconds{part="probe",rule="stop",testid="b"} 1.795168859e+09',
        'event_timestamp_seconds{part="ramp",rule="part",testid="b"} 1.79516886e+09',
        'event_timestamp_seconds{part="ramp",rule="stop",testid="b"} 1.795168859e+09',
        'event_timestamp_seconds{part="confirmation",rule="part",testid="b"} 1.79516886e+09',
        'stop_info{part="probe",reason="sized",testid="b"} 1.0',
        'stop_info{part="ramp",reason="known",testid="b"} 1.0',
        'stop_plateau_seconds{part="ramp",testid="b"} 30.5',
        'stop_half_width_ratio{part="ramp",testid="b"} 0.014',
        'stop_knee_multiple_ratio{part="ramp",testid="b"} 2.6',
    }


def test_what_is_not_known_is_absent_not_zero() -> None:
    told = {line for line in samples(exposed(AT_LEAST)) if "verdict" not in line}
    assert told == {
        'max_throughput_low_requests_per_second{testid="b"} 900.0',
        'run_start_timestamp_seconds{testid="b"} 1.7951688e+09',
        'run_end_timestamp_seconds{testid="b"} 1.7951694e+09',
    }


def test_a_bottleneck_that_nobody_watched_has_a_name_and_no_utilisation() -> None:
    unwatched = FULL.model_copy(update={"bottleneck": Bottleneck(resource="unwatched")})
    told = {line for line in samples(exposed(unwatched)) if line.startswith("bottleneck")}
    assert told == {'bottleneck_info{host="",resource="unwatched",testid="a"} 1.0'}


def test_an_slo_capacity_that_is_only_a_bound_has_no_value() -> None:
    bound = AT_LEAST.model_copy(update={"slo_capacity": SloCapacity(low=880.0)})
    told = {line for line in samples(exposed(bound)) if line.startswith("slo")}
    assert told == {'slo_capacity_low_requests_per_second{testid="b"} 880.0'}


def test_of_two_runs_under_one_testid_the_newer_is_shown() -> None:
    later = Window(start=START + timedelta(hours=1), end=START + timedelta(hours=2))
    newer = FULL.model_copy(update={"window": later, "max_throughput": Interval(value=7.0)})
    for order in ((FULL, newer), (newer, FULL)):
        found = [line for line in samples(exposed(*order)) if line.startswith("max_throughput_r")]
        assert found == ['max_throughput_requests_per_second{testid="a"} 7.0']


def test_promtool_finds_nothing_to_say_also_with_an_odd_testid() -> None:
    odd = AT_LEAST.model_copy(update={"testid": 'q"{}\\\n\u00e9'})
    untagged = AT_LEAST.model_copy(update={"testid": None})
    checked = subprocess.run(
        [find("promtool"), "check", "metrics"],
        input=exposed(FULL, AT_LEAST, odd, untagged),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
