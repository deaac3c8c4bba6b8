"""The HTTP side: a thread for each connection, which Prometheus keeps open between scrapes."""

from __future__ import annotations

import contextlib
import logging
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

from exporter.catalogue import CATALOGUE, make
from exporter.collector import Collector
from exporter.guard import Guard
from exporter.listen import cannot_listen, parse_listen, show
from exporter.pages import Pages, Reply
from exporter.posts import NOBODY, Receivers, receive
from exporter.settings import DEADLINE_SECONDS, Settings
from exporter.web import OPEN, Web

logger = logging.getLogger("exporter")

IDLE_SECONDS: Final = 120.0
"""A client that says nothing for this long is let go; it is more than the usual intervals between scrapes."""
HANDSHAKE_SECONDS: Final = 10.0
MOST_CONNECTIONS: Final = 128
"""At once; each is a thread. Further ones are told to come back."""

_FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def serve(
    listen: str,
    stop: threading.Event,
    collectors: Sequence[Collector] | None = None,
    listening: Callable[[str], object] | None = None,
    *,
    left_out: Mapping[str, str] | None = None,
    web: Web = OPEN,
    deadline: float = DEADLINE_SECONDS,
    receivers: Receivers = NOBODY,
) -> None:
    """Answer on ``listen`` (HOST:PORT) until ``stop`` is set; prints nothing.

    ``collectors`` defaults to the whole catalogue; ``left_out`` is shown beside them, with its reasons by name.
    ``listening`` is called once with the URL that was bound, for a caller that asked for port 0. ``deadline`` is the
    guard's, in seconds. ``receivers`` are given what is posted to their paths. Raises ExporterError where the address
    is bad or taken.
    """
    if collectors is None:
        collectors, left_out = make(CATALOGUE, Settings())
    guard = Guard(collectors, deadline)
    with _bind(listen, Pages(guard, left_out), web, receivers) as server:
        answering = threading.Thread(target=server.answer_until, args=(stop,), name="exporter")
        answering.start()
        # What has nothing to report here is said now and not when somebody asks, and slow sources begin.
        threading.Thread(target=guard.scrape, name="first", daemon=True).start()
        try:
            if listening is not None:
                listening(f"{'https' if web.tls else 'http'}://{show(server.server_name, server.server_port)}")
            stop.wait()
        finally:
            stop.set()
            server.wake()
            answering.join()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = -1  # headers and body in one packet
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._send(self._unauthorized() or self.server.pages.answer(self.path, self.headers))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        receivers = self.server.receivers
        self._send(self._unauthorized() or receive(receivers, self.path, self.headers, self.rfile))

    def _unauthorized(self) -> Reply | None:
        if self.server.web.lets_in(self.headers.get("Authorization")):
            return None
        return Reply(401, b"unauthorized\n", {"WWW-Authenticate": "Basic"})

    def _send(self, reply: Reply) -> None:
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # a body was sent, of which nobody may have read all
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def version_string(self) -> str:
        return "loadline-exporter"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        logger.debug(format, *args)


class _Server(socketserver.ThreadingMixIn, HTTPServer):
    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, address: tuple[str, int], pages: Pages, web: Web, receivers: Receivers) -> None:
        self.pages = pages
        self.web = web
        self.receivers = receivers
        self._room = threading.Semaphore(MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # As HTTPServer does it, without its reverse DNS query, which can take seconds on a host without DNS.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def answer_until(self, stop: threading.Event) -> None:
        """As serve_forever, which looks ten times a second whether to end: more CPU than the scrapes themselves."""
        while not stop.is_set():
            self.handle_request()

    def wake(self) -> None:
        """Let ``answer_until`` see that it is to stop."""
        with contextlib.suppress(OSError):
            socket.create_connection((self.server_name, self.server_port), timeout=1.0).close()

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            if not self.web.tls:
                request.send(_FULL, socket.MSG_DONTWAIT)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except Exception:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.web.tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(HANDSHAKE_SECONDS)
        with self.web.tls.wrap(request) as encrypted:
            super().finish_request(encrypted, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's signature
        # A client that went away or fell silent is its own affair; the base class prints a traceback.
        logger.debug("a request from %s was broken off", client_address, exc_info=True)


class _ServerV6(_Server):
    address_family = socket.AF_INET6


def _bind(listen: str, pages: Pages, web: Web, receivers: Receivers) -> _Server:
    host, port = parse_listen(listen)
    try:
        return (_ServerV6 if ":" in host else _Server)((host, port), pages, web, receivers)
    except OSError as error:
        raise cannot_listen(listen, error) from error
