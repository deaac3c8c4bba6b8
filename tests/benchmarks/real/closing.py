"""A server as small ones often are: each of a few threads accepts a connection, answers one request, and closes it.

While every thread is busy nobody accepts: callers wait in the system's accept queue, which is short, and past it for
their handshake to be tried again. ``python -m tests.benchmarks.real.closing`` serves until it is told to end.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final

THREADS, SERVICE_SECONDS, BACKLOG = 4, 0.02, 32
CAPACITY: Final = THREADS / SERVICE_SECONDS
"""Requests/s, as long as somebody waits whenever a thread becomes free."""
AT_ONCE: Final = 0.002
"""Seconds: an accept that takes no longer did not wait for a caller."""
PATIENCE: Final = 10.0
REPLY: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class ClosingServer:
    """Serves from construction on; ``address`` is the bound one."""

    def __init__(
        self, threads: int = THREADS, service_seconds: float = SERVICE_SECONDS, backlog: int = BACKLOG
    ) -> None:
        self.served = 0
        self._service = service_seconds
        self._counting = threading.Lock()
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self.address: tuple[str, int] = self._listener.getsockname()
        for _ in range(threads):
            threading.Thread(target=self._work, daemon=True).start()

    def close(self) -> None:
        """Take no more connections, and end the threads that wait for one."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _work(self) -> None:
        free = time.monotonic()
        while not self._ended.is_set():
            asked = time.monotonic()
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            accepted = time.monotonic()
            # Who waited is served from when the thread should have been free: timers that fire late cost no capacity.
            free = (free if accepted - asked < AT_ONCE else accepted) + self._service
            with connection, contextlib.suppress(OSError):
                self._answer(connection, free)

    def _answer(self, connection: socket.socket, done: float) -> None:
        connection.settimeout(PATIENCE)
        received = b""
        while b"\r\n\r\n" not in received:
            some = connection.recv(4096)
            if not some:
                return
            received += some
        self._ended.wait(done - time.monotonic())
        connection.sendall(REPLY)
        with self._counting:
            self.served += 1


@contextlib.contextmanager
def statistics(server: ClosingServer) -> Iterator[tuple[str, int]]:
    """The address at which the count is told, on a socket of its own: those who ask do not wait in the queue."""

    class Told(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"served": server.served}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Told) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield "127.0.0.1", http.server_port
        finally:
            http.shutdown()


def main() -> None:
    server = ClosingServer()
    with statistics(server) as (host, port):
        listening = "http://{}:{}".format(*server.address)
        print(f"listening on {listening}, statistics on http://{host}:{port}/stats", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
