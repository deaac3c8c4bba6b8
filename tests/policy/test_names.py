"""A metric's name is spelled in a file called names.py, and nowhere else in the packages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.policy import tree

METRIC: Final = re.compile(r"\b(?:k6|node|ec2|container|loadline|namedprocess)_[A-Za-z0-9_]+")
NO_METRICS: Final = {
    "node_exporter": "the program's name",
    "ec2_identity": "a collector's name",
    "ec2_instance_limits": "a collector's name",
    "ec2_network_allowance": "a collector's name",
    "ec2_cpu_credits": "a collector's name",
    "node_memory_": "the prefix that node_exporter leaves off in its help texts",
}


def spelled(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Metric names in the string literals of a module, f-strings too; docstrings are prose and may name them."""
    prose = {node.value for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            yield from ((node.lineno, found) for found in METRIC.findall(node.value) if found not in NO_METRICS)


def test_metric_names_are_spelled_in_names_py_only() -> None:
    found = [
        f"{tree.place(path, line)} spells {metric}; take it from names.py"
        for path in tree.python(*tree.PACKAGES)
        if path.name != "names.py"
        for line, metric in spelled(tree.parsed(path))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('"""About k6_vus."""\nquery = "sum(k6_vus)"', [(2, "k6_vus")]),
        ('query = f"rate(node_cpu_seconds_total{{{where}}}[1m])"', [(1, "node_cpu_seconds_total")]),
        ('label = "node_exporter"', []),
        ("LIMIT = 3\n'''k6_vus at which it ends.'''", []),
    ],
)
def test_a_metric_name_is_seen(source: str, seen: list[tuple[int, str]]) -> None:
    assert list(spelled(ast.parse(source))) == seen
