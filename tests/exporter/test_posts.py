"""What is posted to a server of metrics: bounded, and only where somebody waits for it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
import requests

from exporter.pages import Reply
from exporter.posts import MOST_BYTES
from exporter.web import Web
from tests.exporter.conftest import Serving

TIMEOUT = 10.0


def _raw(url: str, request: bytes) -> int:
    """The status of the reply to ``request``, after which nothing more is sent."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=TIMEOUT) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        return int(client.makefile("rb").readline().split()[1])


def test_a_body_is_given_to_who_waits_for_it_and_metrics_stay(serving: Serving) -> None:
    seen: list[bytes] = []

    def told(body: bytes) -> Reply:
        seen.append(body)
        return Reply(202, b"thanks\n")

    url = serving([], receivers={"/alerts": told})
    reply = requests.post(f"{url}/alerts?a=1", data=b"news", timeout=TIMEOUT)
    assert (reply.status_code, reply.text, seen) == (202, "thanks\n", [b"news"])
    assert requests.post(f"{url}/metrics", data=b"x", timeout=TIMEOUT).status_code == 404
    assert requests.get(f"{url}/metrics", timeout=TIMEOUT).status_code == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 3", 400),
        (b"Content-Length: -1", 400),
        (b"Content-Length: 1e3", 400),
        (b"Content-Length: %d" % (MOST_BYTES + 1), 413),
        (b"Content-Length: " + b"9" * 5000, 413),
        (b"X-Nothing: 1", 411),
        (b"Transfer-Encoding: chunked", 411),
    ],
)
def test_a_body_without_an_honest_length_is_refused(serving: Serving, head: bytes, status: int) -> None:
    def told(body: bytes) -> Reply:
        raise AssertionError("nobody is told")

    url = serving([], receivers={"/alerts": told})
    assert _raw(url, b"POST /alerts HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\nab") == status


def test_who_may_not_read_may_not_tell_either(serving: Serving) -> None:
    class Closed(Web):
        def lets_in(self, authorization: str | None) -> bool:
            return authorization == "nobody"

    url = serving([], receivers={"/alerts": lambda _: Reply(200, b"")}, web=Closed())
    assert requests.post(f"{url}/alerts", data=b"x", timeout=TIMEOUT).status_code == 401
