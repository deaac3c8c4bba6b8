"""The rules that every board keeps (after grafana/dashboard-linter): one function a rule, one list, and messages that
name the place and the value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from dashboards import palette
from rules import names
from tests.dashboards.models import Json, panels, queries

Rule = Callable[[Json], Iterator[str]]
DATASOURCE: Final = {"type": "prometheus", "uid": "loadline-prometheus"}
UNITS: Final = {
    "reqps", "suffix:req/s", "s", "percentunit", "string", "short", "none", "Bps", "pps", "cps", "bytes", "dthms",
    "dateTimeAsIso",
}  # fmt: skip
KINDS: Final = {"timeseries", "stat", "xychart", "heatmap", "table", "text", "row"}
METRICS: Final = {value for value in vars(names).values() if isinstance(value, str)}
COLOURS: Final = {value for name, value in vars(palette).items() if name.isupper()}
SELECTOR: Final = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{")
RANGED: Final = re.compile(r"\b(?:rate|increase|irate|delta)\([^\[]*\[([^\]]+)\]")
AVERAGED: Final = re.compile(r"(?:avg|sum|max|min)(?:_over_time)?(?: by \([^)]*\))?\s*\(histogram_quantile|_p\d{2,}\b")
PROMQL_WORDS: Final = {"by", "on", "without", "ignoring"}


def has_what_grafana_needs(board: Json) -> Iterator[str]:
    """A schema that keeps data sources as objects, a title, a description."""
    if board["schemaVersion"] != 41:
        yield f"schemaVersion {board['schemaVersion']}, not 41"
    yield from (f"no {key}" for key in ("title", "description", "uid") if not board[key])


def panels_have_unique_ids_and_titles(board: Json) -> Iterator[str]:
    for key in ("id", "title"):
        counts = Counter(panel[key] for panel in board["panels"])
        yield from (f"{key} {value!r} is used {count} times" for value, count in counts.items() if count > 1)


def panels_fill_the_grid_once(board: Json) -> Iterator[str]:
    cells = Counter(
        (x, y)
        for at in (panel["gridPos"] for panel in board["panels"])
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    )
    yield from (f"two panels lie at {cell}" for cell, count in cells.items() if count > 1)
    if {x for x, _ in cells} != set(range(24)):
        yield "a column is empty, or lies outside of the 24"


def panels_say_what_they_show(board: Json) -> Iterator[str]:
    for panel in panels(board):
        if len(panel["title"]) < 3 or not (panel["description"] or "").endswith("."):
            yield f"{panel['title']!r} has no description, or one that is no sentence"
        if panel["pluginVersion"] != "12.4.0":
            yield f"{panel['title']!r} has pluginVersion {panel['pluginVersion']!r}: Grafana would migrate it"


def panels_are_of_a_kind_that_grafana_has(board: Json) -> Iterator[str]:
    yield from (f"{one['title']!r} is a {one['type']}" for one in board["panels"] if one["type"] not in KINDS)


def data_has_a_unit_and_a_word_for_its_absence(board: Json) -> Iterator[str]:
    for panel in panels(board):
        if panel["type"] == "text":
            continue
        defaults = panel["fieldConfig"]["defaults"]
        if defaults.get("unit") not in UNITS:
            yield f"{panel['title']!r} has the unit {defaults.get('unit')!r}"
        if defaults.get("noValue") in (None, "", "none"):
            yield f"{panel['title']!r} says nothing where there is no data"
        if "maxDataPoints" in panel:
            yield f"{panel['title']!r} is drawn with {panel['maxDataPoints']} points"


def thresholds_are_numbers(board: Json) -> Iterator[str]:
    for panel in panels(board):
        values = [step["value"] for step in panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])]
        if any(not isinstance(value, float) for value in values[1:]) or values[:1] not in ([], [None]):
            yield f"{panel['title']!r} has the thresholds {values}"


def everything_names_its_data_source(board: Json) -> Iterator[str]:
    for panel in panels(board):
        for one in [panel, *panel.get("targets", [])]:
            if panel["type"] != "text" and one["datasource"] != DATASOURCE:
                yield f"{panel['title']!r} asks {one['datasource']!r}"
        refs = [target["refId"] for target in panel.get("targets", [])]
        if refs != list("ABCDEFGHIJKLMNOP"[: len(refs)]):
            yield f"{panel['title']!r} has the refIds {refs}"
    for variable in board["templating"]["list"]:
        if variable["type"] == "query" and (variable["datasource"], variable["refresh"]) != (DATASOURCE, 2):
            yield f"variable {variable['name']} asks {variable['datasource']!r}, refresh {variable['refresh']}"


def metrics_are_known(board: Json) -> Iterator[str]:
    for asked in queries(board):
        found = set(SELECTOR.findall(asked.expr)) - PROMQL_WORDS
        yield from (f"{asked.place} reads {name}, which names.py does not have" for name in found - METRICS)


def no_percentile_is_averaged(board: Json) -> Iterator[str]:
    yield from (f"{one.place} aggregates percentiles" for one in queries(board) if AVERAGED.search(one.expr))


def rates_are_over_grafana_s_own_window(board: Json) -> Iterator[str]:
    """So that they hold for one minute and for seven days."""
    for asked in queries(board):
        windows = set(RANGED.findall(asked.expr)) - {"$__rate_interval"}
        yield from (f"{asked.place} takes a rate over {window}" for window in windows)


def counters_are_never_drawn_raw(board: Json) -> Iterator[str]:
    for asked in queries(board):
        for found in re.finditer(r"_total\{[^}]*\}(?!\[)", asked.expr):
            yield f"{asked.place} reads the counter {found[0]} without a rate"


def vus_have_no_ghosts(board: Json) -> Iterator[str]:
    """Prometheus shows a series for five minutes after its last sample."""
    for asked in queries(board):
        text = asked.expr
        guarded = len(re.findall(r"timestamp\(k6_vus(?:_max)?\b[^)]*\) > time\(\)", text)) * 2
        ranged = len(re.findall(r"k6_vus\{[^}]*\}\[", text))
        if len(re.findall(r"\bk6_vus(?:_max)?\b", text)) != guarded + ranged:
            yield f"{asked.place} shows VUs that are gone"


def failures_are_weighted_by_requests(board: Json) -> Iterator[str]:
    yield from (f"{one.place} reads k6's rate of failures" for one in queries(board) if "req_failed" in one.expr)


def colours_are_told_apart(board: Json) -> Iterator[str]:
    for panel in panels(board):
        yield from (f"{panel['title']!r} uses {c}" for c in _colours(panel) if c not in COLOURS)


def _colours(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "fixedColor" in part:
            yield part["fixedColor"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _colours(one)


RULES: Final[tuple[Rule, ...]] = (
    has_what_grafana_needs,
    panels_have_unique_ids_and_titles,
    panels_fill_the_grid_once,
    panels_say_what_they_show,
    panels_are_of_a_kind_that_grafana_has,
    data_has_a_unit_and_a_word_for_its_absence,
    thresholds_are_numbers,
    everything_names_its_data_source,
    metrics_are_known,
    no_percentile_is_averaged,
    rates_are_over_grafana_s_own_window,
    counters_are_never_drawn_raw,
    vus_have_no_ghosts,
    failures_are_weighted_by_requests,
    colours_are_told_apart,
)
