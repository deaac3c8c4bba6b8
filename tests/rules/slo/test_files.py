"""The rule files: current, stable, and the team's own numbers in every place that says them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules import names
from rules.slo.__main__ import main
from rules.slo.file import parse, read
from rules.slo.files import EVERY_DAY, LOAD_TEST, groups, render
from rules.slo.model import Promise
from tests.policy import tree

HERE = Path(__file__).parent
OWN = """\
slos:
  - name: mine
    indicator: {k6: requests}
    threshold: 250ms
    target: 0.999
    timeWindow: 7d
"""


def _promise(text: str) -> Promise:
    promise = parse(text)
    assert isinstance(promise, Promise)
    return promise


def _rules(promise: Promise) -> list[dict[str, Any]]:
    return [rule for part in groups(promise).values() for group in part for rule in group["rules"]]


def test_the_committed_rules_are_current() -> None:
    out = io.StringIO()
    assert main(["--check"], out=out) == 0, out.getvalue()


def test_a_stale_file_is_named_with_what_makes_it_current(tmp_path: Path) -> None:
    out = io.StringIO()
    assert main(["--check"], folder=tmp_path, out=out) == 1
    assert f"{tmp_path / LOAD_TEST} is stale; run python -m rules.slo\n" in out.getvalue()
    assert list(tmp_path.iterdir()) == []
    assert main([], folder=tmp_path, out=out) == 0
    assert main(["--check"], folder=tmp_path, out=out) == 0


def test_an_objective_of_the_team_s_own_reaches_every_place_that_says_it() -> None:
    rules = {rule.get("record", rule.get("alert")): rule for rule in _rules(_promise(OWN))}
    assert rules[names.WITHIN_LIMIT]["expr"].startswith("histogram_fraction(0, 0.25, ")
    assert rules[names.SLO_ERRORS]["expr"].count("histogram_fraction(0, 0.25, ") == 1
    assert rules[names.RATE_AT_LOSS]["expr"].endswith(f"({names.GOOD_RATIO} < 0.999)")
    said = rules[names.SLO_LOST]["annotations"]["description"]
    assert "answered within 0.25 s), and 99.9% should be." in said
    assert rules[names.SLO_OBJECTIVE]["expr"] == "vector(0.999)"
    burning = rules[names.BURNING_SLOWLY]
    assert burning["labels"] == {"severity": "warning", "slo": "mine", "window": "16h48m"}
    assert (
        "99.9% of the requests of 7d are answered as expected, within 0.25 s" in burning["annotations"]["description"]
    )


@pytest.mark.parametrize(
    ("indicator", "threshold", "about"),
    [
        ("k6: requests", "500ms", False),
        ("k6: requests", "300ms", True),
        ("k6: requests", "3s", True),
        ("histogram: {metric: a, native: true}", "2s", False),
        ("histogram: {metric: a, native: true}", "300ms", True),
        ("histogram: {metric: a}", "300ms", False),
        ("ratioMetric: {good: a, total: b}", "1s", False),
    ],
)
def test_a_share_that_is_read_inside_a_bucket_is_said_to_be_about_that(
    indicator: str, threshold: str, *, about: bool
) -> None:
    given = f"    threshold: {threshold}\n" if "ratio" not in indicator else ""
    others = "" if "k6" in indicator else OWN.removeprefix("slos:\n")
    promise = _promise(f"slos:\n  - name: one\n    indicator: {{{indicator}}}\n{given}{others}")
    rules = [rule for rule in _rules(promise) if "alert" in rule and rule["labels"].get("slo") == "one"]
    burning = {
        rule["annotations"]["summary"] for rule in rules if rule["alert"] in (names.BURNING_FAST, names.BURNING_SLOWLY)
    }
    assert len(burning) == 4
    assert all(one.startswith("SLO one: {{ with ") for one in burning)
    assert all(("}}about {{ . | first" in one) is about for one in burning)
    lost = [rule["annotations"]["description"] for rule in rules if rule["alert"] == names.SLO_LOST]
    assert len(lost) == ("k6" in indicator)
    assert all(("}}About {{ . | first" in one) is about for one in lost)


def test_the_text_is_the_same_every_time_and_says_how_it_was_made() -> None:
    promise = read(HERE / "slo.yaml")
    assert render(promise) == render(promise)
    assert render(promise)[EVERY_DAY].startswith("# Made by python -m rules.slo from slo.yaml")


def test_links_lead_to_the_grafana_that_is_named() -> None:
    text = render(_promise(OWN), "https://grafana.example.com")
    assert all("https://grafana.example.com/d/loadline-" in one and "127.0.0.1" not in one for one in text.values())


def test_pages_are_where_the_team_reads_them() -> None:
    text = "".join(render(_promise(OWN), docs_url="https://git.example.com/docs").values())
    pages = re.findall(r"^ *runbook: (\S+)$", text, flags=re.MULTILINE)
    assert len(pages) == 15
    assert all(page.startswith("https://git.example.com/docs/alerts.md#loadline") for page in pages)


def test_every_alert_says_what_is_wrong_what_to_do_and_where_its_page_is() -> None:
    alerts = [rule for rule in _rules(read(HERE / "slo.yaml")) if "alert" in rule]
    pages = (tree.ROOT / "docs/alerts.md").read_text()
    sections = {heading.lower() for heading in re.findall(r"^## (\w+)$", pages, flags=re.MULTILINE)}
    for rule in alerts:
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert set(rule["annotations"]) == {"summary", "description", "dashboard_url", "runbook"}
        page, _, section = rule["annotations"]["runbook"].partition("#")
        assert page == "docs/alerts.md"
        assert section in sections
    assert {rule["alert"].lower() for rule in alerts} == sections


def test_what_a_load_test_shows_pages_nobody() -> None:
    for rule in (one for group in groups(read(HERE / "slo.yaml"))[LOAD_TEST] for one in group["rules"]):
        if "alert" in rule:
            assert rule["labels"]["audience"] == "watcher"
            assert rule["labels"]["severity"] != "critical"


def test_each_rule_file_is_yaml_with_groups_of_different_names() -> None:
    found = [yaml.safe_load(text)["groups"] for text in render(read(HERE / "slo.yaml")).values()]
    every = [group["name"] for part in found for group in part]
    assert len(every) == len(set(every)) == 10
