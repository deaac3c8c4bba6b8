"""The drawing itself: breaks at gaps, escaped text, well-formed XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np

from loadline.report.svg import Axis, Chart

NAN = np.nan


def _chart(title: str = "t") -> Chart:
    return Chart(title, "d", Axis(0, 10, [0, 10], ["0", "10"], "s"), Axis(0, 1, [0, 1], ["0", "1"], "ratio"))


def _path(chart: Chart, style: str) -> str:
    return next(path.attrib["d"] for path in _parsed(chart).iter("path") if path.attrib["class"] == style)


def _parsed(chart: Chart) -> ET.Element:
    return ET.fromstring(str(chart.markup()))  # noqa: S314  # our own output


def test_a_line_breaks_where_a_value_is_missing() -> None:
    chart = _chart()
    chart.line(np.arange(6.0), np.array([0.0, 1.0, NAN, 0.5, 0.5, NAN]), "c1")
    drawn = _path(chart, "line c1")
    assert drawn.count("M") == 2
    assert drawn.count("L") == 2
    assert "nan" not in drawn


def test_a_value_alone_between_gaps_is_a_dot() -> None:
    chart = _chart()
    chart.line(np.array([0.0, 5.0, 10.0]), np.array([NAN, 0.0, NAN]), "c1")
    assert _path(chart, "line c1") == "M344 204h0"


def test_points_without_a_value_are_left_out() -> None:
    chart = _chart()
    chart.points(np.array([0.0, NAN, 10.0]), np.array([0.0, 0.5, 1.0]), "c2")
    assert _path(chart, "points c2") == "M66 204h0M622 34h0"


def test_nothing_observed_draws_nothing() -> None:
    before = str(_chart().markup())
    chart = _chart()
    chart.line(np.array([0.0]), np.array([NAN]), "c1")
    chart.points(np.empty(0), np.empty(0), "c1")
    assert str(chart.markup()) == before


def test_labels_cannot_break_out_of_the_drawing() -> None:
    hostile = '</svg><script>alert("1")</script>\x00\x1b'
    chart = _chart(hostile)
    chart.vertical(5, hostile, "knee")
    chart.horizontal(0.5, hostile, "limit")
    chart.stretch(1, 2, "gap", hostile)
    chart.numbered(1, "1", "event", hostile)
    assert "<script>" not in chart.markup()
    assert _parsed(chart)[0].text == '</svg><script>alert("1")</script>\ufffd\ufffd'


def test_it_says_what_it_shows() -> None:
    parsed = _parsed(_chart("CPU"))
    assert [(child.tag, child.text) for child in parsed][:2] == [("title", "CPU"), ("desc", "d")]
    assert parsed.attrib["role"] == "img"


def test_a_block_has_the_first_of_its_labels_that_fits() -> None:
    for end, shown in ((10, ["confirmation-2"]), (1, ["2"]), (0.1, [])):
        chart = _chart()
        chart.block(0, end, ["confirmation-2", "2"], "confirmation", "tip")
        assert [one.text for one in _parsed(chart).iter("text") if one.attrib["class"] == "mark"] == shown


def test_a_long_label_at_the_begin_of_an_axis_stays_clear_of_the_other_axis() -> None:
    axis = Axis(0, 10, [0, 10], ["0:00", "0:10"], "s")
    chart = Chart("t", "d", axis, Axis(0, 1, [0, 1], ["0", "1"], "requests/s"))
    anchors = [one.attrib["text-anchor"] for one in _parsed(chart).iter("text") if one.text in ("0:00", "0:10")]
    assert anchors == ["start", "middle"]
