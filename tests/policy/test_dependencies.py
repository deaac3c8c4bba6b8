"""Lock files hold names, versions and hashes, and nothing of where they were made; a dependency has its reason."""

from __future__ import annotations

import re
import tomllib
from typing import Final

import pytest

from tests.policy import tree

LOCKS: Final = ("requirements.lock", "requirements-runtime.lock")
PIN: Final = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\")
HASH: Final = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def pins(lock: str) -> set[tuple[str, str]]:
    found = map(PIN.fullmatch, (tree.ROOT / lock).read_text().splitlines())
    return {(pin["name"], pin["version"]) for pin in found if pin}


def dependencies() -> list[str]:
    """The names of everything that pyproject.toml asks for, extras too."""
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0] for one in asked}
    return sorted(names - {project["name"]})


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(lock: str) -> None:
    lines = enumerate((tree.ROOT / lock).read_text().splitlines(), start=1)
    found = [
        f"{lock}:{number}: {line}" for number, line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)
    ]
    assert not found, "\n".join(found)


def test_what_runs_is_pinned_as_what_was_tested() -> None:
    assert pins("requirements-runtime.lock") - pins("requirements.lock") == set()


def test_what_only_the_tests_need_is_not_shipped() -> None:
    assert {name for name, _ in pins("requirements-runtime.lock")} & {
        "pytest",
        "mypy",
        "ruff",
        "grafanalib",
        "uv",
    } == set()


@pytest.mark.parametrize("dependency", dependencies())
def test_a_dependency_is_pinned_and_has_its_sentence(dependency: str) -> None:
    assert dependency in {name for name, _ in pins("requirements.lock")}, "run make lock"
    rows = [line for line in (tree.ROOT / "docs/dependencies.md").read_text().splitlines() if line.startswith("|")]
    assert any(f"`{dependency}`" in row.split("|")[1] for row in rows), "docs/dependencies.md has no line for it"
