"""Ctrl-C at any moment of ``loadline demo``: 130, the answer if there was load, and nothing left behind."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from rules.answer import Answer
from rules.finding import Verdict
from tests.loadline.started import Started, started
from tests.real import wait_for

Moment = Callable[[Started], bool]
NUMBERS = re.compile(r"VUs [1-9]\d*  [0-9.]+ requests/s  p95 [0-9.]+ m?s  failed 0 %")


def prometheus_starts(demo: Started) -> bool:
    return demo.says("starting Prometheus")


def k6_runs(demo: Started) -> bool:
    return demo.says("Ctrl-C stops and answers") and demo.has("k6")


def numbers_are_shown(demo: Started) -> bool:
    return NUMBERS.search(demo.err) is not None or demo.says("never")


def k6_is_being_stopped(demo: Started) -> bool:
    return demo.says("stopping k6")


PRESSES: dict[str, list[tuple[Moment, signal.Signals]]] = {
    "while Prometheus starts": [(prometheus_starts, signal.SIGINT)],
    "when k6 runs": [(k6_runs, signal.SIGINT)],
    "when numbers are shown": [(numbers_are_shown, signal.SIGINT)],
    "by SIGTERM": [(k6_runs, signal.SIGTERM)],
    "twice": [(numbers_are_shown, signal.SIGINT), (k6_is_being_stopped, signal.SIGINT)],
}
"""When which signal is sent."""


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Started]:
    """All of them side by side, interrupted and ended: each waits most of its time."""
    folder = tmp_path_factory.mktemp("demos")
    with ExitStack() as stack:
        demos = {
            name: stack.enter_context(started(folder / name.replace(" ", "-"), "demo", "--format", "json"))
            for name in PRESSES
        }
        waiting = [(demos[name], list(presses)) for name, presses in PRESSES.items()]

        def all_pressed() -> bool:
            for demo, presses in waiting:
                if presses and presses[0][0](demo):
                    demo.process.send_signal(presses.pop(0)[1])
            return not any(presses for _, presses in waiting)

        wait_for(all_pressed, "moment for each signal", 60)
        for demo in demos.values():
            demo.process.wait(30)
    return demos


@pytest.mark.parametrize("name", PRESSES)
def test_the_code_is_130_without_a_traceback(demos: dict[str, Started], name: str) -> None:
    assert demos[name].process.returncode == 130, demos[name].err
    assert "Traceback" not in demos[name].err
    assert "Exception ignored" not in demos[name].err


@pytest.mark.parametrize("name", PRESSES)
def test_no_process_and_no_file_is_left(demos: dict[str, Started], name: str) -> None:
    assert demos[name].family() == []
    assert list(demos[name].tmpdir.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in PRESSES if name != "while Prometheus starts"])
def test_what_k6_showed_until_then_is_answered_and_kept(demos: dict[str, Started], name: str) -> None:
    answer = Answer.from_json(demos[name].out)
    assert answer.verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_SATURATED)
    assert answer.true_capacity == 400
    assert demos[name].err.count("stopping k6; the answer so far follows") == 1
    assert "answer and report: " in demos[name].err


def test_numbers_that_were_shown_are_in_the_answer(demos: dict[str, Started]) -> None:
    answer = Answer.from_json(demos["when numbers are shown"].out)
    assert answer.failures is not None
    assert answer.failures.count == 0
    assert (answer.window.end - answer.window.start).total_seconds() >= 5


def test_an_interrupted_run_is_no_fault_of_the_generator(demos: dict[str, Started]) -> None:
    answer = Answer.from_json(demos["when numbers are shown"].out)
    assert answer.plan is not None
    assert (answer.plan.ended, answer.plan.local) == ("interrupted", True)
    said = next(one.because for one in answer.findings if one.rule == "generator")
    assert f"the run was interrupted at {answer.generator.vus} of {answer.plan.vus:,} planned VUs" in said
    assert answer.generator.verdict != "limited"


def test_before_any_load_there_is_nothing_to_answer_and_one_line_says_so(demos: dict[str, Started]) -> None:
    demo = demos["while Prometheus starts"]
    assert demo.out == ""
    assert demo.err.split("\n") == ["starting Prometheus and the exporter", "", "loadline: interrupted", ""]


INTERRUPTED_IMPORT = """
import runpy, signal, sys

class CtrlC:
    def find_spec(self, name, path, target=None):
        if name == "click":
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, CtrlC())
runpy.run_module("loadline", run_name="__main__")
"""


def test_while_the_command_is_still_being_read_it_ends_without_a_word() -> None:
    command = [sys.executable, "-c", INTERRUPTED_IMPORT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
