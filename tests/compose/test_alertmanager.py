"""Alertmanager's configurations: valid to the oldest that is to be served, and alerts go where they should."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from rules.slo.__main__ import SOURCE
from rules.slo.file import read
from rules.slo.files import groups
from tests.alerting import CONFIG, installed
from tests.policy import tree

EXAMPLE = tree.ROOT / "docs" / "alertmanager.yml"
BOTH = pytest.mark.parametrize("config", [CONFIG, EXAMPLE], ids=lambda path: path.parent.name)


def _amtool(*arguments: str | Path) -> str:
    done = subprocess.run([installed("amtool"), *arguments], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@BOTH
def test_amtool_accepts_it(config: Path) -> None:
    assert "SUCCESS" in _amtool("check-config", config)


@BOTH
def test_what_a_load_test_shows_goes_to_the_watcher_alone(config: Path) -> None:
    found = [rule for part in groups(read(SOURCE)).values() for group in part for rule in group["rules"]]
    of_tests = [rule["labels"] for rule in found if rule.get("labels", {}).get("audience") == "watcher"]
    assert len(of_tests) == 6
    for labels in of_tests:
        told = _amtool(
            "config",
            "routes",
            "test",
            f"--config.file={config}",
            *(f"{k}={v}" for k, v in labels.items() if k != "limit"),
        )
        assert told.strip() == "watcher"


def test_what_hurts_users_goes_to_the_team_and_in_the_example_to_who_is_on_call_too() -> None:
    for config, who in ((CONFIG, "team"), (EXAMPLE, "on-call,team")):
        asked = ("config", "routes", "test", f"--config.file={config}", "severity=critical", "slo=requests")
        assert _amtool(*asked).strip() == who


def test_the_example_differs_only_in_who_is_told() -> None:
    ours, theirs = (yaml.safe_load(path.read_text()) for path in (CONFIG, EXAMPLE))
    assert ours["inhibit_rules"] == theirs["inhibit_rules"]
    assert ours["route"]["routes"][0] == theirs["route"]["routes"][0]
    assert {key: value for key, value in ours["route"].items() if key != "routes"} == {
        key: value for key, value in theirs["route"].items() if key != "routes"
    }


@BOTH
def test_no_secret_stands_in_it(config: Path) -> None:
    keys = re.findall(
        r"^\s*-?\s*(\w*(?:password|secret|token|_key|api_url|credentials)\w*):", config.read_text(), re.MULTILINE
    )
    assert all(key.endswith("_file") for key in keys)
    assert len(keys) == (0 if config == CONFIG else 3)
