"""The workflows that the documentation shows: they are YAML of the right form, and every command in them exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.policy.test_docs import wrong_commands

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "ci"
OURS = re.compile(r"(^|\s)loadline (run|compare) ")
"""Not the folder that is cloned."""
NAMES = ("github-actions.yml", "gitlab-ci.yml")


def read(name: str) -> dict[Any, Any]:
    told = yaml.safe_load((EXAMPLES / name).read_text())
    assert isinstance(told, dict)
    return told


def texts(told: Any) -> Iterator[str]:
    """Every string in it, at any depth."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        yield from (text for value in told.values() for text in texts(value))
    elif isinstance(told, list):
        yield from (text for value in told for text in texts(value))


def commands(name: str) -> str:
    """The shell of a workflow as a block of code, with the variable that holds the test's options put in."""
    told = list(texts(read(name)))
    (test,) = (text for text in told if "--repeat" in text and "loadline" not in text)
    lines = [line for text in told for line in text.splitlines() if OURS.search(line)]
    return "```\n" + "\n".join(lines).replace("$TEST", test) + "\n```\n"


def test_every_example_is_tested() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_exists(name: str) -> None:
    shown = commands(name)
    assert shown.count("loadline run http://") == 2
    assert shown.count("loadline compare before after") == 2
    assert list(wrong_commands(shown)) == []


def test_a_wrong_option_would_be_seen() -> None:
    assert list(wrong_commands("```\nloadline compare a b --colour\n```")) == ["compare --colour"]


def test_the_github_workflow_has_the_form_of_one() -> None:
    told = read("github-actions.yml")
    assert told[True] == "pull_request", "YAML 1.1 reads the key on as true"
    assert told["permissions"] == {"contents": "read"}
    (job,) = told["jobs"].values()
    assert job["timeout-minutes"]
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
        assert "@" in step.get("uses", "@")


def test_the_gitlab_job_shows_its_outcome_as_tests() -> None:
    job = read("gitlab-ci.yml")["capacity"]
    assert job["artifacts"]["reports"] == {"junit": "capacity.xml"}
    assert job["artifacts"]["when"] == "always", "a failed job is the one to look at"
    assert all(isinstance(line, str) for part in ("before_script", "script") for line in job[part])


@pytest.mark.parametrize("name", NAMES)
def test_the_last_command_decides(name: str) -> None:
    lines = [line for line in commands(name).splitlines() if "loadline compare" in line]
    assert lines[0].endswith("|| true")
    assert "||" not in lines[-1].partition("#")[0]
