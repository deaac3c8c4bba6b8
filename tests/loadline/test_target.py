"""The one question to the system under test before any load: is anybody there?"""

from __future__ import annotations

import socket

import psutil
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


def test_an_address_of_ipv6_is_told_in_brackets() -> None:
    port = free_port()
    with pytest.raises(TargetError, match=rf"^\[::1\]:{port} cannot be reached \("):
        target.check(f"http://[::1]:{port}/boards")


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
        ("http://0.0.0.0:8080/", True),
        ("https://198.51.100.1/", False),
        ("https://[2001:db8::1]/", False),
        ("http://a..b/", False),
    ],
)
def test_loopback_is_this_machine(url: str, local: bool) -> None:
    assert target.is_local(url) is local


def test_every_address_of_this_machine_is_this_machine() -> None:
    own = [one.address for ones in psutil.net_if_addrs().values() for one in ones if one.family is socket.AF_INET]
    assert own
    assert [address for address in own if not target.is_local(f"http://{address}:8080/")] == []
