"""The watcher against a real Prometheus and a Grafana on a real socket."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from loadline.annotator import Annotator
from loadline.grafana_login import Login
from loadline.text import one_line
from loadline.watch import Watch
from rules.answer import Objective
from rules.answers import AnswerStore
from rules.finding import Verdict
from rules.judge import analyze
from rules.prometheus import Prometheus
from rules.runs import Run
from tests.grafana import EDITOR_TOKEN, serving
from tests.loadline.pushes import CAPACITY, push
from tests.loadline.test_cycle import nothing_spent


class Clock:
    """A clock that stands where it is put."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def annotator(url: str, folder: Path, said: list[str], clock: Clock) -> Annotator:
    token = folder / "token"
    token.write_text(EDITOR_TOKEN)
    return Annotator(Login(url, token_file=token), said.append, clock)


def test_a_run_is_followed_from_its_middle_to_the_kept_answer(fresh_prometheus: Prometheus, tmp_path: Path) -> None:
    start = float(round(time.time()) - 600)
    said: list[str] = []
    clock = Clock()
    store = AnswerStore(tmp_path / "store")
    with serving() as server:
        marks = annotator(server.url, tmp_path, said, clock)
        watch = Watch(fresh_prometheus, store, said.append, marks, clock, spent=nothing_spent)

        def look(seconds: float) -> None:
            clock.now = start + seconds
            watch.step()
            marks.step()

        push(fresh_prometheus, "a", start, range(17))
        look(82)
        assert said[0].startswith("a: running since 20")
        assert said[1:] == ["a: annotations 1 created"]
        (so_far,) = watch.answers()
        assert (so_far.verdict, [event.rule for event in so_far.events]) == (Verdict.NOT_SATURATED, ["run"])

        look(82)
        look(82)
        assert (len(said), len(server.requests)) == (2, 3)

        push(fresh_prometheus, "a", start, range(17, 19))
        look(92)
        assert (len(said), server.written()[1:]) == (2, ["PATCH /api/annotations/1"])
        assert (server.annotations[1]["time"], server.annotations[1]["timeEnd"]) == (start * 1000, (start + 90) * 1000)

        push(fresh_prometheus, "a", start, range(19, 61))
        look(302)
        assert said[2].startswith("a: so far saturated: ")
        assert said[3:] == ["a: annotations 2 created, 1 updated"]
        assert server.annotations[1]["timeEnd"] == (start + 300) * 1000
        assert store.list() == []

        look(331)
        (final,) = watch.answers()
        assert [event.rule for event in final.events] == ["run", "knee", "throughput", "verdict"]
        assert said[4] == f"a: {one_line(final)}"
        assert final.max_throughput.value == pytest.approx(CAPACITY, rel=0.02)
        assert said[5:] == [f"a: kept as {store.folder(final)}/answer.json", "a: annotations 1 created"]
        assert store.load("a").to_json() == final.to_json()
        assert len(server.annotations) == 4

        fresh = annotator(server.url, tmp_path, said, clock)
        again = Watch(fresh_prometheus, store, said.append, fresh, clock)
        written = server.written()
        again.step()
        fresh.step()
        assert said[7:] == [said[4]]
        assert server.written() == written

    for seconds in (905, 910):
        clock.now = start + seconds
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


def test_each_run_is_held_to_the_objective_that_was_asked_for(fresh_prometheus: Prometheus, tmp_path: Path) -> None:
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "a", start, range(61))
    clock = Clock()
    clock.now = start + 400
    said: list[str] = []
    objective = Objective(latency_seconds=0.3)
    watch = Watch(fresh_prometheus, AnswerStore(tmp_path), said.append, clock=clock, objective=objective)
    watch.step()
    (told,) = watch.answers()
    (latency,) = [finding for finding in told.findings if finding.rule == "latency"]
    assert latency.query is not None
    assert "histogram_fraction(0, 0.3," in latency.query


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "loadline.troubles"]


def test_what_is_down_is_said_once_and_made_up_for_later(
    fresh_prometheus: Prometheus, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "loadline.troubles")
    start = float(round(time.time()) - 600)
    push(fresh_prometheus, "a", start, range(61))
    clock = Clock()
    clock.now = start + 400
    in_the_way = tmp_path / "store"
    in_the_way.write_text("")
    said: list[str] = []
    watch = Watch(fresh_prometheus, AnswerStore(in_the_way), said.append, clock=clock)
    watch.step()
    watch.step()
    place = f"{in_the_way}/a/{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(start))}/answer.json"
    assert [line.partition(" ")[0] for line in logged(caplog)] == [place]
    assert len(said) == 1

    for seconds in (905, 910):  # the run has left what is looked at, and is kept all the same
        clock.now = start + seconds
        watch.step()
    assert (watch.answers(), len(logged(caplog))) == ([], 1)
    in_the_way.unlink()
    watch.step()
    assert logged(caplog)[1:] == ["the store works again"]
    assert said[1:] == [f"a: kept as {place}"]


def test_a_prometheus_that_is_away_is_said_once_and_a_run_that_ended_meanwhile_answered(
    fresh_prometheus: Prometheus, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "loadline.troubles")
    start = float(round(time.time()) - 3000)
    push(fresh_prometheus, "a", start, range(17))
    clock = Clock()
    clock.now = start + 82
    said: list[str] = []
    watch = Watch(fresh_prometheus, AnswerStore(tmp_path), said.append, clock=clock)
    watch.step()
    push(fresh_prometheus, "a", start, range(17, 61))
    with socket.create_server(("127.0.0.1", 0)) as closing:
        nobody = f"http://127.0.0.1:{closing.getsockname()[1]}"
    watch.client = Prometheus(nobody)
    for seconds in (300, 1500):
        clock.now = start + seconds
        watch.step()
    assert logged(caplog) == [
        f"Prometheus at {nobody} cannot be reached (connection refused). "
        "Check --prometheus-url, and that Prometheus is up"
    ]
    watch.client = fresh_prometheus
    watch.step()
    assert logged(caplog)[1:] == ["Prometheus works again"]
    assert said[1].startswith("a: saturated: ")
    assert said[2].startswith("a: kept as ")
    assert len(said) == 3
