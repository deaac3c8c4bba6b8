"""A Prometheus that goes away in the middle of ``loadline run``: told, started again or waited for, and answered."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from loadline.bench import Bench
from loadline.errors import PrometheusError
from loadline.live import Listener, Snapshot
from loadline.options import parse
from loadline.run import run
from loadline.stack import binaries
from loadline.stack.prometheus import Native
from loadline.stack.recorder import Patience
from rules.answer import Answer
from rules.finding import Verdict
from tests.loadline.stack_scripts import script
from tests.loadline.started import Started, started
from tests.real import RAMP, TRUE_CAPACITY, loadline, start_sample_api, wait_for
from tests.site import site

LIGHT = ("--vus", "4", "--duration", "120s", "--think-time", "200ms")
"""Twenty requests a second, for a run that does not come to its end."""
NUMBERS = re.compile(r"VUs [1-9]  [0-9.]+ requests/s  p95 [0-9]")
PLATEAU = re.compile(r"^0:[23]\d / 1:00  VUs \d", re.MULTILINE)
ENDED = "Prometheus ended with code -9 (killed: out of memory?): "
ONLY_ONCE = """
case "$1" in --version) exec {binary} --version ;; esac
if [ -e {marker} ]; then echo "write {marker}: no space left on device"; exit 7; fi
touch {marker}
exec {binary} "$@"
"""


def kill_prometheus(run: Started, *before: psutil.Process) -> psutil.Process:
    """SIGKILL, as the kernel does it that is out of memory."""
    (one,) = [process for process in run.family() if process.name() == "prometheus" and process not in before]
    one.kill()
    return one


def numbers_are_shown(run: Started) -> bool:
    return NUMBERS.search(run.err) is not None or run.says("never")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Started]]:
    """Side by side: one whose Prometheus dies once, one twice, one cannot be started again, one is the user's."""
    folder = tmp_path_factory.mktemp("lost")
    with Bench() as bench, site() as pages, ExitStack() as stack:
        limited = f"{start_sample_api(bench, '--workers', '2', '--service-ms', '20')}/boards"
        binary = binaries.obtain("prometheus")
        theirs = Native(binary, bench.folder, [], bench.interrupts, bench.adopt)
        theirs.ready()
        dies = script(folder / "prometheus", ONLY_ONCE.format(binary=binary, marker=folder / "marker"))

        def start(name: str, *options: str, env: dict[str, str] | None = None) -> Started:
            arguments = ("run", *options, "--testid", name, "--format", "json")
            return stack.enter_context(started(folder / name, *arguments, env=env))

        once = start("once", limited, *RAMP)
        light = (f"{pages.url}/page", *LIGHT)
        twice, never = start("twice", *light), start("never", *light, env={"LOADLINE_PROMETHEUS": str(dies)})
        back = start("back", *light, "--prometheus-url", theirs.client.url)
        wait_for(lambda: all(numbers_are_shown(one) for one in (twice, never, back)), "number of each")
        first = kill_prometheus(twice)
        kill_prometheus(never)
        theirs.child.process.kill()
        wait_for(lambda: back.says("cannot be reached (connection refused); k6 goes on"), "word of it")
        theirs.ready()
        wait_for(lambda: twice.says("Prometheus records again after"), "restart")
        kill_prometheus(twice, first)
        wait_for(lambda: PLATEAU.search(once.err) is not None or once.says("never"), "plateau")
        kill_prometheus(once)
        wait_for(lambda: back.says("records again after"), "return")
        back.process.terminate()
        for one in (back, never, twice, once):
            one.process.wait(90)
        yield {"once": once, "twice": twice, "never": never, "back": back}


@pytest.mark.parametrize("name", ["once", "twice", "never", "back"])
def test_nothing_is_left_and_no_traceback_is_shown(runs: dict[str, Started], name: str) -> None:
    assert runs[name].family() == []
    assert list(runs[name].tmpdir.iterdir()) == []
    assert "Traceback" not in runs[name].err


def test_one_that_dies_is_started_again_and_the_answer_is_right(runs: dict[str, Started]) -> None:
    once = runs["once"]
    answer = Answer.from_json(once.out)
    assert once.process.returncode == 0, once.err
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(TRUE_CAPACITY, rel=0.04)
    assert answer.plan is not None
    assert answer.plan.ended == "finished"
    assert answer.window.end.timestamp() - answer.window.start.timestamp() > 55
    assert once.err.count(ENDED) == 1
    gap = next(one for one in answer.events if one.rule == "evidence")
    assert gap.end is not None
    assert 0 < (gap.end - gap.time).total_seconds() < 25
    assert ENDED in gap.text
    assert "; starting it again on the same data, and k6 goes on\n" in once.err


def test_one_that_dies_twice_stops_the_load_and_what_it_recorded_is_answered(runs: dict[str, Started]) -> None:
    twice = runs["twice"]
    answer = Answer.from_json(twice.out)
    assert (twice.process.returncode, answer.verdict) == (4, Verdict.INCONCLUSIVE), twice.err
    assert answer.plan is not None
    assert answer.plan.ended == "stopped"
    assert answer.failures is not None
    assert answer.failures.count == 0
    assert twice.err.count(f"\n{ENDED}") == 1
    assert f"\nthe restarted {ENDED}" in twice.err
    assert answer.because.count("Prometheus recorded nothing") == 2
    (log,) = twice.tmpdir.parent.glob("store/twice/*/k6.log")
    assert "test run stopped from REST API" in log.read_text()
    assert twice.err.count("; stopping k6, and answering what can be read\n") == 1


def test_one_that_cannot_be_started_again_ends_the_run_with_what_to_do(runs: dict[str, Started]) -> None:
    never = runs["never"]
    assert (never.process.returncode, never.out) == (1, "")
    said = never.err.splitlines()
    assert any(line.startswith(ENDED) for line in said)
    assert said.count("starting Prometheus again, to read the run") == 1
    assert any(
        line.startswith("the restarted") and line.endswith("; stopping k6, and answering what can be read")
        for line in said
    )
    assert said[-1].startswith("loadline: the run cannot be read: the restarted Prometheus ended with code 7: write /")
    assert said[-1].count("no space left on device") == 1
    assert "no space left on device. Make room where temporary files are (TMPDIR names the folder)" in said[-1]


def test_the_users_own_is_waited_for_while_k6_goes_on(runs: dict[str, Started]) -> None:
    back = runs["back"]
    answer = Answer.from_json(back.out)
    assert back.process.returncode == 130
    assert back.err.count("; k6 goes on, and is stopped if that lasts 120 s") == 1
    assert answer.plan is not None
    assert answer.plan.ended == "interrupted"
    assert answer.window.end.timestamp() - answer.window.start.timestamp() > 8


def test_the_users_own_that_stays_away_ends_the_run_with_how_to_answer_it_later(bench: Bench, tmp_path: Path) -> None:
    theirs = Native(binaries.obtain("prometheus"), bench.folder, [], bench.interrupts, bench.adopt)
    theirs.ready()
    said: list[str] = []
    shown: list[str] = []

    def show(now: Snapshot) -> None:
        shown.append(str(now))
        if now.rate is not None:
            theirs.child.stop(signal.SIGKILL)

    with site() as pages:
        options = parse(url=f"{pages.url}/page", vus=4, duration="60s", think_time="200ms", testid="away")
        options = options.model_copy(update={"prometheus_url": theirs.client.url})
        with pytest.raises(PrometheusError) as told:
            run(options, bench, Listener(said.append, show), patience=Patience(told=0.0, load=2.0, end=1.0))
    assert [child.name() for child in psutil.Process().children() if child.name() == "k6"] == []
    name = f"Prometheus at {theirs.client.url}"
    assert said[2:] == [
        f"{name} cannot be reached (connection refused); k6 goes on, and is stopped if that lasts 2 s",
        f"{name} has recorded nothing for 2 s; stopping k6, and answering what can be read",
        f"{name} does not answer; waiting up to 1 s for it",
    ]
    later = f"loadline analyze --testid away --prometheus-url {theirs.client.url}"
    assert str(told.value) == f"{name} was not back 1 s later. To answer it later: {later}"
    assert re.fullmatch(r"0:\d\d / 1:00  no numbers from Prometheus since 0:\d\d", shown[-1])

    theirs.ready()
    done = loadline(*later.split()[1:], "--format", "json", "--store", str(tmp_path))
    assert done.returncode == 4
    assert Answer.from_json(done.stdout).testid == "away"
