"""A run with parts on one axis: the strip, the charts, the table, and what a confirmation came to."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import numpy as np
import pytest

from loadline.report import charts, render, strip
from loadline.report.overtime import NUMBERS, Figure
from loadline.report.svg import LEFT, RIGHT, TOP, WIDTH
from rules.answer import Answer, Event, Failures, Plan
from rules.finding import Window
from rules.part_marks import events
from rules.parts import Part, Stop
from rules.timeline import Span, Timeline

MakeAnswer = Callable[..., Answer]
MakeTimeline = Callable[..., Timeline]
EVIDENCE = "64 s of plateau, known to ±1.3 % at this size"
HELD = "1,021 requests/s held for 50 s: 99.9 % (99.8 % to 100.0 %) within 1.00 s"
BEFORE, AFTER = 100.0, 200.0
"""Seconds of the run before the ramp of 600 s, and after it."""
SPAN = BEFORE + 600.0 + AFTER


@pytest.fixture
def timeline(make_timeline: MakeTimeline) -> Timeline:
    ramp = make_timeline()
    probe = make_timeline(bins=18, start=ramp.start - BEFORE, gaps=(), vus=np.linspace(1, 9000, 18))
    hold = make_timeline(bins=24, start=ramp.start + 640.0, gaps=(), goodput=np.full(24, 1021.0))
    hold = replace(hold, hosts=hold.hosts[:1])
    spans = (
        Span("probe", ramp.start - BEFORE, ramp.start - 10.0),
        Span("ramp", ramp.start, ramp.end),
        Span("confirmation", hold.start, ramp.end + AFTER),
    )
    return replace(ramp, parts=spans, probes=(probe,), holds=(hold,))


@pytest.fixture
def answer(make_answer: MakeAnswer, timeline: Timeline) -> Answer:
    start = make_answer().window.start
    known = Stop(reason="known", time=start + timedelta(seconds=598), because=EVIDENCE)
    held = Stop(reason="held", time=start + timedelta(seconds=798), because=HELD)
    spans = ((-BEFORE, -10), (0, 600), (640, 800))
    at = [(start + timedelta(seconds=begin), start + timedelta(seconds=end)) for begin, end in spans]
    parts = [
        Part(name="probe", start=at[0][0], end=at[0][1], vus=2000, seconds=90.0, because="nothing is known yet"),
        Part(name="ramp", start=at[1][0], end=at[1][1], vus=3540, seconds=900.0, because="of the probe", stop=known),
        Part(name="confirmation", start=at[2][0], end=at[2][1], rate=1021.0, seconds=180.0, stop=held),
    ]
    told = [*make_answer().events, *events(parts), Event(rule="confirmation", time=at[2][0], end=at[2][1], text=HELD)]
    window = Window(start=at[0][0], end=at[2][1])
    return make_answer(window=window, parts=parts, plan=Plan(ended="stopped", parts=parts), events=told)


def parsed(figure: Figure | None) -> ET.Element:
    assert figure is not None
    return ET.fromstring(str(figure.svg))  # noqa: S314  # our own output


def place(seconds: float) -> float:
    """Where so many seconds after the begin of the ramp are drawn."""
    return LEFT + (BEFORE + seconds) / SPAN * (WIDTH - RIGHT - LEFT)


def test_the_strip_has_a_block_for_each_part_and_a_mark_with_the_evidence_of_each_stop(
    answer: Answer, timeline: Timeline
) -> None:
    drawing = parsed(strip.parts_over_time(answer, timeline))
    blocks = list(drawing.iter("rect"))
    assert [one.attrib["class"] for one in blocks] == ["block probe", "block ramp", "block confirmation"]
    assert [float(one.attrib["x"]) for one in blocks] == pytest.approx([place(s) for s in (-100, 0, 640)], abs=0.1)
    assert [one[0].text for one in blocks] == ["probe: nothing is known yet", "ramp: of the probe", "confirmation"]
    figure = strip.parts_over_time(answer, timeline)
    assert figure is not None
    assert [key.text for key in figure.keys][:3] == ["probe", "ramp", "confirmation"]
    stops = [one for one in drawing.iter("path") if one.attrib["class"] == "rule stop"]
    assert [one[0].text for one in stops] == [f"ramp stopped: {EVIDENCE}", f"confirmation stopped: {HELD}"]
    assert float(stops[0].attrib["d"][1:].split(" ")[0]) == pytest.approx(place(598), abs=0.1)


def test_a_name_without_room_is_in_the_legend_and_leaves_its_number(answer: Answer, timeline: Timeline) -> None:
    named = [part.model_copy(update={"name": part.name.replace("confirmation", "ramp-2")}) for part in answer.parts]
    for of_run, shown in ((answer.parts, {"probe", "ramp"}), (named, {"probe", "ramp", "ramp-2"})):
        figure = strip.parts_over_time(answer.model_copy(update={"parts": of_run}), timeline)
        texts = {one.text for one in parsed(figure).iter("text") if one.attrib["class"] == "mark"}
        assert texts == shown
    short = named[2].model_copy(update={"end": named[2].start + timedelta(seconds=40)})
    figure = strip.parts_over_time(answer.model_copy(update={"parts": [*named[:2], short]}), timeline)
    assert "2" in {one.text for one in parsed(figure).iter("text") if one.attrib["class"] == "mark"}


def test_charts_over_time_have_the_axis_of_the_whole_run_and_each_part_has_its_own_line(
    answer: Answer, timeline: Timeline
) -> None:
    for make in (charts.throughput_over_time, charts.vus_over_time, charts.latency_over_time, charts.cpu_over_time):
        drawing = parsed(make(answer, timeline))
        lines = [one.attrib["d"] for one in drawing.iter("path") if one.attrib["class"] in ("line c1", "line c3")]
        begins = sorted({float(re.split(r"[M ]", line)[1]) for line in lines})
        assert begins == pytest.approx([place(s) for s in (2.5 - BEFORE, 2.5, 642.5)], abs=0.1), make
        regions = [one for one in drawing.iter("rect") if one.attrib["class"].startswith("part ")]
        assert [(one.attrib["class"], one[0].text) for one in regions] == [
            (f"part {name}", name) for name in ("probe", "ramp", "confirmation")
        ]
    knee = next(one for one in drawing.iter("path") if one.attrib["class"] == "rule knee")
    assert float(knee.attrib["d"][1:].split(" ")[0]) == pytest.approx(place(118), abs=0.1)


def test_lines_break_in_the_pause_of_two_ramps(answer: Answer, timeline: Timeline) -> None:
    probe, ramp, hold = timeline.parts
    two = (Span("ramp", ramp.start, ramp.start + 300.0), Span("ramp-2", ramp.start + 320.0, ramp.end))
    drawn = []
    for of_run in (timeline.parts, (probe, *two, hold)):
        figure = charts.vus_over_time(answer, replace(timeline, vus=np.full(120, 50.0), parts=of_run))
        drawn.append(next(one.attrib["d"] for one in parsed(figure).iter("path") if one.attrib["class"] == "line c3"))
    starts = [[float(piece.split(" ")[0]) for piece in line.split("M")[1:]] for line in drawn]
    assert starts[0] == pytest.approx([place(2.5)], abs=0.1)
    assert starts[1] == pytest.approx([place(2.5), place(322.5)], abs=0.1)


def test_the_numbers_of_events_stand_below_the_unit(answer: Answer, timeline: Timeline) -> None:
    texts = {one.text: one.attrib for one in parsed(charts.throughput_over_time(answer, timeline)).iter("text")}
    assert float(texts["1"]["y"]) - float(texts["requests/s"]["y"]) >= 20
    assert float(texts["1"]["y"]) < TOP + NUMBERS


def test_the_most_of_any_part_is_within_the_chart(answer: Answer, timeline: Timeline) -> None:
    vus = charts.vus_over_time(answer, timeline)
    assert vus is not None
    assert "Up to 9,000 virtual users." in str(vus.svg)
    of_ramps = charts.load_curve(answer, timeline)
    assert of_ramps is not None
    assert "at up to 6,000 VUs" in str(of_ramps.svg)


def test_failures_and_latencies_are_those_of_the_ramps_and_the_page_says_so(answer: Answer, timeline: Timeline) -> None:
    def said(of: Answer) -> str:
        return render(of, timeline, UTC).replace("\N{NO-BREAK SPACE}", " ")

    none = Failures(count=0, ratio=0.0)
    assert "430 failed, 0.08 % of all requests of the ramps" in said(answer)
    assert "Expected replies of the ramps took" in said(answer)
    assert "No request of the ramps failed." in said(answer.model_copy(update={"failures": none}))
    probed = answer.model_copy(update={"failures": none, "parts": answer.parts[:1]})
    assert "No request of the probe failed." in said(probed)
    assert "No request failed." in said(probed.model_copy(update={"parts": []}))


def test_a_run_without_parts_has_neither_strip_nor_table(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    assert strip.parts_over_time(make_answer(), make_timeline()) is None
    assert "How the run went" not in render(make_answer(), make_timeline(), UTC)


def test_the_page_tells_how_the_run_went(answer: Answer, timeline: Timeline) -> None:
    page = re.sub(r"<[^>]*>", " ", render(answer, timeline, UTC)).replace("\N{NO-BREAK SPACE}", " ")
    said = " ".join(page.split())
    assert "probe 09:58:20 , 90 s, planned up to 2,000 VUs Went through its plan. Nothing is known yet." in said
    assert f"ramp 10:00:00 , 600 s of 900 s, planned up to 3,540 VUs Stopped: {EVIDENCE}. Of the probe." in said
    assert f"confirmation 10:10:40 , 160 s of 180 s, 1,021 requests/s Stopped: {HELD}." in said
    assert "At a constant arrival rate 1,021 requests/s held 99.9 % (99.8 % to 100.0 %) good within 1.00 s" in said
    assert f"10:09:58 · ramp stopped: {EVIDENCE}" in said
    assert "part: probe" not in said


def test_a_part_that_is_told_of_without_its_samples_is_in_the_table(answer: Answer) -> None:
    page = render(answer, None, UTC)
    assert "How the run went" in page
    assert 'class="chart"' not in page
