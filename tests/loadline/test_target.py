"""The one question to the system under test before any load: is anybody there?"""

from __future__ import annotations

import socket

import pytest

from loadline import target
from loadline.errors import TargetError
from loadline.stack.process import free_port


def test_a_server_that_listens_is_reached_without_a_request() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        target.check(f"http://127.0.0.1:{server.getsockname()[1]}/boards")
        connection, _ = server.accept()
        with connection:
            connection.settimeout(5)
            assert connection.recv(100) == b""


def test_a_closed_port_is_told_with_what_to_look_at() -> None:
    port = free_port()
    with pytest.raises(TargetError) as unreached:
        target.check(f"http://127.0.0.1:{port}/boards")
    assert unreached.value.message == f"127.0.0.1:{port} cannot be reached (Connection refused)"
    assert "security group" in unreached.value.hint


def test_a_host_that_is_no_name_is_told_too() -> None:
    with pytest.raises(TargetError, match=r"a\.\.b:443 cannot be reached"):
        target.check("https://a..b/")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080/", True),
        ("http://127.3.2.1/", True),
        ("http://[::1]:8080/", True),
        ("http://localhost/", True),
        ("https://192.0.2.1/", False),
        ("http://a..b/", False),
    ],
)
def test_loopback_is_this_machine(url: str, local: bool) -> None:
    assert target.is_local(url) is local
