from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rules.annotate import Changes, Plan, plan, reconcile, tag
from rules.answer import Answer, Event
from rules.finding import Verdict, Window
from rules.grafana import Annotation, Grafana
from rules.part_marks import events
from rules.parts import Part, Stop
from tests.grafana import PASSWORD, USER, FakeGrafana

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
START_MS = 1795168800000


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def run_of(testid: str | None, *events: Event, start: float = 0.0, seconds: float = 600.0) -> Answer:
    window = Window(start=at(start), end=at(start + seconds))
    return Answer(testid=testid, window=window, verdict=Verdict.SATURATED, because="b", events=list(events))


RUN = Event(rule="run", time=at(0), end=at(600), text="load test a")
KNEE = Event(rule="knee", time=at(118.25), text="knee: 1,180 VUs")


def shown(server: FakeGrafana) -> list[tuple[int, int, str, list[str]]]:
    rows = sorted(server.annotations.values(), key=lambda one: (one["time"], one["id"]))
    return [(one["time"] - START_MS, one["timeEnd"] - START_MS, one["text"], one["tags"]) for one in rows]


def test_each_event_becomes_a_point_or_a_region_with_our_tags(server: FakeGrafana, grafana: Grafana) -> None:
    assert reconcile(grafana, run_of("a", RUN, KNEE)) == Changes(created=2)
    assert shown(server) == [
        (0, 600_000, "load test a", ["loadline", "testid:a", "rule:run"]),
        (118_250, 118_250, "knee: 1,180 VUs", ["loadline", "testid:a", "rule:knee"]),
    ]


def test_each_part_of_a_run_is_a_region_that_grows_and_each_stop_a_point(server: FakeGrafana, grafana: Grafana) -> None:
    stop = Stop(reason="known", time=at(160), because="64 s of plateau")
    probe, ramp = Part(name="probe", start=at(0), end=at(35)), Part(name="ramp", start=at(42), end=at(60))
    reconcile(grafana, run_of("a", *events([probe, ramp])))
    ended = ramp.model_copy(update={"end": at(162), "because": "of the probe", "stop": stop})
    assert reconcile(grafana, run_of("a", *events([probe, ended]))) == Changes(created=1, updated=1)
    assert shown(server) == [
        (0, 35_000, "probe", ["loadline", "testid:a", "rule:part", "part:probe"]),
        (42_000, 162_000, "ramp: of the probe", ["loadline", "testid:a", "rule:part", "part:ramp"]),
        (160_000, 160_000, "ramp stopped: 64 s of plateau", ["loadline", "testid:a", "rule:stop", "part:ramp"]),
    ]


def test_a_second_time_there_is_nothing_to_do(server: FakeGrafana, grafana: Grafana) -> None:
    reconcile(grafana, run_of("a", RUN, KNEE))
    before = server.written()
    changes = reconcile(grafana, run_of("a", RUN, KNEE))
    assert (bool(changes), str(changes), server.written()) == (False, "annotations up to date", before)


def test_what_moved_is_patched_what_is_untrue_deleted_what_is_new_created(
    server: FakeGrafana, grafana: Grafana
) -> None:
    reconcile(grafana, run_of("a", RUN.model_copy(update={"end": at(300)}), KNEE, seconds=300))
    first = Event(rule="failures", time=at(450), text="503 ×12")
    changes = reconcile(grafana, run_of("a", RUN, first))
    assert str(changes) == "annotations 1 created, 1 updated, 1 deleted"
    assert server.written()[2:] == ["PATCH /api/annotations/1", "POST /api/annotations", "DELETE /api/annotations/2"]
    assert shown(server) == [
        (0, 600_000, "load test a", ["loadline", "testid:a", "rule:run"]),
        (450_000, 450_000, "503 ×12", ["loadline", "testid:a", "rule:failures"]),
    ]


def test_a_region_that_turns_out_to_be_a_point_shrinks(server: FakeGrafana, grafana: Grafana) -> None:
    reconcile(grafana, run_of("a", KNEE.model_copy(update={"end": at(200)})))
    assert reconcile(grafana, run_of("a", KNEE)) == Changes(updated=1)
    assert [row[:2] for row in shown(server)] == [(118_250, 118_250)]


def test_other_runs_and_people_s_own_annotations_are_left_alone(server: FakeGrafana, grafana: Grafana) -> None:
    reconcile(grafana, run_of("a", RUN))
    reconcile(grafana, run_of("b", RUN))
    reconcile(grafana, run_of(None, RUN))
    later = RUN.model_copy(update={"time": at(721), "end": at(1321)})
    reconcile(grafana, run_of("a", later, start=721))
    grafana.add(Annotation(START_MS, START_MS, "lunch", ("loadline", "testid:a")))
    assert reconcile(grafana, run_of("a")) == Changes(deleted=1)
    assert [(row[2], row[3]) for row in shown(server)] == [
        ("load test a", ["loadline", "testid:b", "rule:run"]),
        ("load test a", ["loadline", "rule:run"]),
        ("lunch", ["loadline", "testid:a"]),
        ("load test a", ["loadline", "testid:a", "rule:run"]),
    ]


def test_a_tag_that_a_person_added_stays_and_changes_nothing(server: FakeGrafana, grafana: Grafana) -> None:
    reconcile(grafana, run_of("a", KNEE))
    server.annotations[1]["tags"].insert(0, "release")
    assert not reconcile(grafana, run_of("a", KNEE))


def test_of_two_alike_the_older_stays_in_whatever_order_they_are_told(server: FakeGrafana, grafana: Grafana) -> None:
    reconcile(grafana, run_of("a", KNEE))
    for number in (7, 5):
        server.annotations = {number: server.annotations[1] | {"id": number}, **server.annotations}
    assert reconcile(grafana, run_of("a", KNEE)) == Changes(deleted=2)
    assert list(server.annotations) == [1]


@pytest.mark.parametrize("count", [99, 100, 101, 1000])
def test_more_annotations_than_grafana_s_default_limit_are_all_found(
    server: FakeGrafana, grafana: Grafana, count: int
) -> None:
    tags = ["loadline", "testid:a", "rule:failures"]
    for i in range(count):
        server.create({"time": START_MS + i, "text": str(i), "tags": tags})
    events = [Event(rule="failures", time=at(i / 1000), text=str(i)) for i in range(count)]
    assert not reconcile(grafana, run_of("a", *events))


@pytest.mark.parametrize("testid", ["a:b:c", " a ", 'q"{}\n', "é" * 300, "x" * 5000, "%3A", "50%"])
def test_any_testid_is_found_again(server: FakeGrafana, grafana: Grafana, testid: str) -> None:
    assert reconcile(grafana, run_of(testid, RUN, KNEE)) == Changes(created=2)
    assert not reconcile(grafana, run_of(testid, RUN, KNEE))
    assert not reconcile(grafana, run_of(testid.replace("b", "d") + "-", RUN, KNEE)).deleted


def test_tags_say_the_value_plainly_where_grafana_keeps_it() -> None:
    assert tag("testid", "boards-2026-11-20T10.00_a@b+c") == "testid:boards-2026-11-20T10.00_a@b+c"
    assert tag("testid", "a:b %") == "testid:a%3Ab%20%25"
    assert len(tag("testid", "x" * 101)) == len("testid:") + 100
    assert tag("testid", "x" * 101) != tag("testid", "x" * 102)


def test_a_plan_pairs_by_tags_and_leaves_what_is_right() -> None:
    right = Annotation(1, 1, "a", ("r",), id=1)
    moved = Annotation(2, 2, "b", ("r",), id=2)
    gone = Annotation(3, 3, "c", ("s",), id=3)
    wish = [Annotation(9, 9, "b", ("r",)), Annotation(1, 1, "a", ("r",)), Annotation(4, 5, "d", ("t",))]
    assert plan(wish, [right, moved, gone]) == Plan(
        create=(Annotation(4, 5, "d", ("t",)),), update=(Annotation(9, 9, "b", ("r",), id=2),), delete=(gone,)
    )


def test_basic_authentication_serves_as_well_whatever_the_password(server: FakeGrafana) -> None:
    assert reconcile(Grafana(server.url + "/", basic=(USER, PASSWORD)), run_of("a", RUN)) == Changes(created=1)


def test_what_was_deleted_meanwhile_is_no_error(server: FakeGrafana, grafana: Grafana) -> None:
    gone = Annotation(START_MS, START_MS, "t", ("loadline",), id=404)
    grafana.remove(gone)
    grafana.change(gone)
    assert server.annotations == {}
