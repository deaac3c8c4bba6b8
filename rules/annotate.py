"""Grafana annotations reconciled with an Answer's events: fetch ours, compare, then change only what differs.

An annotation is ours by its tags: ``loadline``, ``testid:…`` and ``rule:…``; what is about one part of a run has
``part:…`` too. A testid may have been used for more
than one run, so only what lies in the Answer's own window is touched.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from rules import names
from rules.answer import Answer, Event
from rules.grafana import Annotation, Grafana

TAG_VALUE_BYTES = 100
"""Grafana's column for a tag's value. All our tags together then stay well below its limit of 500."""
SLACK_MILLISECONDS = 60_000
"""The end of a run moves while it is watched; two runs of one testid are at least two minutes apart."""
_PLAIN: Final = "".join(c for c in string.punctuation if c not in ":%")


@dataclass(frozen=True)
class Changes:
    """How many annotations a reconciliation created, updated and deleted; false if it had nothing to do."""

    created: int = 0
    updated: int = 0
    deleted: int = 0

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.deleted)

    def __str__(self) -> str:
        if not self:
            return "annotations up to date"
        done = {"created": self.created, "updated": self.updated, "deleted": self.deleted}
        return "annotations " + ", ".join(f"{count} {what}" for what, count in done.items() if count)


@dataclass(frozen=True)
class Plan:
    """What to do so that Grafana shows what is true; those to update and delete carry Grafana's id."""

    create: tuple[Annotation, ...] = ()
    update: tuple[Annotation, ...] = ()
    delete: tuple[Annotation, ...] = ()


def reconcile(grafana: Grafana, answer: Answer) -> Changes:
    """Make Grafana's annotations of this run those of ``answer.events``; raises GrafanaError."""
    start, end = _milliseconds(answer.window.start), _milliseconds(answer.window.end)
    found = grafana.find(_run_tags(answer.testid), start - SLACK_MILLISECONDS, end + SLACK_MILLISECONDS)
    todo = plan(wanted(answer), [one for one in found if _is_of(one, answer.testid)])
    for annotation in todo.update:
        grafana.change(annotation)
    for annotation in todo.create:
        grafana.add(annotation)
    for annotation in todo.delete:
        grafana.remove(annotation)
    return Changes(len(todo.create), len(todo.update), len(todo.delete))


def wanted(answer: Answer) -> list[Annotation]:
    """One annotation for each event of ``answer``."""
    return [_wanted(event, _run_tags(answer.testid)) for event in answer.events]


def plan(wish: Iterable[Annotation], found: Iterable[Annotation]) -> Plan:
    """The fewest changes from ``found`` to ``wish``: an annotation is moved or reworded within its own tags only."""
    left = list(found)
    missing = []
    for one in wish:
        same = next((other for other in left if _carries(other, one) and _looks_like(other, one)), None)
        if same:
            left.remove(same)
        else:
            missing.append(one)
    create, update = [], []
    for one in missing:
        moved = next((other for other in left if _carries(other, one)), None)
        if moved:
            left.remove(moved)
            update.append(replace(one, id=moved.id))
        else:
            create.append(one)
    return Plan(tuple(create), tuple(update), tuple(left))


def tag(name: str, value: str) -> str:
    """``name:value`` as Grafana will give it back.

    Grafana splits a tag at each colon, keeps two parts and trims them, so colons and spaces are percent-encoded; a
    value too long for its column is cut and told apart by a hash.
    """
    plain = quote(value, safe=_PLAIN, errors="surrogateescape")
    if len(plain) > TAG_VALUE_BYTES:
        digest = hashlib.sha256(plain.encode()).hexdigest()[:16]
        plain = f"{plain[: TAG_VALUE_BYTES - 17]}-{digest}"
    return f"{name}:{plain}"


def _wanted(event: Event, mine: tuple[str, ...]) -> Annotation:
    start = _milliseconds(event.time)
    end = start if event.end is None else _milliseconds(event.end)
    part = (tag(names.PART, event.part),) if event.part else ()
    return Annotation(start, end, event.text, (*mine, tag(names.RULE, event.rule), *part))


def _run_tags(testid: str | None) -> tuple[str, ...]:
    return (names.ANNOTATION_TAG, tag(names.TESTID, testid)) if testid else (names.ANNOTATION_TAG,)


def _is_of(annotation: Annotation, testid: str | None) -> bool:
    """Whether it is an event of that testid's, or of an untagged run, whose search finds those of every testid."""
    kinds = {one.partition(":")[0] for one in annotation.tags}
    return names.RULE in kinds and (testid is not None or names.TESTID not in kinds)


def _carries(found: Annotation, one: Annotation) -> bool:
    """Whether it has all the tags; what a person has added to them stays."""
    return set(found.tags) >= set(one.tags)


def _looks_like(found: Annotation, one: Annotation) -> bool:
    return (found.time, found.end, found.text) == (one.time, one.end, one.text)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
