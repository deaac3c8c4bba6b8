"""The environment's python is a shell script here that writes down what it was asked; no package is downloaded."""

from __future__ import annotations

import ast
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from loadline.errors import BrokenError

SCRIPT = Path(__file__).resolve().parents[3] / "infra" / "install" / "install.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


install = load()


@dataclass
class Clone:
    """A clone whose environment is complete, with a python that answers as the real one does."""

    root: Path

    def python(self, pip: str) -> None:
        """Replace the environment's python; ``pip`` is what ``python -m pip`` does."""
        loaded = self.root / "loadline" / "__init__.py"
        python = self.root / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text(f"""#!/bin/sh
case "$*" in
*certifi*) echo "{self.root}/requirements.lock" ;;  # any file that exists
*"import pip, loadline"*) echo "{loaded}" ;;
*) echo "$*" >> "{self.root}/asked"; {pip} ;;
esac
""")
        python.chmod(0o755)

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / "installed"

    def asked(self) -> list[str]:
        asked = self.root / "asked"
        return asked.read_text().splitlines() if asked.exists() else []


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    (tmp_path / "requirements.lock").write_text("click==8.1.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    made = Clone(tmp_path)
    made.python(pip="true")
    made.stamp.write_text(install.digest([tmp_path / "requirements.lock", tmp_path / "pyproject.toml"]))
    return made


def test_nothing_is_done_where_everything_is_as_the_lock_asks(clone: Clone) -> None:
    install.install(clone.root)
    assert clone.asked() == []


def test_a_changed_lock_is_installed_into_the_environment_that_is_there(clone: Clone) -> None:
    (clone.root / "requirements.lock").write_text("click==8.2.0\n")
    install.install(clone.root)
    packages, project = clone.asked()
    assert packages.endswith(f"--require-hashes -r {clone.root}/requirements.lock")
    assert project.endswith(f"--no-index --no-deps --no-build-isolation -e {clone.root}")
    install.install(clone.root)
    assert len(clone.asked()) == 2


def test_an_install_that_fails_leaves_no_stamp_so_that_it_is_begun_again(clone: Clone) -> None:
    (clone.root / "requirements.lock").write_text("click==8.2.0\n")
    clone.python(pip="echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES'; exit 1")
    with pytest.raises(BrokenError, match="pip ended with 1; its last lines are above"):
        install.install(clone.root)
    assert not clone.stamp.exists()


def test_an_index_that_cannot_be_reached_is_told_with_what_to_do_after_pips_own_lines(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone.root / "requirements.lock").write_text("click==8.2.0\n")
    clone.python(pip="echo 'WARNING: Retrying (Retry(total=0))'; echo 'ERROR: No matching distribution'; exit 1")
    with pytest.raises(BrokenError) as raised:
        install.install(clone.root)
    assert raised.value.message.startswith("the Python package index could not be reached")
    assert "HTTPS_PROXY" in raised.value.hint
    assert capsys.readouterr().err.splitlines()[-1] == "make install:   pip: ERROR: No matching distribution"


def test_an_environment_that_loads_another_clone_does_not_serve(clone: Clone) -> None:
    assert install.serves(clone.root / ".venv", clone.root)
    assert not install.serves(clone.root / ".venv", clone.root / "moved")
    assert not install.serves(clone.root / "absent", clone.root)


def test_a_python_too_old_for_loadline_can_still_read_the_script_and_say_so() -> None:
    assert ast.parse(SCRIPT.read_text(), feature_version=(3, 7))
