"""The rule files of a promise: the same text every time."""

from __future__ import annotations

from typing import Any, Final

import yaml

from rules.slo import every_day, load_test, stack
from rules.slo.alert import DOCS, GRAFANA_URL
from rules.slo.model import Promise

COMMAND: Final = "python -m rules.slo"
LOAD_TEST, EVERY_DAY, STACK = "loadline-load-test.yml", "loadline-slo.yml", "loadline-stack.yml"


def groups(promise: Promise, grafana_url: str = GRAFANA_URL, docs_url: str = DOCS) -> dict[str, list[dict[str, Any]]]:
    """Prometheus's rule groups by the name of the file that holds them; ``docs_url`` is where the pages are."""
    made = {
        LOAD_TEST: load_test.groups(promise.of_k6, grafana_url),
        EVERY_DAY: [group for slo in promise.slos for group in every_day.groups(slo, grafana_url)],
        STACK: stack.groups(promise.of_k6, grafana_url),
    }
    for rule in (rule for part in made.values() for group in part for rule in group["rules"]):
        if "alert" in rule:
            rule["annotations"]["runbook"] = rule["annotations"]["runbook"].replace(DOCS, docs_url, 1)
    return made


def render(
    promise: Promise, grafana_url: str = GRAFANA_URL, made_by: str = COMMAND, docs_url: str = DOCS
) -> dict[str, str]:
    """The text of each file by its name; links lead to the Grafana at ``grafana_url`` and the pages at ``docs_url``."""
    header = f"# Made by {made_by} from slo.yaml, which is to be changed instead.\n"
    return {name: header + dump(inside) for name, inside in groups(promise, grafana_url, docs_url).items()}


def dump(inside: list[dict[str, Any]]) -> str:
    """Rule groups as YAML, one line an expression."""
    return yaml.safe_dump({"groups": inside}, sort_keys=False, width=10_000, allow_unicode=True)
