"""A Grafana to write annotations to, as an editor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rules.grafana import Grafana
from tests.grafana import EDITOR_TOKEN, FakeGrafana, serving


@pytest.fixture
def server() -> Iterator[FakeGrafana]:
    with serving() as fake:
        yield fake


@pytest.fixture
def grafana(server: FakeGrafana) -> Grafana:
    return Grafana(server.url, token=EDITOR_TOKEN)
