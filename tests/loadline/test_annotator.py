"""The annotator against a Grafana on a real socket that fails in every way, by a clock that stands where it is put."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loadline.annotator import Annotator
from loadline.cycle import Watched
from loadline.grafana_login import Login
from rules.answer import Answer, Event
from rules.finding import Verdict, Window
from rules.runs import Run
from tests.grafana import EDITOR_TOKEN, VIEWER_TOKEN, FakeGrafana, serving

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[FakeGrafana]:
    with serving() as fake:
        yield fake


def watched(testid: str = "a", seconds: float = 300, over: bool = False, text: str = "load test") -> Watched:
    end = START + timedelta(seconds=seconds)
    events = [Event(rule="run", time=START, end=end, text=text)]
    if over:
        events.append(Event(rule="verdict", time=end, text="saturated: 400 [398, 402] requests/s"))
    window = Window(start=START, end=end)
    answer = Answer(testid=testid, window=window, verdict=Verdict.SATURATED, because="b", events=events)
    run = Run(testid, f'testid="{testid}"', START.timestamp(), end.timestamp())
    return Watched(run, answer, over, run.end)


def annotator(url: str, folder: Path, clock: Clock, said: list[str], token: str = EDITOR_TOKEN) -> Annotator:
    file = folder / "token"
    file.write_text(token)
    return Annotator(Login(url, token_file=file), said.append, clock)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "loadline.troubles"]


def shown(server: FakeGrafana) -> list[tuple[str, int]]:
    """Tags after the first, and length in seconds, of each annotation."""
    rows = server.annotations.values()
    return sorted((" ".join(one["tags"][1:]), (one["timeEnd"] - one["time"]) // 1000) for one in rows)


def test_a_grafana_that_is_down_for_ten_minutes_loses_nothing(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "loadline.troubles")
    clock, said = Clock(), list[str]()
    marks = annotator(server.url, tmp_path, clock, said)
    server.fail(503, 10**6)
    known = [watched("a", 60, over=True)]
    for second in range(0, 600, 5):
        clock.now = float(second)
        known = [watched("b", second, over=second >= 300), *([known[-1]] if second < 200 else [])]
        marks.take(known if second < 500 else [])  # both are long gone when it is back
        marks.step()
    attempts = len(server.requests) / 3
    assert server.annotations == {}
    assert 10 <= attempts <= 16
    assert len(logged(caplog)) == 1

    server.fail(0, 0)
    for second in range(600, 670, 5):
        clock.now = float(second)
        marks.step()
    assert shown(server) == [
        ("testid:a rule:run", 60),
        ("testid:a rule:verdict", 0),
        ("testid:b rule:run", 495),
        ("testid:b rule:verdict", 0),
    ]
    assert logged(caplog)[1:] == ["Grafana works again"]
    asked = len(server.requests)
    clock.now += 5
    marks.step()
    assert len(server.requests) == asked


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (429, "is asked too often (429)"),
        (500, "still answers 500 after retries"),
        ("html", "something that is not Grafana's JSON"),
        (302, "redirects to https://login.example.com/ (302)"),
        (403, "does not let this account write annotations (403)"),
        (404, "there is no Grafana API at"),
        (401, "does not know the token in"),
    ],
)
def test_each_way_to_fail_is_said_once_and_made_up_for(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture, how: int | str, said: str
) -> None:
    caplog.set_level("INFO", "loadline.troubles")
    clock = Clock()
    marks = annotator(server.url, tmp_path, clock, [])
    server.retry_after = "30"
    server.fail(how, 10**6)
    marks.take([watched()])
    for second in range(0, 120, 5):
        clock.now = float(second)
        marks.step()
    (line,) = logged(caplog)
    assert said in line
    assert "\n" not in line
    assert EDITOR_TOKEN not in line
    server.fail(0, 0)
    clock.now = 200.0
    marks.step()
    assert shown(server) == [("testid:a rule:run", 300)]
    assert logged(caplog)[1:] == ["Grafana works again"]


def test_a_role_that_may_only_read_is_said(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    marks = annotator(server.url, tmp_path, Clock(), [], VIEWER_TOKEN)
    marks.take([watched()])
    marks.step()
    assert logged(caplog) == [
        f"Grafana at {server.url} does not let this account write annotations (403). "
        "Give the service account the role Editor"
    ]


def test_it_waits_as_long_as_grafana_asks_and_not_for_hours(server: FakeGrafana, tmp_path: Path) -> None:
    clock = Clock()
    marks = annotator(server.url, tmp_path, clock, [])
    marks.take([watched()])
    for asked, waits in (("90", 90.0), ("86400", 600.0)):
        server.retry_after = asked
        server.fail(429, 1)
        marks.step()
        before = len(server.requests)
        clock.now += waits - 1
        marks.step()
        assert len(server.requests) == before
        clock.now += 2
    marks.step()
    assert len(server.annotations) == 1


def test_two_that_annotate_at_the_same_moment_converge_within_two_cycles(server: FakeGrafana, tmp_path: Path) -> None:
    both = [annotator(server.url, tmp_path, Clock(), []) for _ in range(2)]
    for one in both:
        one.take([watched(over=True)])
    server.meet = threading.Barrier(2)
    counts = []
    for _ in range(3):
        threads = [threading.Thread(target=one.step) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counts.append((len(server.annotations), len(server.written())))
    # Four made by two, then two of them deleted by each; of the third look nothing follows.
    assert counts == [(4, 4), (2, 8), (2, 8)]
    assert shown(server) == [("testid:a rule:run", 300), ("testid:a rule:verdict", 0)]


def test_two_that_say_different_things_do_not_argue_for_ever(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    both = [annotator(server.url, tmp_path, Clock(), []) for _ in range(2)]
    for one, text in zip(both, ("this", "that"), strict=True):
        one.take([watched(text=text)])
    for _ in range(20):
        for one in both:
            one.step()
    assert 2 <= len(server.written()) <= 10
    assert shown(server) == [("testid:a rule:run", 300)]
    assert logged(caplog)[0] == (
        "a: its annotations are changed again and again. "
        "Does another watcher write them, with another store or Prometheus?"
    )


def test_one_annotation_that_is_refused_does_not_hold_up_the_others(
    server: FakeGrafana, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    marks = annotator(server.url, tmp_path, Clock(), [])
    marks.take([watched("odd", text=""), watched("plain")])
    marks.step()
    marks.step()
    assert shown(server) == [("testid:plain rule:run", 300)]
    assert logged(caplog) == [f"odd: Grafana at {server.url} refused an annotation (400): Failed to save annotation"]
    asked = len(server.requests)
    marks.step()
    assert len(server.requests) == asked
    marks.take([watched("odd", 305), watched("plain")])
    marks.step()
    assert shown(server)[0] == ("testid:odd rule:run", 305)


def test_a_grafana_that_hangs_holds_up_nobody_who_brings_news(server: FakeGrafana, tmp_path: Path) -> None:
    marks = annotator(server.url, tmp_path, Clock(), [])
    server.fail("hangs", 1)
    stop = threading.Event()
    marks.take([watched()])
    loop = threading.Thread(target=marks.run, args=(stop, 60.0))
    loop.start()
    while not server.requests:
        stop.wait(0.01)
    marks.take([watched(seconds=305)])  # returns at once
    server.let_go.set()
    while len(server.written()) < 1:
        marks.wake()
        stop.wait(0.01)
    stop.set()
    marks.wake()
    loop.join(10)
    assert not loop.is_alive()


def test_all_is_written_again_to_a_grafana_that_comes_back_with_an_empty_database(
    server: FakeGrafana, tmp_path: Path
) -> None:
    clock, said = Clock(), list[str]()
    marks = annotator(server.url, tmp_path, clock, said)
    marks.take([watched("a", over=True), watched("b")])
    marks.step()
    marks.step()
    server.annotations.clear()
    server.fail(503, 3)
    marks.take([watched("a", over=True), watched("b", 305)])
    marks.step()
    clock.now += 60
    marks.step()
    marks.step()
    assert shown(server) == [("testid:a rule:run", 300), ("testid:a rule:verdict", 0), ("testid:b rule:run", 305)]
