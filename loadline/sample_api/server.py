"""Routes requests to the schedule: one asyncio protocol per connection, one reply at a time."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, cast

from loadline.sample_api.http import BODY_LIMIT, HEAD_LIMIT, BadRequest, Request, parse, reply
from loadline.sample_api.slots import Slots

BACKLOG: Final = 65535
"""Connections that may wait to be accepted; the system cuts it to net.core.somaxconn."""
BUFFER_LIMIT: Final = HEAD_LIMIT + BODY_LIMIT

BOARDS: Final = json.dumps(
    [{"id": number, "title": title} for number, title in enumerate(("Notices", "Questions", "Market", "Off topic"), 1)]
).encode()

Answer = tuple[HTTPStatus, bytes]
SERVED: Final[dict[str, Answer]] = {
    "/boards": (HTTPStatus.OK, BOARDS),
    "/fail": (HTTPStatus.INTERNAL_SERVER_ERROR, b'{"error": "asked for"}'),
}
"""These take a slot. A failure costs what a success does."""
AT_ONCE: Final[dict[str, Answer]] = {"/healthz": (HTTPStatus.OK, b'{"status": "ok"}')}
STATS: Final = "/stats"
METHODS: Final = frozenset({"GET", "HEAD", "POST"})


@dataclass
class Shared:
    """What the connections of one server have in common."""

    slots: Slots
    connections: set[Connection] = field(default_factory=set)
    served: int = 0
    """Replies that took a slot, to clients that were still there."""


class Connection(asyncio.Protocol):
    """One client. Requests sent ahead wait until the reply before them is out."""

    def __init__(self, shared: Shared, loop: asyncio.AbstractEventLoop) -> None:
        self._shared = shared
        self._loop = loop
        self._received = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._shared.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the base class's signature
        self._shared.connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()  # nobody to answer; the slot stays busy, as a real worker would

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._timer is None:
            self._next()
        elif len(self._received) > BUFFER_LIMIT:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """True keeps the sending side open: a client may close its half and still wait for its reply."""
        self._ended = True
        return self._timer is not None

    def abort(self) -> None:
        """Close without waiting for replies under way."""
        self._transport.abort()

    def _next(self) -> None:
        """Answer requests as long as whole ones are there and none has to wait for its slot."""
        while self._timer is None and not self._transport.is_closing():
            try:
                request = parse(self._received)
            except BadRequest as refused:
                self._send(reply(refused.status, b"", keep_alive=False), keep_alive=False)
                return
            if request is None:
                return
            del self._received[: request.size]
            self._take(request)

    def _take(self, request: Request) -> None:
        if request.method not in METHODS:
            self._answer(request, (HTTPStatus.METHOD_NOT_ALLOWED, b""))
        elif request.path in SERVED:
            done = self._shared.slots.book(self._loop.time())
            if done is None:
                self._answer(request, (HTTPStatus.SERVICE_UNAVAILABLE, b'{"error": "the queue is full"}'))
            else:
                self._timer = self._loop.call_at(done, self._done, request)
        elif request.path == STATS:
            self._answer(request, (HTTPStatus.OK, json.dumps({"served": self._shared.served}).encode()))
        else:
            self._answer(request, AT_ONCE.get(request.path, (HTTPStatus.NOT_FOUND, b'{"error": "not found"}')))

    def _done(self, request: Request) -> None:
        self._timer = None
        self._shared.served += 1
        self._answer(request, SERVED[request.path])
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._next()
        if self._ended and self._timer is None:
            self._transport.close()

    def _answer(self, request: Request, answer: Answer) -> None:
        status, body = answer
        keep_alive = request.keep_alive
        self._send(reply(status, body, keep_alive=keep_alive, head=request.method == "HEAD"), keep_alive=keep_alive)

    def _send(self, data: bytes, *, keep_alive: bool) -> None:
        self._transport.write(data)
        if not keep_alive:
            self._transport.close()


class SampleApi:
    """A running server; ``port`` is the bound one."""

    def __init__(self, server: asyncio.Server, shared: Shared) -> None:
        self._server = server
        self._shared = shared
        self.port: int = server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Close the socket and every connection, replies under way included."""
        self._server.close()
        for connection in tuple(self._shared.connections):
            connection.abort()


async def start(slots: Slots, host: str = "127.0.0.1", port: int = 0) -> SampleApi:
    """Listen on the address, port 0 for any free one; OSError where it cannot be bound."""
    loop = asyncio.get_running_loop()
    shared = Shared(slots)
    server = await loop.create_server(lambda: Connection(shared, loop), host, port, backlog=BACKLOG)
    return SampleApi(server, shared)
