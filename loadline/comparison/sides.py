"""The answers of a side: from files, from the folder of a run, or by testid from the store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from loadline.errors import UsageError
from rules.answer import SCHEMA, Answer
from rules.answers import FILE, AnswerStore
from rules.repeated import SCHEMA as REPEATED


def read(names: Sequence[str], store: AnswerStore) -> list[Answer]:
    """The answers that ``names`` stand for: JSON files, folders of runs, testids, or what runs were repeated under.

    A file may hold one answer, a list of them as ``loadline runs`` prints it, or the outcome of ``--repeat``. Raises
    UsageError.
    """
    return [answer for name in names for answer in _named(name, store)]


def check(baseline: Sequence[Answer], candidate: Sequence[Answer]) -> None:
    """Raises UsageError where a run is there twice: it would be taken for two that agree."""
    count = Counter((answer.testid, answer.window.start) for answer in (*baseline, *candidate))
    (testid, start), times = count.most_common(1)[0]
    if times > 1:
        raise UsageError(
            f"the run {testid or 'without a testid'} of {start:%Y-%m-%d %H:%M:%S} is given {times} times",
            "A run says nothing beside itself: give another one",
        )


def _named(name: str, store: AnswerStore) -> list[Answer]:
    path = Path(name)
    if path.is_dir() and "/" in name:
        path /= FILE
    if path.is_file():
        return list(_in_file(path))
    if repeated := store.repeated(name):
        return repeated
    if path.suffix == ".json" or "/" in name:
        raise UsageError(f"there is no file {path}", "Check its path; loadline run --format json makes one")
    return [store.load(name)]


def _in_file(path: Path) -> Iterator[Answer]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error})") from None
    except ValueError as error:
        raise UsageError(f"{path} is no JSON ({error})", "loadline run --format json makes one") from None
    answers = told.get("answers") if isinstance(told, dict) and told.get("schema") == REPEATED else told
    every = answers if isinstance(answers, list) else [answers]
    if not every:
        raise UsageError(f"{path} holds no answer")
    yield from (_answer(one, path) for one in every)


def _answer(told: Any, path: Path) -> Answer:
    schema = told.get("schema") if isinstance(told, dict) else None
    if schema != SCHEMA:
        said = f"its schema is {schema!r}" if schema else "it has no schema"
        raise UsageError(f"{path} is no answer of Loadline: {said}, not {SCHEMA!r}", "See docs/compare.md for what is")
    try:
        return Answer.model_validate_json(json.dumps(told))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"{path} is a broken answer: {where}: {first['msg']}") from None
