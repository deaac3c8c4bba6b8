"""A side is read from files, folders and the store; whatever is wrong with it is one line that says what to do."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from loadline.comparison import sides
from loadline.errors import UsageError
from rules.answer import Answer
from rules.answers import AnswerStore
from rules.finding import Window
from rules.repeated import repeated
from tests.rules.answers_of import START, answer


def later(one: Answer, minutes: int) -> Answer:
    start = START + timedelta(minutes=minutes)
    return one.model_copy(update={"window": Window(start=start, end=start + timedelta(minutes=10))})


@pytest.fixture
def store(tmp_path: Path) -> AnswerStore:
    return AnswerStore(tmp_path / "store")


def names_of(found: list[Answer]) -> list[str | None]:
    return [one.testid for one in found]


def test_a_testid_is_its_newest_run(store: AnswerStore) -> None:
    store.save(answer("a", 900.0))
    store.save(later(answer("a", 1000.0), 60))
    (found,) = sides.read(["a"], store)
    assert found.max_throughput.value == 1000.0


def test_the_name_of_repeated_runs_is_all_of_the_newest_row(store: AnswerStore) -> None:
    for number in range(1, 5):
        store.save(later(answer(f"a-{number}"), 20 * number))
    for number in range(1, 4):
        store.save(later(answer(f"a-{number}", 1001.0), 200 + 20 * number))
    store.save(answer("a-b-1"))
    found = sides.read(["a"], store)
    assert names_of(found) == ["a-1", "a-2", "a-3"]
    assert {one.max_throughput.value for one in found} == {1001.0}
    assert names_of(sides.read(["a-4"], store)) == ["a-4"]


def test_files_and_the_folder_of_a_run_are_read(store: AnswerStore, tmp_path: Path) -> None:
    folder = store.save(answer("a")).parent
    one, many, row = tmp_path / "one.json", tmp_path / "many.json", tmp_path / "row.json"
    one.write_text(answer("b").to_json())
    many.write_text(json.dumps([json.loads(answer(name).to_json()) for name in "cd"]))
    row.write_text(repeated("e", [answer("e-1"), answer("e-2")]).to_json())
    names = [str(path) for path in (folder, one, many, row)]
    assert names_of(sides.read(names, store)) == ["a", "b", "c", "d", "e-1", "e-2"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "is no JSON (Expecting property name"),
        ("[]", "holds no answer"),
        ("3", "is no answer of Loadline: it has no schema, not 'loadline.answer/1'. See docs/compare.md"),
        ('{"schema": "loadline.answer/2"}', "is no answer of Loadline: its schema is 'loadline.answer/2', not"),
        ('{"schema": "loadline.answer/1", "verdict": "good"}', "is a broken answer: testid: Field required"),
    ],
)
def test_a_file_that_is_no_answer_says_what_it_is(written: str, said: str, store: AnswerStore, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(written)
    with pytest.raises(UsageError) as told:
        sides.read([str(path)], store)
    assert str(told.value).startswith(f"{path} {said}")


def test_a_file_that_is_no_text_is_one_line(store: AnswerStore, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="is no JSON"):
        sides.read([str(path)], store)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.json", "there is no file gone.json"),
        ("/", "there is no file /answer.json"),
        ("gone", "no answer for testid 'gone' in "),
    ],
)
def test_what_is_not_there_is_named(name: str, said: str, store: AnswerStore) -> None:
    with pytest.raises(UsageError, match=said):
        sides.read([name], store)


def test_the_same_run_twice_is_refused() -> None:
    sides.check([answer("a")], [later(answer("a"), 1)])
    with pytest.raises(UsageError, match="the run a of 2026-11-20 10:00:00 is given 2 times"):
        sides.check([answer("a")], [answer("a")])
    with pytest.raises(UsageError, match="the run a of"):
        sides.check([answer("b")], [answer("a"), answer("a")])
