"""The HTTP side: ``/metrics`` by prometheus_client, ``/healthz``, a landing page; 404 elsewhere."""

from __future__ import annotations

import logging
import socket
import socketserver
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app

from exporter.catalogue import CATALOGUE
from exporter.collector import Collector
from exporter.guard import Guard
from exporter.listen import cannot_listen, parse_listen, show
from exporter.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger("exporter")

LANDING_PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Loadline exporter</title></head>
<body><h1>Loadline exporter</h1>
<p><a href="/metrics">Metrics</a> &middot; <a href="/healthz">Health</a></p></body></html>
"""
IDLE_SECONDS = 30.0
"""A client that says nothing for this long is let go; Prometheus's own scrape timeout is 10 s."""


def serve(
    listen: str,
    stop: threading.Event,
    collectors: Sequence[Collector] | None = None,
    listening: Callable[[str], object] | None = None,
) -> None:
    """Answer on ``listen`` (HOST:PORT) until ``stop`` is set; prints nothing.

    ``collectors`` defaults to the whole catalogue. ``listening`` is called once with the URL that was bound, for
    a caller that asked for port 0. Raises ExporterError where the address is bad or taken.
    """
    chosen = [line.make(Settings()) for line in CATALOGUE] if collectors is None else collectors
    with _bind(listen, application(Guard(chosen))) as server:
        answering = threading.Thread(target=server.serve_forever, name="exporter", kwargs={"poll_interval": 0.1})
        answering.start()
        try:
            if listening is not None:
                listening(f"http://{show(server.server_name, server.server_port)}")
            stop.wait()
        finally:
            server.shutdown()
            answering.join()


def application(guard: Guard) -> WSGIApplication:
    """The WSGI application; ``/metrics?name[]=…`` gives the named metrics only.

    Its registry is its own: the default one would add metrics on this Python process.
    """
    # The guard cannot name its metrics beforehand: it would have to run every collector for it.
    registry = CollectorRegistry(support_collectors_without_names=True)
    registry.register(guard)
    metrics: WSGIApplication = make_wsgi_app(registry)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                return metrics(environ, start_response)
            case "/healthz":
                status, kind, body = "200 OK", "text/plain; charset=utf-8", b"ok\n"
            case "/" | "":
                status, kind, body = "200 OK", "text/html; charset=utf-8", LANDING_PAGE
            case _:
                status, kind, body = "404 Not Found", "text/plain; charset=utf-8", b"not found; see /metrics\n"
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    return answer


class _Handler(WSGIRequestHandler):
    timeout = IDLE_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        logger.debug(format, *args)


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self) -> None:
        # As WSGIServer does it, without its reverse DNS query, which can take seconds on a host without DNS.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's signature
        # A client that went away or fell silent is its own affair; the base class prints a traceback.
        logger.debug("a request from %s was broken off", client_address, exc_info=True)


class _ServerV6(_Server):
    address_family = socket.AF_INET6


def _bind(listen: str, app: WSGIApplication) -> _Server:
    host, port = parse_listen(listen)
    try:
        server = (_ServerV6 if ":" in host else _Server)((host, port), _Handler)
    except OSError as error:
        raise cannot_listen(listen, error) from error
    server.set_app(app)
    return server
