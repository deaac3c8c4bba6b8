"""The latency SLO's rules, by the real promtool; slo/*.yml hold what must fire and what must stay silent."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
import yaml

from loadline.stack.binaries import find
from rules import names, slo
from rules.answer import Objective

CASES = sorted((Path(__file__).parent / "slo").glob("*.yml"))


@pytest.fixture(scope="module")
def promtool() -> str:
    return str(find("promtool"))


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_committed_rules_are_current() -> None:
    out = io.StringIO()
    assert slo.main(["--check"], out=out) == 0, out.getvalue()


def test_promtool_accepts_the_rules(promtool: str) -> None:
    assert "SUCCESS: 3 rules found" in _run(promtool, "check", "rules", str(slo.PATH))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_alert_does_what_the_case_says(promtool: str, case: Path) -> None:
    assert "SUCCESS" in _run(promtool, "test", "rules", str(case))


def test_an_objective_of_the_team_s_own_reaches_every_place_that_says_it() -> None:
    rendered = slo.render(Objective(objective=0.999, latency_seconds=0.25))
    within, _, alert = yaml.safe_load(rendered)["groups"][0]["rules"]
    assert within["expr"].startswith("histogram_fraction(0, 0.25, ")
    assert f"{names.GOOD_RATIO} < 0.999" in alert["expr"]
    assert "answered within 0.25 s); the objective is 0.999." in alert["annotations"]["description"]


def test_a_stale_file_is_named_with_what_makes_it_current(tmp_path: Path) -> None:
    path, out = tmp_path / "loadline.yml", io.StringIO()
    assert slo.main(["--check"], path=path, out=out) == 1
    assert out.getvalue() == f"{path} is stale; run python -m rules.slo\n"
    assert not path.exists()
    assert slo.main([], path=path, out=out) == 0
    assert slo.main(["--check"], path=path, out=out) == 0
