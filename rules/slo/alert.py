"""One alert as Prometheus reads it: what is wrong with its numbers, what to do, and where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rules import names
from rules.slo.windows import Severity

GRAFANA_URL: Final = "http://127.0.0.1:3000"
DOCS: Final = "docs"
"""Where the pages are: a path of the repository, which a reader of it follows and a chat does not."""
PAGE: Final = "alerts.md"
"""Holds a section for each alert, under its name."""

RATE: Final = r'{{ reReplaceAll "(\\d)(\\d{3})$" "$1,$2" (printf "%.0f" $value) }}'
"""The alert's value as a rate a person reads: 1,040."""


@dataclass(frozen=True)
class Board:
    """Where to look: a board of ours, what to choose on it, and how much of the past it is to show."""

    uid: str
    seconds: int
    chosen: str = ""
    """A variable and its value, as in an address; templates know the labels of the series, not those of the rule."""

    def link(self, grafana_url: str) -> str:
        """From ``seconds`` before the alert to a tenth of that after it: the same when it is read tomorrow."""
        chosen = f"var-{self.chosen}&" if self.chosen else ""
        since, until = _at(-self.seconds), _at(self.seconds // 10)
        return f"{grafana_url}/d/{self.uid}?{chosen}from={since}&to={until}"


TEST: Final = Board("loadline-load-test", 900, f"{names.TESTID}={{{{ $labels.{names.TESTID} | urlquery }}}}")


def alert(
    name: str,
    expr: str,
    severity: Severity,
    *,
    hold: str = "0s",
    labels: Mapping[str, str] | None = None,
    summary: str,
    description: str,
    board: Board,
    grafana_url: str,
) -> dict[str, Any]:
    """A rule; ``hold`` is how long the expression must hold before it fires."""
    return {
        "alert": name,
        "expr": expr,
        "for": hold,
        "labels": {names.SEVERITY: severity, **(labels or {})},
        "annotations": {
            "summary": summary,
            "description": description,
            "dashboard_url": board.link(grafana_url),
            "runbook": f"{DOCS}/{PAGE}#{name.lower()}",
        },
    }


def asked(query: str, shown: str = "humanize", lead: str = "") -> str:
    """What ``query`` tells at the time of the alert, in a text: ``shown`` is a function of Prometheus's templates.

    ``lead`` stands before what is told, and not where nothing is.
    """
    told = f"{lead}{{{{ . | first | value | {shown} }}}}"
    return f"{{{{ with query `{query}` }}}}{told}{{{{ else }}}}unknown{{{{ end }}}}"


def asked_of_test(recorded: str, shown: str, lead: str = "") -> str:
    """The same of what was recorded of the load test that the alert is about, at the begin of a sentence."""
    query = f'printf "{recorded}{{{names.TESTID}=%q}}" $labels.{names.TESTID} | query'
    told = f"{lead}{{{{ . | first | value | {shown} }}}}"
    return f"{{{{ with {query} }}}}{told}{{{{ else }}}}Unknown{{{{ end }}}}"


def _at(seconds: int) -> str:
    """Unix milliseconds, as Grafana's addresses want them, of so many seconds after now."""
    return asked(f"(time() {'-' if seconds < 0 else '+'} {abs(seconds)}) * 1000", 'printf "%.0f"')
