"""The watcher against a real Prometheus and a Grafana on a real socket."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from loadline.text import one_line
from loadline.watch import State, Watch, cycle
from rules.answer import Answer
from rules.answers import AnswerStore
from rules.finding import Verdict
from rules.grafana import Grafana
from rules.judge import analyze
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.timeline import Timeline
from tests.grafana import EDITOR_TOKEN, serving
from tests.loadline.pushes import CAPACITY, push


class Clock:
    """A clock that stands where it is put."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_run_is_followed_from_its_middle_to_the_kept_answer(fresh_prometheus: Prometheus, tmp_path: Path) -> None:
    start = float(round(time.time()) - 600)
    said: list[str] = []
    clock = Clock()
    store = AnswerStore(tmp_path)
    with serving() as server:
        watch = Watch(fresh_prometheus, store, said.append, Grafana(server.url, token=EDITOR_TOKEN), clock)

        push(fresh_prometheus, "a", start, range(17))
        clock.now = start + 82
        watch.step()
        assert said[0].startswith("a: running since 20")
        assert said[1:] == ["a: annotations 1 created"]
        (so_far,) = watch.answers()
        assert (so_far.verdict, [event.rule for event in so_far.events]) == (Verdict.NOT_SATURATED, ["run"])

        watch.step()
        assert (len(said), len(server.requests)) == (2, 2)

        push(fresh_prometheus, "a", start, range(17, 19))
        clock.now = start + 92
        watch.step()
        assert (len(said), server.written()[1:]) == (2, ["PATCH /api/annotations/1"])

        push(fresh_prometheus, "a", start, range(19, 61))
        clock.now = start + 302
        watch.step()
        assert said[2].startswith("a: so far saturated: ")
        assert said[3:] == ["a: annotations 2 created, 1 updated"]
        assert server.annotations[1]["timeEnd"] == (start + 300) * 1000
        assert store.list() == []

        clock.now = start + 331
        watch.step()
        (final,) = watch.answers()
        assert [event.rule for event in final.events] == ["run", "knee", "throughput", "verdict"]
        assert said[4] == f"a: {one_line(final)}"
        assert final.max_throughput.value == pytest.approx(CAPACITY, rel=0.02)
        assert said[5:] == [f"a: kept as {store.folder(final)}/answer.json", "a: annotations 1 created"]
        assert store.load("a").to_json() == final.to_json()
        assert len(server.annotations) == 4

        again = Watch(fresh_prometheus, store, said.append, Grafana(server.url, token=EDITOR_TOKEN), clock)
        written = server.written()
        again.step()
        assert said[7:] == [said[4]]
        assert server.written() == written

    clock.now = start + 905
    watch.step()
    assert watch.answers() == []


def test_an_answer_that_reaches_as_far_is_not_overwritten_one_that_does_not_is(
    fresh_prometheus: Prometheus, tmp_path: Path
) -> None:
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "a", start, range(61))
    store = AnswerStore(tmp_path)
    clock = Clock()
    clock.now = start + 400
    run = Run("a", 'testid="a"', start, start + 300)
    for seconds, stays in ((300, True), (200, False)):
        told, _ = analyze(fresh_prometheus, replace(run, end=start + seconds))
        store.save(told.model_copy(update={"true_capacity": CAPACITY}))
        said: list[str] = []
        Watch(fresh_prometheus, store, said.append, clock=clock).step()
        assert (store.load("a").true_capacity == CAPACITY, len(said)) == (stays, 1 if stays else 2)


def test_a_run_that_breaks_the_analysis_is_inconclusive_and_hides_no_other(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "odd", start, range(61))
    push(fresh_prometheus, "plain", start, range(61))

    def judge(client: Prometheus, run: Run) -> tuple[Answer, Timeline | None]:
        if run.testid == "odd":
            raise ZeroDivisionError("division by zero")
        return analyze(client, run)

    state = cycle(start + 400, fresh_prometheus, {}, judge)
    answers = {one.run.testid: one.answer for one in state.values()}
    assert {testid: answer.verdict for testid, answer in answers.items()} == {
        "odd": Verdict.INCONCLUSIVE,
        "plain": Verdict.SATURATED,
    }
    assert answers["odd"].because == "the analysis failed on this run: ZeroDivisionError: division by zero"


def test_a_run_without_news_is_not_judged_again(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "a", start, range(61))
    judged: list[str | None] = []

    def judge(client: Prometheus, run: Run) -> tuple[Answer, Timeline | None]:
        judged.append(run.testid)
        return analyze(client, run)

    state = cycle(start + 302, fresh_prometheus, {}, judge)
    assert cycle(start + 329, fresh_prometheus, state, judge) == state
    assert judged == ["a"]
    over = cycle(start + 331, fresh_prometheus, state, judge)
    assert cycle(start + 500, fresh_prometheus, over, judge) == over
    assert judged == ["a", "a"]


def test_a_run_whose_clock_is_behind_is_running_while_its_samples_come(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    behind = 40.0
    state: State = {}
    for pushed in (17, 18, 19):
        push(fresh_prometheus, "a", start, range(pushed))
        state = cycle(start + 5.0 * (pushed - 1) + behind, fresh_prometheus, state)
    ((_, one),) = state.items()
    assert not one.over
    silent = cycle(start + 5.0 * 18 + behind + 29.0, fresh_prometheus, state)
    assert [one.over for one in silent.values()] == [True]


def test_a_run_whose_clock_is_ahead_is_seen_to_its_end(fresh_prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "a", start, range(61))
    ((_, one),) = cycle(start + 300 - 40.0, fresh_prometheus, {}).items()
    assert (one.run.end, one.over) == (start + 300, False)


def test_what_is_down_is_said_once_and_made_up_for_later(
    fresh_prometheus: Prometheus, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "loadline.watch")
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "a", start, range(61))
    clock = Clock()
    clock.now = start + 400
    in_the_way = tmp_path / "store"
    in_the_way.write_text("")
    said: list[str] = []
    with serving() as server:
        port = server.port
    watch = Watch(
        fresh_prometheus, AnswerStore(in_the_way), said.append, Grafana(server.url, token=EDITOR_TOKEN), clock
    )

    def logged() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "loadline.watch"]

    watch.step()
    watch.step()
    place = f"{in_the_way}/a/{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(start))}/answer.json"
    assert [line.partition(" ")[0] for line in logged()] == [place, "Grafana"]
    assert "cannot be reached (connection refused)" in logged()[1]
    assert len(said) == 1

    in_the_way.unlink()
    with serving(port) as server:
        watch.step()
        assert logged()[2:] == ["the store works again", "Grafana works again"]
        assert said[1:] == [f"a: kept as {place}", "a: annotations 4 created"]
        assert len(server.annotations) == 4

    with socket.create_server(("127.0.0.1", 0)) as closing:
        nobody = f"http://127.0.0.1:{closing.getsockname()[1]}"
    known = watch.answers()
    watch.client = Prometheus(nobody)
    watch.step()
    watch.step()
    assert [line.partition(" (")[0] for line in logged()[4:]] == [f"Prometheus at {nobody} cannot be reached"]
    assert watch.answers() == known
