"""Imports point one way, and each outside system has one edge: the file that talks to it."""

from __future__ import annotations

import ast
from typing import Final

import pytest

from tests.policy import tree

MAY_IMPORT: Final = {
    "exporter": (),
    "rules": ("exporter.names",),  # constants: both sides of a metric are spelled once
    "dashboards": ("rules",),
    "loadline": ("rules", "exporter"),
}

EDGES: Final = {
    "requests": {
        "rules/prometheus.py": "Prometheus's query API",
        "rules/grafana_http.py": "Grafana's HTTP API",
        "loadline/k6.py": "k6's own REST API",
        "exporter/ec2/imds.py": "EC2's instance metadata service",
        "loadline/stack/store.py": "asks the exporter it started whether it is up",
    },
    "urllib3": {
        "rules/prometheus.py": "the bounded retries of requests",
        "rules/grafana_http.py": "the bounded retries of requests",
        "exporter/ec2/imds.py": "tells nobody there from somebody who breaks off",
    },
    "grafanalib": {"dashboards/house.py": "frozen upstream, so kept replaceable"},
    "docker": {"exporter/containers/engine.py": "Docker's engine"},
    "boto3": {"exporter/ec2/cloudwatch.py": "CloudWatch"},
    "botocore": {"exporter/ec2/cloudwatch.py": "what boto3 raises, and its time-outs"},
}


def wrong_arrows(package: str, module: ast.Module) -> list[tuple[int, str]]:
    """Imports of our own that a file of ``package`` may not have."""
    forbidden = [other for other in tree.PACKAGES if other != package] + ["tests"]
    return [
        (line, dotted)
        for line, dotted in tree.imports(module)
        if tree.is_under(dotted, *forbidden) and not tree.is_under(dotted, *MAY_IMPORT[package])
    ]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    found = [
        f"{tree.place(path, line)} imports {dotted}; {package} may import {MAY_IMPORT[package] or 'none of ours'}"
        for path in tree.python(package)
        for line, dotted in wrong_arrows(package, tree.parsed(path))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("outside", EDGES)
def test_an_outside_system_has_one_edge(outside: str) -> None:
    found = [
        f"{tree.place(path, line)} imports {dotted}; go through an edge, or list it in EDGES with its reason"
        for path in tree.python(*tree.PACKAGES)
        if tree.name(path) not in EDGES[outside]
        for line, dotted in tree.imports(tree.parsed(path))
        if tree.is_under(dotted, outside)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("outside", "edge"), [(outside, edge) for outside in EDGES for edge in EDGES[outside]])
def test_an_edge_that_is_listed_is_still_one(outside: str, edge: str) -> None:
    imported = [dotted for _, dotted in tree.imports(tree.parsed(tree.ROOT / edge))]
    assert any(tree.is_under(dotted, outside) for dotted in imported), f"{edge} no longer imports {outside}"


@pytest.mark.parametrize(
    ("package", "source", "wrong"),
    [
        ("exporter", "from rules import names", ["rules.names"]),
        ("rules", "def f():\n    import loadline.cli", ["loadline.cli"]),
        ("rules", "from exporter import server", ["exporter.server"]),
        ("rules", "from exporter import names", []),
        ("rules", "from exporter.names import CPU", []),
        ("dashboards", "from exporter.names import CPU", ["exporter.names.CPU"]),
        ("loadline", "from rules.answer import Answer", []),
        ("loadline", "import dashboards.build", ["dashboards.build"]),
    ],
)
def test_a_wrong_arrow_is_seen(package: str, source: str, wrong: list[str]) -> None:
    assert [dotted for _, dotted in wrong_arrows(package, ast.parse(source))] == wrong
