"""Every board of the catalogue, as the JSON that Grafana loads: house rules, and only queries that signals made."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import dashboards
from dashboards.catalogue import BOARDS
from dashboards.house import render
from rules import names

Json = dict[str, Any]
MODELS: dict[str, Json] = {uid: json.loads(render(build())) for uid, build in BOARDS.items()}
PANELS = [
    pytest.param(panel, id=f"{uid}: {panel['title']}") for uid, model in MODELS.items() for panel in model["panels"]
]
SOURCES = sorted(Path(str(dashboards.__file__)).parent.glob("*.py"))
DATASOURCE = {"type": "prometheus", "uid": "loadline-prometheus"}
EVERY_PANEL = pytest.mark.parametrize("panel", PANELS)
EVERY_BOARD = pytest.mark.parametrize("uid", MODELS)


@EVERY_BOARD
def test_a_board_has_a_schema_that_keeps_data_sources_as_objects(uid: str) -> None:
    model = MODELS[uid]
    assert (model["uid"], model["schemaVersion"]) == (uid, 41)
    assert model["title"]
    assert model["description"]


@EVERY_BOARD
def test_panel_ids_and_titles_are_unique(uid: str) -> None:
    panels = MODELS[uid]["panels"]
    assert sorted(panel["id"] for panel in panels) == list(range(1, len(panels) + 1))
    assert len({panel["title"] for panel in panels}) == len(panels)


@EVERY_BOARD
def test_panels_fill_the_grid_without_overlap(uid: str) -> None:
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in MODELS[uid]["panels"])
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert {x for x, _ in cells} == set(range(24))


@EVERY_PANEL
def test_a_panel_says_what_it_shows_and_in_which_unit(panel: Json) -> None:
    assert len(panel["title"]) >= 3
    assert panel["description"].endswith(".")
    assert panel["pluginVersion"] == "12.4.0"
    if panel["type"] != "text":
        assert panel["fieldConfig"]["defaults"]["unit"] in {"reqps", "s", "percentunit", "string"}
        assert panel["fieldConfig"]["defaults"]["noValue"] not in {"", "none"}
        assert panel["maxDataPoints"] is None


@EVERY_PANEL
def test_a_panel_and_its_queries_name_their_data_source_as_an_object(panel: Json) -> None:
    if panel["type"] != "text":
        assert panel["datasource"] == DATASOURCE
        assert [target["datasource"] for target in panel["targets"]] == [DATASOURCE] * len(panel["targets"])
        assert [target["refId"] for target in panel["targets"]] == list("ABCDEFGH"[: len(panel["targets"])])


@EVERY_PANEL
def test_a_panel_is_of_a_type_that_grafana_still_has_and_its_thresholds_are_numbers(panel: Json) -> None:
    assert panel["type"] in {"timeseries", "stat", "xychart", "text"}
    values = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
    assert all(value is None or isinstance(value, float) for value in values)
    assert panel["type"] == "text" or values[0] is None


@EVERY_BOARD
def test_vus_are_drawn_only_while_they_live(uid: str) -> None:
    queries = [t["expr"] for panel in MODELS[uid]["panels"] for t in panel.get("targets", []) if "k6_vus" in t["expr"]]
    assert queries
    assert all("timestamp(k6_vus" in query and "> time() - 30" in query for query in queries)


@EVERY_BOARD
def test_the_run_is_chosen_among_those_that_k6_wrote(uid: str) -> None:
    (variable,) = MODELS[uid]["templating"]["list"]
    assert (variable["query"], variable["datasource"]) == ("label_values(k6_vus, testid)", DATASOURCE)
    assert variable["multi"] is False  # only then does Grafana escape a value for ="…"


@EVERY_BOARD
def test_events_are_drawn_when_they_happened_and_once(uid: str) -> None:
    drawn = [mark for mark in MODELS[uid]["annotations"]["list"] if mark["enable"] and not mark.get("builtIn")]
    (events,) = drawn
    assert (
        events["expr"] == 'last_over_time(loadline_event_timestamp_seconds{testid="$testid"}[$__range] @ end()) * 1000'
    )
    assert (events["useValueForTime"], events["tagKeys"], events["step"]) == ("on", "rule", "5s")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_source_spells_a_metric_or_writes_promql(path: Path) -> None:
    """Queries come from rules/signals: a board holds no metric's name and none of PromQL's functions."""
    metrics = {name for name in vars(names).values() if str(name).startswith(("k6_", "loadline_", "node_"))}
    promql = {"rate(", "sum(", "sum by", "histogram_quantile", "_over_time", " by (", "[$"}
    tree = ast.parse(path.read_text("utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    spelled = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]
    assert [text for text in spelled if any(word in text for word in metrics | promql)] == []
