from __future__ import annotations

import errno
import os
import resource
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.answer import Answer, Event, Interval, Plan
from rules.answers import AnswerStore, default_root, folder_name
from rules.errors import StoreError, UnknownRunError
from rules.finding import Verdict, Window

START = datetime(2026, 11, 20, 10, 0, 0, 250_000, tzinfo=UTC)


def answer_of(testid: str | None, start: datetime = START, value: float = 1090.2) -> Answer:
    return Answer(
        testid=testid,
        window=Window(start=start, end=start + timedelta(minutes=10)),
        verdict=Verdict.SATURATED,
        because="goodput stayed at 1,090/s",
        max_throughput=Interval(value=value, low=1078.0, high=1101.9),
        events=[Event(rule="run", time=start, text="load test")],
    )


@pytest.fixture
def store(tmp_path: Path) -> AnswerStore:
    return AnswerStore(tmp_path / "store")


def test_an_answer_comes_back_as_it_was_from_a_place_one_can_find(store: AnswerStore) -> None:
    answer = answer_of("boards/1")
    path = store.save(answer)
    assert path == store.root / "boards%2F1" / "20261120T100000Z" / "answer.json"
    assert path.parent == store.folder(answer)
    assert store.load("boards/1") == answer
    assert store.kept(answer) == answer
    assert os.listdir(path.parent) == ["answer.json"]


def test_the_plan_of_a_run_is_found_by_its_testid_and_its_time(store: AnswerStore) -> None:
    later = START + timedelta(hours=2)
    store.save(answer_of("a").model_copy(update={"plan": Plan(vus=6000, ended="broken")}))
    store.save(answer_of("a", later).model_copy(update={"plan": Plan(vus=200)}))
    store.save(answer_of("b"))
    start = START.timestamp()
    assert store.plan("a", start + 5, start + 300) == Plan(vus=6000, ended="broken")
    assert store.plan("a", start + 7190, start + 7900) == Plan(vus=200)
    assert store.plan("a", start + 900, start + 1000) is None
    assert store.plan("b", start, start + 600) is None
    assert store.plan(None, start, start + 600) is None


def test_the_folder_is_in_utc_whatever_the_zone_of_the_answer(store: AnswerStore) -> None:
    seoul = START.astimezone(timezone(timedelta(hours=9)))
    assert store.folder(answer_of("a", seoul)).name == "20261120T100000Z"


def test_the_newest_comes_first_and_stands_for_its_testid(store: AnswerStore) -> None:
    later = START + timedelta(hours=2)
    for answer in (answer_of("a"), answer_of("a", later, 900.0), answer_of("b", START + timedelta(hours=1))):
        store.save(answer)
    assert [(one.testid, one.max_throughput.value) for one in store.list()] == [
        ("a", 900.0),
        ("b", 1090.2),
        ("a", 1090.2),
    ]
    assert store.load("a").window.start == later


def test_a_run_answered_again_replaces_its_answer(store: AnswerStore) -> None:
    store.save(answer_of("a"))
    store.save(answer_of("a", value=5.0))
    assert [one.max_throughput.value for one in store.list()] == [5.0]


def test_an_untagged_run_and_one_that_is_named_untagged_are_two(store: AnswerStore) -> None:
    store.save(answer_of(None))
    store.save(answer_of("untagged", value=5.0))
    assert store.folder(answer_of(None)).parent.name == "untagged"
    assert (store.load(None).max_throughput.value, store.load("untagged").max_throughput.value) == (1090.2, 5.0)


def test_a_file_system_that_knows_no_case_does_not_mix_two_testids(store: AnswerStore) -> None:
    store.save(answer_of("run")).write_text(answer_of("RUN").to_json())
    with pytest.raises(UnknownRunError):
        store.load("run")


def test_a_broken_file_is_skipped_with_a_warning(store: AnswerStore, caplog: pytest.LogCaptureFixture) -> None:
    store.save(answer_of("good"))
    for testid, content in {"cut": b'{"schema": "loadline', "empty": b"", "binary": b"\xff\xfe", "list": b"[]"}.items():
        store.save(answer_of(testid)).write_bytes(content)
    store.save(answer_of("folder")).unlink()
    (store.folder(answer_of("folder")) / "answer.json").mkdir()
    assert [one.testid for one in store.list()] == ["good"]
    assert len(caplog.messages) == 5
    assert all("is skipped: it is no answer (" in text and "\n" not in text for text in caplog.messages)


def test_times_without_a_zone_that_somebody_wrote_do_not_stop_the_list(store: AnswerStore) -> None:
    path = store.save(answer_of("a"))
    path.write_text(path.read_text().replace("Z", ""))
    store.save(answer_of("b"))
    assert {one.testid for one in store.list()} == {"a", "b"}


def test_what_is_not_there_is_said_with_what_to_do(store: AnswerStore) -> None:
    assert store.list() == []
    assert store.kept(answer_of("a")) is None
    with pytest.raises(UnknownRunError) as unknown:
        store.load("a\nb")
    assert str(unknown.value) == (
        f"no answer for testid 'a\\nb' in {store.root}. "
        "See loadline runs for those that are kept; loadline analyze makes one from Prometheus"
    )
    with pytest.raises(UnknownRunError, match="no answer for an untagged run"):
        store.load(None)


def test_a_place_that_cannot_be_written_is_a_store_error_with_path_and_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = AnswerStore(tmp_path / "file")
    with pytest.raises(StoreError) as refused:
        store.save(answer_of("a"))
    assert str(refused.value) == (
        f"{tmp_path}/file/a/20261120T100000Z/answer.json cannot be written: Not a directory. "
        "Make room or set the permissions there, or choose another folder with --store"
    )


def test_a_disk_that_takes_no_more_keeps_the_old_answer_whole_and_leaves_no_draft(store: AnswerStore) -> None:
    path = store.save(answer_of("a"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # the 101st byte of any file fails, as on a full disk
    try:
        with pytest.raises(StoreError, match=os.strerror(errno.EFBIG)):
            store.save(answer_of("a", value=5.0))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.load("a").max_throughput.value == 1090.2
    assert os.listdir(path.parent) == ["answer.json"]


@pytest.mark.parametrize(
    ("testid", "name"),
    [
        (".", "%2E"),
        ("..", "%2E."),
        (".hidden", "%2Ehidden"),
        ("a b", "a%20b"),
        ("[x]*?", "%5Bx%5D%2A%3F"),
        ("", "untagged"),
        ("é", "%C3%A9"),
        ("boards-2026-11-20T10:00", "boards-2026-11-20T10%3A00"),
    ],
)
def test_testids_as_folder_names(testid: str, name: str) -> None:
    assert folder_name(testid) == name


def test_a_long_testid_is_cut_and_stays_itself(store: AnswerStore) -> None:
    store.save(answer_of("x" * 400))
    store.save(answer_of("x" * 401, value=5.0))
    assert (store.load("x" * 400).max_throughput.value, store.load("x" * 401).max_throughput.value) == (1090.2, 5.0)
    assert len(folder_name("x" * 400)) == 200
    assert folder_name("x" * 200) == "x" * 200


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_two_testids_share_a_folder_and_none_leaves_the_store(one: str, other: str) -> None:
    name = folder_name(one)
    assert (Path("/store") / name).resolve().parent == Path("/store")
    assert len(name.encode()) <= 200
    assert (name == folder_name(other)) == (one == other)


@pytest.mark.parametrize(
    ("environ", "root"),
    [
        ({"LOADLINE_STORE": "/srv/answers", "XDG_DATA_HOME": "/x", "HOME": "/h"}, "/srv/answers"),
        ({"LOADLINE_STORE": "", "XDG_DATA_HOME": "/x", "HOME": "/h"}, "/x/loadline"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/h"}, "/h/.local/share/loadline"),
        ({"HOME": "/h"}, "/h/.local/share/loadline"),
    ],
)
def test_where_answers_are_kept_by_default(environ: dict[str, str], root: str) -> None:
    assert default_root(environ) == Path(root)
