"""The line of a run: a pipe is not flooded, and a terminal shows all of it, however narrow it is."""

from __future__ import annotations

import io

import pytest

from loadline.line import Line, terminal
from loadline.live import Snapshot


class Screen(io.StringIO):
    """A terminal, as far as anybody asks."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("TERM", "xterm")
    return Screen()


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
