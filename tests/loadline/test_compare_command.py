"""``loadline compare`` as a user types it: exit codes, formats, and one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rules.answer import Answer
from rules.finding import Verdict
from tests.real import loadline
from tests.rules.answers_of import answer, at_least, refused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    answers: dict[str, Answer] = {
        "a": answer("a", half=0.003),
        "same": answer("same", 1001.0, half=0.003),
        "worse": answer("worse", 950.0, half=0.003),
        "open": answer("open", 985.0),
        "bound": at_least("bound", 500.0),
        "failing": refused("failing", Verdict.FAILING),
    }
    for name, one in answers.items():
        (tmp_path / f"{name}.json").write_text(one.to_json())
    return tmp_path


@pytest.mark.parametrize(
    ("after", "code", "said"),
    [
        ("same", 0, "  the same"),
        ("worse", 5, "  worse"),
        ("open", 0, "  cannot tell"),
        ("bound", 0, "  cannot tell"),
        ("failing", 4, "  cannot tell"),
    ],
)
def test_the_exit_code_is_5_for_a_proven_regression_alone(folder: Path, after: str, code: int, said: str) -> None:
    done = loadline("compare", str(folder / "a.json"), str(folder / f"{after}.json"))
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.splitlines()[2] == said


def test_a_wider_margin_lets_it_pass_and_sets_are_given_by_options(folder: Path) -> None:
    paths = ["--baseline", str(folder / "a.json"), "--candidate", str(folder / "worse.json"), "--margin", "10"]
    done = loadline("compare", *paths, "--format", "json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"], told["margin"]) == (0, "same", 0.1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give two answers, or both --baseline and --candidate. See loadline compare --help"),
        (("a.json",), "give two answers, or both"),
        (("a.json", "same.json", "--baseline", "open.json"), "give two answers, or both"),
        (("--baseline", "a.json"), "give two answers, or both"),
        (("a.json", "a.json"), "the run a of 2026-11-20 10:00:00 is given 2 times"),
        (("a.json", "gone.json"), "there is no file "),
        (("a.json", "nobody"), "no answer for testid 'nobody' in "),
        (("a.json", "same.json", "--margin", "0"), "Invalid value for '--margin'"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    given = [str(folder / one) if one.endswith(".json") else one for one in arguments]
    done = loadline("compare", *given, "--store", str(folder / "store"))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr.startswith(f"loadline: {said}")
