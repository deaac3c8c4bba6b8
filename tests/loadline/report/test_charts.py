"""What each chart shows, and when there is none."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from loadline.report import charts
from loadline.report.overtime import Figure
from loadline.report.svg import LEFT, RIGHT, WIDTH
from rules.answer import Answer, Event, Interval, Objective, SloCapacity
from rules.finding import Verdict
from rules.timeline import Host, Timeline

MakeAnswer = Callable[..., Answer]
MakeTimeline = Callable[..., Timeline]
ALL = [
    charts.load_curve, charts.throughput_over_time, charts.vus_over_time, charts.latency_over_time,
    charts.failures_over_time, charts.cpu_over_time,
]  # fmt: skip


def _parsed(figure: Figure | None) -> ET.Element:
    assert figure is not None
    return ET.fromstring(str(figure.svg))  # noqa: S314  # our own output


def _texts(figure: Figure | None) -> list[str | None]:
    return [element.text for element in _parsed(figure).iter("text")]


def _paths(figure: Figure | None, style: str) -> list[str]:
    return [path.attrib["d"] for path in _parsed(figure).iter("path") if path.attrib["class"] == style]


@pytest.mark.parametrize("make", ALL)
def test_every_chart_has_a_title_and_a_description(
    make: Callable[[Answer, Timeline], Figure | None], make_answer: MakeAnswer, make_timeline: MakeTimeline
) -> None:
    first, second = list(_parsed(make(make_answer(), make_timeline())))[:2]
    assert (first.tag, second.tag) == ("title", "desc")
    assert first.text
    assert second.text


def test_the_load_curve_marks_plateau_knee_and_slo_capacity(
    make_answer: MakeAnswer, make_timeline: MakeTimeline
) -> None:
    figure = charts.load_curve(make_answer(), make_timeline())
    assert {"1,090 requests/s", "SLO capacity 1,043", "knee 1,180 VUs"} <= set(_texts(figure))
    knee = float(_paths(figure, "rule knee")[0].split(" ")[0][1:])
    assert knee == pytest.approx(LEFT + 1180 / 6000 * (WIDTH - RIGHT - LEFT), abs=0.1)
    band = next(rect for rect in _parsed(figure).iter("rect") if rect.attrib["class"] == "plateau")
    # The drawing is 356 units high for 1,200 requests/s.
    assert float(band.attrib["height"]) == pytest.approx((1101.9 - 1078.0) / 1200 * 356, abs=0.1)


def test_a_rate_that_was_held_is_at_least_in_the_load_curve_too(
    make_answer: MakeAnswer, make_timeline: MakeTimeline
) -> None:
    held = make_answer(slo_capacity=SloCapacity(value=900.0, low=891.0))
    assert "SLO capacity at least 900" in _texts(charts.load_curve(held, make_timeline()))


def test_points_before_the_knee_are_told_from_those_after(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    figure = charts.load_curve(make_answer(), make_timeline())
    seen = make_timeline().vus[np.isfinite(make_timeline().vus)]
    before, after = (_paths(figure, f"points {style}")[0].count("M") for style in ("c5", "c1"))
    assert (before, after) == ((seen < 1180).sum(), (seen >= 1180).sum())


def test_a_lower_bound_has_a_line_and_no_band(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    answer = make_answer(verdict=Verdict.NOT_SATURATED, max_throughput=Interval(low=812.3), knee=None)
    figure = charts.load_curve(answer, make_timeline())
    assert "at least 812 requests/s" in _texts(figure)
    assert not list(_parsed(figure).iter("rect"))


def test_without_goodput_the_throughput_is_called_by_its_name(
    make_answer: MakeAnswer, make_timeline: MakeTimeline
) -> None:
    figure = charts.load_curve(make_answer(), make_timeline(goodput=None))
    assert figure is not None
    assert figure.title == "VUs against throughput"


def test_a_gap_breaks_the_line_and_is_shaded(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    figure = charts.throughput_over_time(make_answer(), make_timeline())
    assert [path.count("M") for path in _paths(figure, "line c1")] == [2]
    gaps = [rect for rect in _parsed(figure).iter("rect") if rect.attrib["class"] == "gap"]
    assert [float(gap.attrib["width"]) for gap in gaps] == [pytest.approx(15 / 600 * 556, abs=0.1)]


def test_events_are_numbered_in_the_order_of_time_and_near_ones_not_overprinted(
    make_answer: MakeAnswer, make_timeline: MakeTimeline
) -> None:
    start = make_answer().window.start
    at = (300, 60, 61)
    events = [Event(rule="r", time=start + timedelta(seconds=s), text=f"at {s}") for s in at]
    figure = charts.throughput_over_time(make_answer(events=events), make_timeline())
    numbers = [e for e in _parsed(figure).iter("text") if e.attrib["class"] == "mark event"]
    assert [(e.text, e[0].text) for e in numbers] == [("1", "at 60"), ("3", "at 300")]
    assert len(_paths(figure, "rule event")) == 3


def test_latency_has_three_quantiles_and_the_limit(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    figure = charts.latency_over_time(make_answer(), make_timeline())
    assert figure is not None
    assert [key.text for key in figure.keys] == ["p50", "p95", "p99"]
    assert "limit 1.00 s" in _texts(figure)


def test_the_quantiles_are_those_of_the_distribution(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    timeline = make_timeline(gaps=(), notes=())
    figure = charts.latency_over_time(make_answer(), timeline)
    last = [float(re.split(r"[ML ]|h0", _paths(figure, f"line {style}")[0])[-1]) for style in ("c1", "c2", "c4")]
    # The last response time is lognormal about 6000/1100 - 1 = 4.45 s with sigma 0.35; 170 units are 12 s.
    seconds = [(204 - y) / 170 * 12 for y in last]
    assert seconds == pytest.approx([4.45, 4.45 * np.exp(1.645 * 0.35), 4.45 * np.exp(2.326 * 0.35)], rel=0.04)


def test_a_limit_far_above_the_chart_is_said_instead(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    far = SloCapacity(limits=Objective(latency_seconds=60.0))
    figure = charts.latency_over_time(make_answer(slo_capacity=far), make_timeline())
    assert figure is not None
    assert figure.note == "The limit, 60 s, lies above the chart."
    assert not _paths(figure, "rule limit")


def test_without_a_distribution_the_mean_is_drawn(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    timeline = make_timeline()
    assert timeline.expected_durations is not None
    none = np.empty(0)
    bare = replace(timeline.expected_durations, lower=none, upper=none, buckets=np.empty((120, 0)))
    figure = charts.latency_over_time(make_answer(), replace(timeline, expected_durations=bare))
    assert figure is not None
    assert [key.text for key in figure.keys] == ["mean"]


def test_failures_are_drawn_by_status_and_only_those_that_happened(
    make_answer: MakeAnswer, make_timeline: MakeTimeline
) -> None:
    figure = charts.failures_over_time(make_answer(), make_timeline())
    assert figure is not None
    assert [key.text for key in figure.keys] == ["503 Service Unavailable", "no reply"]
    assert charts.failures_over_time(make_answer(), make_timeline(failures_by_status={"503": np.zeros(120)})) is None


def test_many_statuses_end_in_others(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    rates = {str(code): np.full(120, float(code)) for code in range(500, 510)}
    figure = charts.failures_over_time(make_answer(), make_timeline(failures_by_status=rates))
    assert figure is not None
    assert [key.text for key in figure.keys][-1] == "others"
    assert len(figure.keys) == 6


def test_cpu_names_each_host_and_its_role(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    figure = charts.cpu_over_time(make_answer(), make_timeline())
    assert figure is not None
    assert [key.text for key in figure.keys][::2] == [
        "10.0.1.12:9100 (server), all cores", "10.0.1.40:9100 (generator), all cores",
    ]  # fmt: skip


@pytest.mark.parametrize("make", ALL)
def test_a_run_of_nothing_but_gaps_has_no_chart(
    make: Callable[[Answer, Timeline], Figure | None], make_answer: MakeAnswer, make_timeline: MakeTimeline
) -> None:
    nan = np.full(120, np.nan)
    timeline = make_timeline()
    assert timeline.expected_durations is not None
    durations = replace(timeline.expected_durations, counts=nan, sums=nan, buckets=np.full((120, 121), np.nan))
    void = replace(
        timeline, vus=nan, throughput=nan, goodput=nan, failures_by_status={"503": nan},
        expected_durations=replace(durations, buckets=durations.buckets[:, : durations.upper.size]),
        hosts=(Host("h", "server", nan, nan),),
    )  # fmt: skip
    assert make(make_answer(), void) is None
