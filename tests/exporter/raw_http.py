"""HTTP servers whose every byte a test decides: what a well-behaved library would not let one send."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """``headers`` by lower-case name."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


Answer = Callable[[Request], Iterable[bytes]]
"""The pieces of an answer, sent as they are made; the connection is closed after the last."""


def reply(status: int, body: str | bytes = b"", kind: str = "text/plain") -> list[bytes]:
    """A whole, correct answer."""
    content = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status} .\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    return [head.encode(), content]


class _Handler(socketserver.StreamRequestHandler):
    server: _Tcp | _Unix
    timeout = 30

    def handle(self) -> None:
        lines = list(iter(lambda: self.rfile.readline().decode("latin-1").strip(), ""))
        if not lines:  # somebody only looked whether there is a listener
            return
        first, *rest = lines
        method, path, _ = first.split()
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        for piece in self.server.answer(Request(method, path, headers, body)):
            try:
                self.wfile.write(piece)
            except OSError:  # the client has had enough
                return


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    answer: Answer


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    answer: Answer


@contextmanager
def over_tcp(answer: Answer) -> Iterator[str]:
    """A server on loopback; its URL."""
    with _Tcp(("127.0.0.1", 0), _Handler) as server, _running(server, answer):
        yield f"http://127.0.0.1:{server.server_address[1]}"


@contextmanager
def over_unix(path: Path, answer: Answer) -> Iterator[Path]:
    """A server on a socket at ``path``."""
    with _Unix(str(path), _Handler) as server, _running(server, answer):
        yield path
    path.unlink()


@contextmanager
def _running(server: _Tcp | _Unix, answer: Answer) -> Iterator[None]:
    server.answer = answer
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class Faults:
    """Answers that no server should give; ``release`` ends those that hang."""

    def __init__(self) -> None:
        self.release = threading.Event()

    def silence(self, _: Request) -> Iterable[bytes]:
        """Never a byte."""
        self.release.wait(30)
        return ()

    def trickle(self, _: Request) -> Iterator[bytes]:
        """A byte now and then, each before any time-out."""
        yield b"HTTP/1.1 200 .\r\nContent-Length: 1000\r\n\r\n"
        while not self.release.wait(0.05):
            yield b"a"

    def cut_off(self, _: Request) -> list[bytes]:
        """An answer that ends in its middle."""
        return [b'HTTP/1.1 200 .\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n[{"Id":']

    def nothing(self, _: Request) -> list[bytes]:
        """The connection is closed at once."""
        return []

    def noise(self, _: Request) -> list[bytes]:
        """What is no HTTP."""
        return [bytes(range(256)) * 4]

    def binary(self, _: Request) -> list[bytes]:
        """HTTP with a body that is no text."""
        return reply(200, bytes(range(256)))

    def huge(self, _: Request) -> list[bytes]:
        """5 MB."""
        return reply(200, b"a" * 5_000_000)
