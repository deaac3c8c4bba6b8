"""The generated rules, held by the real promtool to what cases/*.yml and native/*.yml say must fire and must not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from loadline.stack.binaries import find
from rules.slo.__main__ import FOLDER
from rules.slo.file import read
from rules.slo.files import render
from tests.stores import promtool_3

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("cases/*.yml"))
NATIVE = sorted(HERE.glob("native/*.yml"))


LONGEST = 300.0
pytestmark = pytest.mark.timeout(LONGEST + 10.0)


@pytest.fixture(params=["installed", "3"])
def promtool(request: pytest.FixtureRequest) -> str:
    return str(find("promtool")) if request.param == "installed" else _newer()


def _newer() -> str:
    if not promtool_3().is_file():
        pytest.skip(f"there is no {promtool_3()}: `bash .ci/prometheus-3` builds it")
    return str(promtool_3())


def _said(*command: str, folder: Path | None = None) -> str:
    # A case of days takes promtool seventeen seconds of a core, of which a busy machine has a fraction to give.
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _rules(folder: Path) -> Path:
    for name, text in render(read(HERE / "slo.yaml")).items():
        (folder / name).write_text(text)
    return folder


def _case(promtool: str, case: Path, folder: Path) -> None:
    (_rules(folder) / case.name).write_text(case.read_text())
    assert "SUCCESS" in _said(promtool, "test", "rules", case.name, folder=folder)


def test_promtool_accepts_the_committed_rules(promtool: str) -> None:
    said = _said(promtool, "check", "rules", *sorted(map(str, FOLDER.iterdir())))
    assert said.count("SUCCESS") == 3


def test_promtool_accepts_the_rules_of_every_kind_of_slo(promtool: str, tmp_path: Path) -> None:
    said = _said(promtool, "check", "rules", *map(str, _rules(tmp_path).iterdir()))
    assert said.count("SUCCESS") == 3


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_an_alert_does_what_the_case_says(promtool: str, case: Path, tmp_path: Path) -> None:
    _case(promtool, case, tmp_path)


@pytest.mark.parametrize("case", NATIVE, ids=lambda case: case.stem)
def test_native_histograms_count_as_the_case_says(case: Path, tmp_path: Path) -> None:
    _case(_newer(), case, tmp_path)
