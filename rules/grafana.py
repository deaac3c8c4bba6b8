"""Grafana's annotations, those of the whole organisation: find, add, change, remove."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from rules.grafana_http import GrafanaHttp, Purpose

FIRST_LIMIT: Final = 100
"""Grafana's own default; it knows no second page, only a larger limit."""
_PATH: Final = "annotations"
_PURPOSE: Final = Purpose("an annotation", "write annotations", "Give the service account the role Editor")


@dataclass(frozen=True)
class Annotation:
    """A point (``end`` equal to ``time``) or a region, in unix milliseconds; ``id`` is 0 until Grafana gives one."""

    time: int
    end: int
    text: str
    tags: tuple[str, ...]
    id: int = 0


class Grafana:
    """A client for ``url``, with a service account's ``token`` or ``basic`` (user, password).

    Raises GrafanaError with the reason and what to do.
    """

    def __init__(self, url: str, token: str | None = None, basic: tuple[str, str] | None = None) -> None:
        self.http = GrafanaHttp(url, token, basic)

    def find(self, tags: Iterable[str], start: int, end: int) -> list[Annotation]:
        """All annotations that carry every one of ``tags`` and touch [start, end], in unix milliseconds, oldest first.

        By their ids: two that look at the same ones must mean the same one by the first.
        """
        asked: dict[str, Any] = {"tags": list(tags), "from": start, "to": end, "type": "annotation"}
        limit = FIRST_LIMIT
        while True:
            told = self.http.ask("GET", _PATH, _PURPOSE, params=asked | {"limit": limit})
            try:
                found = [_annotation(one) for one in told]
            except (KeyError, TypeError, ValueError, AttributeError):
                raise self.http.not_grafana() from None
            if len(found) < limit:
                return sorted(found, key=lambda one: one.id)
            limit *= 10

    def add(self, annotation: Annotation) -> int:
        """Create it for the whole organisation, on no board in particular; gives its id."""
        body = _body(annotation) | {"tags": list(annotation.tags)}
        added = self.http.ask("POST", _PATH, _PURPOSE, json=body)
        try:
            return int(added["id"])
        except (KeyError, TypeError, ValueError):
            raise self.http.not_grafana() from None

    def change(self, annotation: Annotation) -> None:
        """Set text, time and end of the one with that id; one that somebody has deleted meanwhile stays deleted."""
        self.http.ask("PATCH", f"{_PATH}/{annotation.id}", _PURPOSE, may_be_gone=True, json=_body(annotation))

    def remove(self, annotation: Annotation) -> None:
        """Delete the one with that id; nothing where it is gone already."""
        self.http.ask("DELETE", f"{_PATH}/{annotation.id}", _PURPOSE, may_be_gone=True)


def _annotation(given: dict[str, Any]) -> Annotation:
    start = int(given["time"])
    return Annotation(
        start, int(given.get("timeEnd") or start), given.get("text", ""), tuple(given.get("tags") or ()), given["id"]
    )


def _body(annotation: Annotation) -> dict[str, Any]:
    return {"time": annotation.time, "timeEnd": annotation.end, "text": annotation.text}
