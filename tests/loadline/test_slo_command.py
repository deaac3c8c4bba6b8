"""``loadline slo``, and ``--slo`` of the commands that judge."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from loadline.cli import cli
from loadline.errors import UsageError
from loadline.options import parse
from rules.answer import Objective
from rules.slo.files import EVERY_DAY, LOAD_TEST, STACK

OWN = "slos:\n  - {name: mine, indicator: {k6: requests}, threshold: 300ms, target: 0.99, timeWindow: 14d}\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "slo.yaml"
    path.write_text(OWN)
    return path


def test_a_valid_file_is_counted(own: Path) -> None:
    done = CliRunner().invoke(cli, ["slo", "check", str(own), "--retention", "15d"])
    assert (done.exit_code, done.output) == (0, "valid: 1 SLO\n")


def test_without_a_file_the_one_of_compose_is_checked() -> None:
    assert CliRunner().invoke(cli, ["slo", "check"]).output == "valid: 1 SLO\n"


def test_every_mistake_is_a_line_of_its_own_and_the_exit_code_2(own: Path) -> None:
    own.write_text(OWN.replace("0.99", "0.5").replace("300ms", "soon"))
    done = CliRunner().invoke(cli, ["slo", "check", str(own), "--retention", "7d"])
    assert done.exit_code == 2
    assert done.stdout == ""
    keys = ["slos[0].target", "slos[0].threshold", "slos[0].timeWindow"]
    assert [line.split(": ")[:2] for line in done.stderr.splitlines()] == [[f"{own}:2", key] for key in keys]


@pytest.mark.parametrize("retention", ["", "0d", "long"])
def test_a_retention_that_is_none_is_refused(own: Path, retention: str) -> None:
    done = CliRunner().invoke(cli, ["slo", "check", str(own), "--retention", retention])
    assert isinstance(done.exception, UsageError)


def test_generate_writes_a_file_for_each_family(own: Path, tmp_path: Path) -> None:
    rules = tmp_path / "new" / "rules"
    done = CliRunner().invoke(cli, ["slo", "generate", "--slo", str(own), "--output", str(rules)])
    assert done.exit_code == 0
    assert {path.name for path in rules.iterdir()} == {LOAD_TEST, EVERY_DAY, STACK}
    assert "# Made by loadline slo generate from slo.yaml" in (rules / LOAD_TEST).read_text()
    assert "slo: mine\n      window: 2m20s" in (rules / EVERY_DAY).read_text()


def test_generate_prints_all_rules_and_a_latency_limit_stands_above_the_file(own: Path) -> None:
    done = CliRunner().invoke(
        cli, ["slo", "generate", "--slo", str(own), "--latency-limit", "70ms", "--docs-url", "http://d/"]
    )
    groups = yaml.safe_load(done.stdout)["groups"]
    assert [group["name"] for group in groups] == [
        "loadline-load-test",
        "loadline-slo-mine",
        "loadline-slo-mine-budget",
        "loadline-stack",
    ]
    assert groups[0]["rules"][0]["expr"].startswith("histogram_fraction(0, 0.07, ")
    assert groups[0]["rules"][-1]["annotations"]["runbook"] == "http://d/alerts.md#loadlinefailuresstarted"


def test_a_run_is_judged_by_the_file_and_by_a_latency_limit_above_it(own: Path) -> None:
    assert parse(url="http://127.0.0.1", slo=own).objective == Objective(objective=0.99, latency_seconds=0.3)
    given = parse(url="http://127.0.0.1", slo=own, latency_limit="2s")
    assert given.objective == Objective(objective=0.99, latency_seconds=2.0)
    assert parse(url="http://127.0.0.1").objective == Objective()


def test_mistakes_in_the_file_are_told_with_those_on_the_command_line(own: Path) -> None:
    own.write_text(OWN.replace("0.99", "0.5"))
    with pytest.raises(
        UsageError, match=r"slo.yaml:2: slos\[0\].target: 0.5 is too low.*; --vus: 0 is neither a number of VUs"
    ):
        parse(url="http://127.0.0.1", slo=own, vus=0)
