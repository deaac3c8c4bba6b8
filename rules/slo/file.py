"""Read ``slo.yaml``: every mistake at once, each with its line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from rules.errors import UsageError
from rules.slo.model import RETENTION, Promise

MOST_BYTES: Final = 1_000_000
DEEPEST: Final = 20
"""Lists and mappings in each other."""
_PLAIN: Final = {
    "missing": "is missing",
    "extra_forbidden": "is no key that is known here",
    "model_type": "must be a mapping",
    "tuple_type": "must be a list",
}
"""Kinds of pydantic's mistakes that it tells in words of Python's."""

Place = tuple[int | str, ...]
"""Keys and positions from the root of the document to a value."""


@dataclass(frozen=True, order=True)
class Mistake:
    """What is wrong, and where: a line from 1 on, and the path of keys."""

    line: int
    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.line}: {self.path}: {self.text}" if self.path else f"{self.line}: {self.text}"


class SloFileError(UsageError):
    """The file holds mistakes; the message is all of them."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        self.lines = [f"{path}:{mistake}" for mistake in mistakes]
        super().__init__("; ".join(self.lines))


def read(path: Path, retention_days: float | None = None) -> Promise:
    """The promise in the file at ``path``; raises SloFileError, or UsageError where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise UsageError(f"{path} has more than {MOST_BYTES:,} bytes", "It is no list of SLOs")
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"{path} cannot be read: {reason}", "docs/slo.md has a file of SLOs") from None
    promise = parse(text, retention_days)
    if isinstance(promise, list):
        raise SloFileError(path, promise)
    return promise


def parse(text: str, retention_days: float | None = None) -> Promise | list[Mistake]:
    """The promise that ``text`` holds, or every mistake in it, by line."""
    try:
        if mistake := _unreadable(text):
            return [mistake]
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return [Mistake(mark.line + 1 if mark else 1, "", f"no YAML: {error.problem or error.context}")]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return [Mistake(1, "", f"no YAML: {error}")]
    if not isinstance(raw, dict):
        return [Mistake(1, "", "must be a mapping with the key slos")]
    found = [*_twice(root), *_across(root, raw)]
    promise = None
    try:
        promise = Promise.model_validate(raw, context={RETENTION: retention_days})
    except ValidationError as error:
        for one in error.errors(include_url=False):
            said = _PLAIN.get(one["type"]) or one["msg"].removeprefix("Value error, ").replace("Input should", "must")
            found.append(_at(root, one["loc"], said))
    if found or promise is None:
        return sorted(set(found))
    return promise


def _unreadable(text: str) -> Mistake | None:
    """The first place that would keep a reader busy for ever: an alias, which can stand for itself, or deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            return Mistake(line, "", f"*{event.anchor}: write it out, references are not followed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return Mistake(line, "", "nested deeper than any SLO is")
    return None


def _across(root: yaml.Node | None, raw: dict[Any, Any]) -> Iterator[Mistake]:
    """What no single value can tell: two of one name, and that exactly one is about k6's requests."""
    listed = raw.get("slos")
    slos = [one if isinstance(one, dict) else {} for one in listed] if isinstance(listed, list) else []
    if not slos:
        if listed == []:
            yield _at(root, ("slos",), "must hold one SLO at least")
        return
    names = [slo.get("name") for slo in slos]
    for number, name in enumerate(names):
        if name is not None and name in names[:number]:
            yield _at(root, ("slos", number, "name"), f"{name!r} is the name of another SLO too")
    indicators = [slo.get("indicator") for slo in slos]
    of_k6 = [number for number, one in enumerate(indicators) if isinstance(one, dict) and "k6" in one]
    for number in of_k6[1:]:
        yield _at(
            root,
            ("slos", number, "indicator", "k6"),
            "another SLO is about k6's requests too: a good request has one definition",
        )
    for number, slo in enumerate(slos):
        if "threshold" in slo and isinstance(slo.get("indicator"), dict) and "ratioMetric" in slo["indicator"]:
            yield _at(
                root, ("slos", number, "threshold"), "means nothing to a ratioMetric: its counters say what is good"
            )
    if not of_k6:
        yield _at(
            root,
            ("slos",),
            "one SLO must be about k6's requests (indicator: {k6: requests}): load tests are judged by it",
        )


def _twice(node: yaml.Node | None, place: Place = ()) -> Iterator[Mistake]:
    """Keys that a mapping has twice, of which YAML would silently take the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key, value in node.value:
            name = getattr(key, "value", "")
            if isinstance(name, str) and name in seen:
                yield Mistake(key.start_mark.line + 1, _path((*place, name)), "stands here for the second time")
            seen.add(name if isinstance(name, str) else id(key))
            yield from _twice(value, (*place, str(name)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _twice(value, (*place, number))


def _at(root: yaml.Node | None, place: Place, text: str) -> Mistake:
    """The mistake with the line of ``place``, or of what is nearest above it where it is absent."""
    node, line = root, 1
    for step in place:
        below, at = _below(node, step)
        if below is None:
            break
        node, line = below, at
    return Mistake(line, _path(place), text)


def _below(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node | None, int]:
    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):  # of two, the one that counts
            if key.value == step:
                return value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    return None, 0


def _path(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
