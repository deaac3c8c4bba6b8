"""A small site on loopback that redirects, for what k6 counts on its way to a page."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOPS = {"/old": (302, "/older"), "/older": (301, "/page")}


class Site:
    """``served`` counts replies by path."""

    def __init__(self, url: str, served: Counter[str]) -> None:
        self.url = url
        self.served = served


@contextmanager
def site(*, closing: bool = False) -> Iterator[Site]:
    """``/old`` leads over ``/older`` to ``/page``; every other path is a page.

    A ``closing`` one wants each connection closed after its reply, and leaves that to the client, whose port then is
    taken for a minute more (TIME_WAIT, RFC 9293, 3.6.1).
    """
    served: Counter[str] = Counter()

    class Pages(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served[self.path] += 1
            status, leads_to = HOPS.get(self.path, (200, ""))
            self.send_response(status)
            if leads_to:
                self.send_header("Location", leads_to)
            self.send_header("Content-Length", "0")
            if closing:
                self.send_header("Connection", "close")
            self.end_headers()
            if closing:
                self.rfile.read(1)  # nothing comes, until the client has closed

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    with Server(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Site(f"http://127.0.0.1:{server.server_port}", served)
        finally:
            server.shutdown()
