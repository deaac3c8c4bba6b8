"""Calls that make a suite slow or a program hang: sleeping in tests, and asking a server without a time-out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from tests.policy import tree

SLEEPS_WITH_REASON: Final[dict[str, str]] = {}
VERBS: Final = {"get", "post", "put", "patch", "delete", "head", "options", "request", "send"}


def sleeps(module: ast.Module) -> Iterator[int]:
    """Lines on which ``time.sleep`` or ``asyncio.sleep`` is named, by whatever import."""
    for line, dotted in tree.imports(module):
        if dotted in ("time.sleep", "asyncio.sleep"):
            yield line
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("time.sleep", "asyncio.sleep"):
            yield node.lineno


def without_timeout(module: ast.Module) -> Iterator[int]:
    """Lines on which requests, or one of its sessions, asks a server without ``timeout=``."""
    askers = {"requests", *_sessions(module)}
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in VERBS):
            continue
        if ast.unparse(node.func.value) in askers and "timeout" not in {keyword.arg for keyword in node.keywords}:
            yield node.lineno


def _sessions(module: ast.Module) -> Iterator[str]:
    """Every expression that is given a ``requests.Session``: assigned, annotated, or by ``with``."""
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=targets, value=value) if "requests.Session(" in ast.unparse(value):
                yield from (ast.unparse(target) for target in targets)
            case ast.AnnAssign(target=target, annotation=kind) if "requests.Session" in ast.unparse(kind):
                yield ast.unparse(target)
            case ast.arg(arg=name, annotation=ast.expr() as kind) if "requests.Session" in ast.unparse(kind):
                yield name
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                if "requests.Session(" in ast.unparse(value):
                    yield ast.unparse(target)


def test_no_test_sleeps() -> None:
    found = [
        f"{tree.place(path, line)} sleeps; wait for a condition with a deadline"
        for path in tree.python("tests")
        if tree.name(path) not in SLEEPS_WITH_REASON
        for line in sleeps(tree.parsed(path))
    ]
    assert not found, "\n".join(found)


def test_every_request_has_a_timeout() -> None:
    found = [
        f"{tree.place(path, line)} asks a server without timeout="
        for path in tree.python(*tree.PACKAGES, "tests", "infra")
        for line in without_timeout(tree.parsed(path))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.sleep(1)",
        "from time import sleep",
        "import asyncio\nasync def f():\n    await asyncio.sleep(1)",
    ],
)
def test_a_sleep_is_seen(source: str) -> None:
    assert len(list(sleeps(ast.parse(source)))) == 1


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("requests.get(url)", 1),
        ("requests.get(url, timeout=1)", 0),
        ("self._session = given or requests.Session()\nself._session.request('GET', url)", 1),
        ("def f(session: requests.Session): return session.put(url, timeout=1), session.get(url)", 1),
        ("with requests.Session() as http:\n    http.post(url)", 1),
        ("with requests.Session() as http:\n    http.send(http.prepare_request(asked))", 1),
        ("settings.get('url')", 0),
    ],
)
def test_a_request_without_timeout_is_seen(source: str, seen: int) -> None:
    assert len(list(without_timeout(ast.parse(source)))) == seen
