"""Whether a node_exporter is next door. A real one is in test_node_exporter.py."""

from __future__ import annotations

import socket

import pytest

from exporter.errors import ExporterError
from exporter.neighbour import is_node_exporter
from tests.exporter.conftest import Serving
from tests.exporter.fake_host import collectors
from tests.exporter.test_guard import Made, good


def address(url: str) -> str:
    return url.removeprefix("http://")


def test_what_serves_cpu_time_is_one(serving: Serving) -> None:
    assert is_node_exporter(address(serving(collectors())))


def test_another_exporter_on_its_port_is_none(serving: Serving) -> None:
    assert not is_node_exporter(address(serving([Made("good", good)])))


def test_a_port_without_anybody_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert not is_node_exporter(f"127.0.0.1:{port}")


def test_one_that_says_nothing_is_none_within_the_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert not is_node_exporter(f"127.0.0.1:{silent.getsockname()[1]}", timeout=0.1)


def test_a_wrong_address_is_refused() -> None:
    with pytest.raises(ExporterError, match="write HOST:PORT"):
        is_node_exporter("nine thousand")
