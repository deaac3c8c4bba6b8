"""Every board of the catalogue, as the JSON that Grafana loads: the rules of lint.py, and what each board owes."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

import dashboards
from dashboards import variables
from rules import names
from tests.dashboards import lint
from tests.dashboards.lint import RULES, Rule
from tests.dashboards.models import MODELS, Json, panels, queries

SOURCES = sorted(Path(str(dashboards.__file__)).parent.glob("*.py"))
LINES_ON_A_SCREEN: Final = 24
"""Of 38 pixels, on 1080, less 150 for Grafana's own head with its drop-downs."""
FIRST_SCREEN: Final = {
    "loadline-home": ["Last run", "Maximum throughput", "How do I start a run?"],
    "loadline-load-test": [
        "Verdict",
        "Maximum throughput",
        "SLO capacity",
        "What ran out?",
        "Was k6 the limit?",
        "Does goodput still rise while VUs rise?",
        "Goodput against VUs",
        "Is latency within the limit?",
        "Failures by status",
        "Server CPU",
        "Generator CPU",
    ],
    "loadline-server": ["How busy is the CPU?", "Is one core the limit?", "How much memory is used?"],
    "loadline-generator": [
        "Was k6 the limit?",
        "Does k6 itself take longer under load?",
        "Are the planned VUs there?",
        "How busy is the generator's CPU?",
    ],
    "loadline-slo": [
        "Objective",
        "Error budget left",
        "Burn rates now",
        "How much of the error budget is left?",
        "How fast does it burn?",
        "Which share of requests is good?",
        "Good requests against request rate",
    ],
    "loadline-runs": ["Which runs were there, and what did each prove?", "Goodput of two runs"],
}
"""The boards by their uids, which are links that people keep, and what each shows without scrolling."""


@pytest.mark.parametrize("uid", MODELS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_board_keeps_the_rule(rule: Rule, uid: str) -> None:
    assert list(rule(MODELS[uid])) == []


def test_the_boards_are_those_that_people_have_links_to() -> None:
    assert {uid: model["uid"] for uid, model in MODELS.items()} == {uid: uid for uid in FIRST_SCREEN}


@pytest.mark.parametrize("uid", FIRST_SCREEN)
def test_the_first_screen_answers_without_scrolling(uid: str) -> None:
    bottoms = {one["title"]: one["gridPos"]["y"] + one["gridPos"]["h"] for one in panels(MODELS[uid])}
    assert {title: bottoms[title] for title in FIRST_SCREEN[uid] if bottoms[title] > LINES_ON_A_SCREEN} == {}


def test_the_run_is_chosen_among_those_that_k6_wrote() -> None:
    (variable,) = MODELS["loadline-load-test"]["templating"]["list"]
    assert (variable["query"], variable["multi"]) == ("label_values(k6_vus, testid)", False)
    # Only a variable that takes one value is escaped for ="…".


def test_events_are_drawn_when_they_happened_and_once() -> None:
    marks = MODELS["loadline-load-test"]["annotations"]["list"]
    events, _ = [mark for mark in marks if mark["enable"] and not mark.get("builtIn")]
    asked = 'last_over_time(loadline_event_timestamp_seconds{rule!="part",testid="$testid",probe=""}[$__range] @ end())'
    assert asked in events["expr"]
    assert events["expr"].endswith(" * 1000")
    assert (events["useValueForTime"], events["tagKeys"], events["step"]) == ("on", "rule,part", "5s")


def test_each_part_of_a_run_is_a_stretch_of_what_k6_wrote() -> None:
    """Grafana joins what is no further apart than the step, which is the window too: a part ends with its samples."""
    for uid in ("loadline-load-test", "loadline-server", "loadline-generator"):
        (parts,) = [mark for mark in MODELS[uid]["annotations"]["list"] if mark["name"] == "Parts"]
        assert parts["expr"] == 'sum by (part) (count_over_time(k6_vus{part!="",testid="$testid",probe=""}[5s]))'
        assert (parts["step"], parts["tagKeys"], parts["titleFormat"]) == ("5s", "part", "{{part}}")
        assert "useValueForTime" not in parts


def test_nothing_on_the_boards_shows_the_highest_of_a_rate() -> None:
    """The peak of a run's requests per second is mostly refusals; nobody may take it for the capacity."""
    for model in MODELS.values():
        for asked in queries(model):
            assert "max_over_time(rate" not in asked.expr.replace(" ", "")
        for panel in panels(model):
            legend = panel.get("options", {}).get("legend", {})
            assert legend.get("calcs", []) == [], panel["title"]


@pytest.mark.parametrize(
    ("part", "shown", "taken"),
    [
        (variables.VALUE, "{} -41000 1795616135000", "-41000"),
        (variables.VALUE, '{testid="a} b"} 75.5 1795616135000', "75.5"),
        (variables.OF_TESTID, '{testid="a "b"} c"} 1795616095.651 1795616135000', 'a "b"} c'),
    ],
)
def test_a_computed_variable_takes_its_part_of_what_grafana_makes_of_a_result(
    part: str, shown: str, taken: str
) -> None:
    found = re.search(part.strip("/"), shown)
    assert found is not None
    assert found[1] == taken


def _first(kind: str) -> Callable[[Json], Json]:
    return lambda board: next(one for one in panels(board) if one["type"] == kind)


def _expr(text: str) -> Callable[[Json], None]:
    return lambda board: _first("timeseries")(board)["targets"][0].update(expr=text)


FAULTS: Final[dict[Rule, Callable[[Json], Any]]] = {
    lint.has_what_grafana_needs: lambda board: board.update(schemaVersion=12),
    lint.panels_have_unique_ids_and_titles: lambda board: board["panels"][0].update(id=2),
    lint.panels_fill_the_grid_once: lambda board: board["panels"][0]["gridPos"].update(w=9),
    lint.panels_say_what_they_show: lambda board: board["panels"][0].update(description="The verdict"),
    lint.panels_are_of_a_kind_that_grafana_has: lambda board: board["panels"][0].update(type="singlestat"),
    lint.data_has_a_unit_and_a_word_for_its_absence: lambda board: board["panels"][0]["fieldConfig"]["defaults"].update(
        noValue="none"
    ),
    lint.thresholds_are_numbers: lambda board: board["panels"][0]["fieldConfig"]["defaults"].update(
        thresholds={"steps": [{"value": "null"}]}
    ),
    lint.everything_names_its_data_source: lambda board: board["panels"][0].update(datasource="Prometheus"),
    lint.metrics_are_known: _expr('rate(k6_http_req_total{a="b"}[$__rate_interval])'),
    lint.no_percentile_is_averaged: _expr("avg by (instance) (histogram_quantile(0.9, x))"),
    lint.rates_are_over_grafana_s_own_window: _expr("rate(k6_http_reqs_total{}[1m])"),
    lint.counters_are_never_drawn_raw: _expr('sum(k6_http_reqs_total{testid="a"})'),
    lint.vus_have_no_ghosts: _expr('sum(k6_vus{testid="a"})'),
    lint.failures_are_weighted_by_requests: _expr('avg(k6_http_req_failed_rate{testid="a"})'),
    lint.colours_are_told_apart: lambda board: _first("stat")(board)["fieldConfig"]["defaults"].update(
        color={"fixedColor": "red"}
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_fault_is_seen(rule: Rule) -> None:
    board = copy.deepcopy(MODELS["loadline-load-test"])
    FAULTS[rule](board)
    assert list(rule(board)) != []


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
