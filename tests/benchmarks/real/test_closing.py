from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest
import requests

from tests.benchmarks.real.closing import ClosingServer, statistics
from tests.real import wait_for

TIMEOUT = 10.0


@contextmanager
def serving(threads: int, service_seconds: float, backlog: int) -> Iterator[ClosingServer]:
    with closing(ClosingServer(threads, service_seconds, backlog)) as server:
        yield server


def get(address: tuple[str, int]) -> bytes:
    with socket.create_connection(address, TIMEOUT) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return b"".join(iter(lambda: client.recv(4096), b""))


def test_each_connection_is_closed_after_one_reply_which_is_counted() -> None:
    with serving(2, 0.001, 8) as server, statistics(server) as (host, port):
        replies = [get(server.address) for _ in range(3)]
        assert all(reply.startswith(b"HTTP/1.1 200 OK\r\n") and reply.endswith(b"\r\n\r\nok") for reply in replies)
        assert b"Connection: close\r\n" in replies[0]
        wait_for(lambda: server.served == 3, "third reply counted")
        assert requests.get(f"http://{host}:{port}/stats", timeout=TIMEOUT).json() == {"served": 3}


def test_while_somebody_waits_it_serves_one_request_a_service_time_and_thread() -> None:
    with serving(4, 0.02, 32) as server:
        ended = threading.Event()

        def load() -> None:
            while not ended.is_set():
                get(server.address)

        clients = [threading.Thread(target=load) for _ in range(24)]
        for client in clients:
            client.start()
        wait_for(lambda: server.served > 20, "load")
        before, since = server.served, time.monotonic()
        wait_for(lambda: server.served >= before + 300, "300 replies")
        rate = (server.served - before) / (time.monotonic() - since)
        ended.set()
        for client in clients:
            client.join()
    assert rate == pytest.approx(200.0, rel=0.05)


def connects(address: tuple[str, int], held: ExitStack) -> bool:
    """Whether a connection, which ``held`` keeps open, is made at the first try."""
    try:
        held.enter_context(socket.create_connection(address, 0.3))
    except TimeoutError:
        return False
    return True


def test_who_finds_the_queue_full_is_not_connected() -> None:
    with serving(1, 60.0, 2) as server, ExitStack() as held:
        connected = [connects(server.address, held) for _ in range(8)]
    assert connected[:2] == [True, True]
    assert connected[-1] is False
