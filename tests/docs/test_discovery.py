"""The example configurations that the documentation shows, by the real promtool."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from loadline.stack.binaries import find
from tests.docs.ec2_api import Ec2Api, Machine
from tests.exporter.raw_http import over_tcp

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "prometheus"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [find("promtool"), "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | KEYS, check=False)


def discovered(config: Path) -> dict[str, str]:
    """Role by address, of the targets that are left after relabelling."""
    done = promtool("service-discovery", "--timeout=10s", config, "loadline")
    assert done.returncode == 0, done.stderr
    kept = [found["labels"] for found in json.loads(done.stdout) if found["labels"]]
    return {labels["__address__"]: labels.get("role", "") for labels in kept}


@pytest.mark.parametrize("name", ["ec2.yml", "files.yml"])
def test_promtool_accepts_the_example(name: str) -> None:
    done = promtool("config", EXAMPLES / name)
    assert done.returncode == 0, done.stderr + done.stdout


def test_the_targets_in_files_have_their_role() -> None:
    assert discovered(EXAMPLES / "files.yml") == {"10.0.1.12:9101": "server", "10.0.1.20:9101": "generator"}


def test_a_file_without_a_role_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "files.yml").write_text((EXAMPLES / "files.yml").read_text())
    (tmp_path / "targets").mkdir()
    (tmp_path / "targets" / "a.yml").write_text(
        '- targets: ["a:9101"]\n'
        '- {targets: ["b:9101"], labels: {role: sever}}\n'
        '- {targets: ["c:9101"], labels: {role: both}}\n'
    )
    assert discovered(tmp_path / "files.yml") == {"c:9101": "both"}


def test_instances_get_their_role_from_the_tag_and_stopped_or_untagged_ones_are_dropped(tmp_path: Path) -> None:
    api = Ec2Api(
        Machine("i-1", "10.0.1.12", "running", "server"),
        Machine("i-2", "10.0.1.20", "running", "generator"),
        Machine("i-3", "10.0.1.30", "stopped", "server"),
        Machine("i-4", "10.0.1.40", "running", None),
        Machine("i-5", "10.0.1.50", "running", "database"),
    )
    config = yaml.safe_load((EXAMPLES / "ec2.yml").read_text())
    with over_tcp(api) as url:
        config["scrape_configs"][0]["ec2_sd_configs"][0]["endpoint"] = url
        (tmp_path / "ec2.yml").write_text(yaml.safe_dump(config))
        assert discovered(tmp_path / "ec2.yml") == {"10.0.1.12:9101": "server", "10.0.1.20:9101": "generator"}
    assert api.filters == {"tag-key": "loadline-role", "instance-state-name": "running"}
