"""The live line: what is not known is a dash, a pipe is not flooded, and a Prometheus that is gone disturbs nothing."""

from __future__ import annotations

import io
import time

import pytest

from loadline.live import Line, Snapshot, Watcher, terminal
from rules.errors import PrometheusError
from rules.prometheus import Prometheus
from rules.signals.signal import where
from tests.loadline.pushes import push


class Screen(io.StringIO):
    """A terminal, as far as anybody asks."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("TERM", "xterm")
    return Screen()


def test_what_is_not_known_yet_is_a_dash_and_never_a_zero() -> None:
    assert str(Snapshot(0.4, 90.0)) == ("0:00 / 1:30  VUs –  – requests/s  p95 –  failed –  so far: too early to tell")


def test_what_is_known_is_told_with_units() -> None:
    shown = Snapshot(61.9, None, vus=1200.0, rate=1090.4, p95=0.0481, failed=0.0, verdict="saturated: 1,090 requests/s")
    assert str(shown) == (
        "1:01  VUs 1,200  1,090 requests/s  p95 48.1 ms  failed 0 %  so far: saturated: 1,090 requests/s"
    )


def test_a_pipe_gets_a_line_every_ten_seconds() -> None:
    pipe = io.StringIO()
    with Line(terminal(pipe, width=40)) as line:
        for elapsed in (0.0, 1.0, 9.9, 10.1, 11.0, 20.0, 20.1, 35.0):
            line.show(Snapshot(elapsed, 90.0))
    assert [said.partition(" ")[0] for said in pipe.getvalue().splitlines()] == ["0:00", "0:10", "0:20", "0:35"]


def test_each_part_of_a_run_begins_with_a_line_of_its_own() -> None:
    pipe = io.StringIO()
    with Line(terminal(pipe, width=40)) as line:
        for part, elapsed in (("probe", 0.0), ("probe", 31.0), ("ramp", 0.0), ("ramp", 9.0), ("ramp", 10.0)):
            line.show(Snapshot(elapsed, 90.0, part=part))
    assert [" ".join(said.split()[:2]) for said in pipe.getvalue().splitlines()] == [
        "probe 0:00",
        "probe 0:31",
        "ramp 0:00",
        "ramp 0:10",
    ]


def test_a_narrow_terminal_shows_the_verdict_too(screen: Screen) -> None:
    said = "saturated: 399 requests/s [390, 407]"
    with Line(terminal(screen, width=60)) as line:
        line.show(Snapshot(112.0, 550.0, 1711.0, 399.0, 3.35, 0.0, said, "ramp"))
        line.show(Snapshot(113.0, 550.0, 1711.0, 399.0, 3.35, 0.0, said, "ramp"))
    shown = screen.getvalue()
    assert "407]" in shown
    assert shown.count("\x1b[1A\x1b[2K") >= 2  # two lines are taken back, for the next look and at the end


def test_a_terminal_gets_one_line_redrawn_and_cleared_at_the_end(screen: Screen) -> None:
    with Line(terminal(screen, width=60)) as line:
        for elapsed in (0.0, 1.0, 2.0):
            line.show(Snapshot(elapsed, 90.0))
    assert [moment in screen.getvalue() for moment in ("0:00", "0:01", "0:02")] == [True, True, True]
    assert screen.getvalue().endswith("\x1b[2K")


def test_a_terminal_that_cannot_redraw_gets_lines_as_a_pipe_does(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with Line(terminal(screen, width=60)) as line:
        for elapsed in (0.0, 1.0, 11.0):
            line.show(Snapshot(elapsed, 90.0))
    assert [said.partition(" ")[0] for said in screen.getvalue().splitlines()] == ["0:00", "0:11"]


def test_a_look_reads_prometheus_and_judges_only_now_and_then(prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(prometheus, "looked-at", start, range(61))
    judged: list[str] = []

    def judge() -> str:
        judged.append("saturated")
        return "saturated"

    watcher = Watcher(prometheus, where(testid="looked-at"), "20s", 300.0, judge)
    early = watcher.look(4.0, start + 4)
    assert (early.rate, early.verdict) == (None, "too early to tell")
    seen = watcher.look(300.0, start + 300)
    assert seen.vus == 600
    assert seen.rate == pytest.approx(200, rel=0.01)
    assert (seen.p95, seen.failed, seen.verdict) == (None, 0.0, "saturated")
    watcher.look(301.0, start + 300)
    assert judged == ["saturated"]
    watcher.look(306.0, start + 300)
    assert judged == ["saturated", "saturated"]


def test_a_prometheus_that_is_gone_leaves_no_old_values_standing(prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(prometheus, "lost", start, range(61))
    client = Prometheus(prometheus.url)
    watcher = Watcher(client, where(testid="lost"), "20s", 300.0, lambda: "saturated")
    assert watcher.look(300.0, start + 300).vus == 600
    assert watcher.trouble is None
    client.url = "http://127.0.0.1:9"
    for elapsed in (305.0, 310.0):
        said = str(watcher.look(elapsed, start + elapsed))
        assert said == f"5:{elapsed - 300:02.0f} / 5:00  no numbers from Prometheus since 5:00"
        assert "cannot be reached (connection refused)" in str(watcher.trouble)
    client.url = prometheus.url
    assert str(watcher.look(311.0, start + 300)).startswith("5:11 / 5:00  VUs 600  ")
    assert watcher.trouble is None


def test_a_prometheus_that_answers_but_records_no_more_is_told_too(prometheus: Prometheus) -> None:
    """As with a full disk: it refuses k6's writes, and answers queries with what it has."""
    start = float(round(time.time()) - 600)
    push(prometheus, "full", start, range(61))
    watcher = Watcher(prometheus, where(testid="full"), "20s", 300.0, lambda: "saturated")
    assert watcher.look(0.0, start - 1).silent_since is None  # k6 has not pushed yet
    assert watcher.look(310.0, start + 310).vus == 600
    for elapsed in (321.0, 322.0):
        assert str(watcher.look(elapsed, start + elapsed)).endswith("  no numbers from Prometheus since 5:10")
        assert str(watcher.trouble) == "k6's samples do not reach Prometheus any more (is a disk full?)"


def test_a_judgement_that_fails_leaves_the_last_verdict(prometheus: Prometheus) -> None:
    def judge() -> str:
        raise PrometheusError("gone")

    assert Watcher(prometheus, "", "20s", None, judge).look(6.0, time.time()).verdict == "too early to tell"
