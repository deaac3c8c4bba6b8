"""The repository as its policies see it: which files are ours, what they import, and where in them a thing is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("loadline", "rules", "exporter", "dashboards")
FOLDERS: Final = (*PACKAGES, "tests", "k6", "compose", "infra", "docs", ".ci")
BESIDE: Final = (".md", ".toml", ".yaml", ".lock")


def files(*folders: str) -> list[Path]:
    """Every file under the folders, without what Python leaves there."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return sorted(path for path in found if "__pycache__" not in path.parts)


def all_files() -> list[Path]:
    """Every file of the repository: those of its folders, and those beside them. A stranger's notes are not ours."""
    beside = (path for path in ROOT.iterdir() if path.suffix in BESIDE or path.name == "Makefile")
    return [*sorted(beside), *files(*FOLDERS)]


def python(*folders: str) -> list[Path]:
    return [path for path in files(*folders) if path.suffix == ".py"]


def name(path: Path) -> str:
    """The path as one writes it in the repository."""
    return path.relative_to(ROOT).as_posix()


def place(path: Path, line: int) -> str:
    return f"{name(path)}:{line}"


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything imported: ``from a.b import c`` is ``a.b.c``."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def is_under(dotted: str, *parents: str) -> bool:
    """Whether a dotted name is one of ``parents``, or inside one."""
    return any(dotted == parent or dotted.startswith(f"{parent}.") for parent in parents)
