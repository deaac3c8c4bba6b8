"""The whole page: what it says, that it is safe, and that it needs nothing but itself."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, timedelta, timezone
from html.parser import HTMLParser

import numpy as np
import pytest

from loadline.report import render
from rules.answer import Answer, Interval
from rules.finding import Finding, Outcome, Verdict
from rules.timeline import Timeline

MakeAnswer = Callable[..., Answer]
MakeTimeline = Callable[..., Timeline]
VOID = {"meta", "br", "hr", "img"}
CELLS = {"td", "th", "dt", "dd"}


class _Balance(HTMLParser):
    """Fails where a tag is closed that is not open; keeps what is left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # the parser passes it
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " " if tag in CELLS else ""

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(page: str) -> _Balance:
    reader = _Balance()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_it_says_the_answer_as_people_do(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    text = " ".join(_read(render(make_answer(), make_timeline(), UTC)).text.split())
    for said in (
        "It sustains 1,090 requests/s. 1,078 to 1,102 (95 % interval)",
        "20 November 2026, 10:00:00 UTC to 10:10:00 (10 min)",
        "This run may be trusted, with remarks.",
        "True capacity 1,100 requests/s",
        "Light load 31 ms 48 ms 61 ms",
        "At the end 4.41 s 7.20 s unknown",
        "503 Service Unavailable 420",
        "10:07:30 to 10:08:00 · failures: 503 ×420",
        "The tag scenario was switched off, so all scenarios were taken as one.",
    ):
        assert said in text


def test_it_follows_the_products_reading_order(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    page = render(make_answer(), make_timeline(), UTC)
    headings = re.findall(r'<h2 id="(\w+)"', page)
    assert headings == ["trust", "throughput", "latency", "failures", "resource", "findings"]
    assert page.index("<h1>") < page.index("<h2")


def test_times_are_told_in_the_zone_asked_for(make_answer: MakeAnswer) -> None:
    page = render(make_answer(), None, timezone(timedelta(hours=9), "KST"))
    assert "20 November 2026, 19:00:00 KST" in page
    assert '<time datetime="2026-11-20T10:00:00Z">' in page


def test_a_hostile_testid_is_only_text(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    hostile = '</title><script>alert("1")</script>'
    finding = Finding(rule=hostile, verdict=Outcome.OK, because=hostile, advice=hostile, unit=hostile, query=hostile)
    answer = make_answer(testid=hostile, because=hostile, findings=[finding])
    reader = _read(render(answer, make_timeline(failures_by_status={hostile: np.ones(120)}), UTC))
    assert "script" not in reader.seen
    assert hostile in reader.text


def test_it_needs_nothing_but_itself(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    page = render(make_answer(), make_timeline(), UTC)
    assert not re.search(r"https?://|//[a-z]|url\(|@import|src=|href=|<script|<link", page)


def test_each_drawing_is_well_formed_xml(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    page = render(make_answer(), make_timeline(), UTC)
    drawings = re.findall(r'<svg viewBox="0 0 640.*?</svg>', page, re.DOTALL)
    assert [ET.fromstring(drawing).tag for drawing in drawings] == ["svg"] * 6  # noqa: S314  # our own output


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("best", [Interval(), Interval(low=812.3), Interval(value=900, low=800, high=1000)])
def test_each_verdict_renders_with_and_without_its_numbers(
    make_answer: MakeAnswer, make_timeline: MakeTimeline, verdict: Verdict, best: Interval
) -> None:
    page = render(make_answer(verdict=verdict, max_throughput=best), make_timeline(), UTC)
    assert f"Verdict: {verdict.value.replace('_', ' ')}." in _read(page).text


def test_an_answer_of_unknowns_without_a_timeline_is_a_page_of_words(make_answer: MakeAnswer) -> None:
    window = make_answer().window
    bare = Answer(testid=None, window=window, verdict=Verdict.INCONCLUSIVE, because="too short " * 2000)
    page = render(bare, None, UTC)
    text = _read(page).text
    assert 'class="chart"' not in page
    assert "untagged run" in text
    assert "there is nothing to draw" in text
    assert "Whether requests failed is unknown." in text
    assert "No rule was asked." in text


def test_an_empty_timeline_is_as_good_as_none(make_answer: MakeAnswer, make_timeline: MakeTimeline) -> None:
    none = np.empty(0)
    empty = Timeline("a", 0.0, 5.0, 5.0, vus=none, throughput=none, goodput=none)
    assert render(make_answer(), empty, UTC) == render(make_answer(), None, UTC)


@pytest.mark.parametrize("bins", [1, 120, 300, 5000])
def test_it_stays_small_however_long_the_run(make_answer: MakeAnswer, make_timeline: MakeTimeline, bins: int) -> None:
    assert len(render(make_answer(), make_timeline(bins=bins), UTC).encode()) < 150_000


def test_the_whole_answer_is_in_it(make_answer: MakeAnswer) -> None:
    answer = make_answer()
    text = _read(render(answer, None, UTC)).text
    inside = text[text.index('{\n  "schema"') : text.rindex("}") + 1]
    assert Answer.from_json(inside) == answer
