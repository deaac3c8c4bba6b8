from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests

from exporter.errors import ExporterError
from exporter.server import MOST_CONNECTIONS, serve
from tests.exporter.conftest import Serving
from tests.exporter.fake_host import collectors
from tests.exporter.hanging import Hanging
from tests.real import wait_for

TIMEOUT = 10.0


@pytest.fixture
def broken_off(caplog: pytest.LogCaptureFixture) -> Iterator[threading.Event]:
    """Set once the exporter has noticed that a client went away."""
    noticed = threading.Event()

    class Notice(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "broken off" in record.getMessage():
                noticed.set()

    caplog.set_level(logging.DEBUG, logger="exporter")
    handler = Notice()
    logging.getLogger("exporter").addHandler(handler)
    yield noticed
    logging.getLogger("exporter").removeHandler(handler)


def test_a_connection_serves_scrape_after_scrape_and_each_says_its_length(serving: Serving) -> None:
    with requests.Session() as session:
        url = serving(collectors())
        first, second = (session.get(f"{url}/metrics", timeout=TIMEOUT) for _ in range(2))
    assert (first.raw.version, first.status_code, second.status_code) == (11, 200, 200)
    assert "node_load1 3.47" in second.text


def test_head_is_get_without_the_body_and_other_methods_are_none(serving: Serving) -> None:
    url = serving([])
    head = requests.head(f"{url}/healthz", timeout=TIMEOUT)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "3", b"")
    assert requests.post(f"{url}/metrics", data=b"GET / HTTP/1.1\r\n\r\n", timeout=TIMEOUT).status_code == 501


def test_a_body_with_get_is_never_read_as_the_next_request(serving: Serving) -> None:
    address = urlsplit(serving([]))
    smuggled = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=TIMEOUT) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(smuggled) + smuggled)
        said = b"".join(iter(lambda: client.recv(65536), b""))
    assert said.count(b"HTTP/1.1 200 OK") == 1
    assert b"Connection: close" in said


def test_fifty_at_once_are_all_answered_in_full(serving: Serving) -> None:
    url = f"{serving(collectors())}/metrics"
    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(lambda _: requests.get(url, timeout=TIMEOUT), range(50)))
    assert {reply.status_code for reply in replies} == {200}
    assert {sum(line.startswith("node_") for line in reply.text.splitlines()) for reply in replies} == {243}


def test_more_connections_than_there_is_room_for_are_told_to_come_back(serving: Serving) -> None:
    url = urlsplit(serving([]))
    with ExitStack() as stack:
        idle = [
            stack.enter_context(socket.create_connection((url.hostname, url.port), timeout=TIMEOUT))
            for _ in range(MOST_CONNECTIONS + 1)
        ]
        assert idle[-1].recv(100).startswith(b"HTTP/1.1 503 ")
    wait_for(lambda: requests.get(f"http://{url.netloc}/healthz", timeout=TIMEOUT).status_code == 200, "room")


def test_what_hangs_is_left_out_of_a_scrape_that_is_answered_in_its_deadline(
    serving: Serving, hanging: Hanging
) -> None:
    url = f"{serving([hanging, *collectors()], deadline=0.5)}/metrics"
    reply = requests.get(url, timeout=TIMEOUT)
    assert 'collector_success{collector="hanging"} 0.0' in reply.text
    assert 'collector_success{collector="cpu"} 1.0' in reply.text
    assert reply.elapsed.total_seconds() < 3
    assert requests.get(f"{url.removesuffix('metrics')}healthz", timeout=TIMEOUT).text == "ok\n"


def test_a_client_that_hangs_up_leaves_the_exporter_at_work_and_silent(
    serving: Serving, capfd: pytest.CaptureFixture[str], broken_off: threading.Event
) -> None:
    url = serving([])
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=TIMEOUT) as client:
        client.sendall(b"GET /metr")
        # Lingering for no time makes close a reset, which the server meets as an exception while it reads.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert broken_off.wait(TIMEOUT)
    assert requests.get(f"{url}/healthz", timeout=TIMEOUT).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_a_port_in_use_is_said_in_one_line_with_what_to_do(serving: Serving) -> None:
    taken = urlsplit(serving([])).netloc
    with pytest.raises(ExporterError) as refused:
        serve(taken, threading.Event(), [])
    assert str(refused.value) == (
        f"cannot listen on {taken}: Address already in use; "
        "choose another address with --listen HOST:PORT (port 0 takes any free one)"
    )


def test_an_address_of_another_host_is_refused() -> None:
    with pytest.raises(ExporterError, match=r"cannot listen on 192\.0\.2\.1:0: .*assign requested address"):
        serve("192.0.2.1:0", threading.Event(), [])
