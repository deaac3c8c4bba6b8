"""What is sent to a server of metrics, where somebody waits for it: a body of a bounded length, read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BufferedIOBase
from typing import Final
from urllib.parse import urlsplit

from exporter.pages import Headers, Reply, in_text

MOST_BYTES: Final = 1_000_000
"""Of a body: an Alertmanager that tells of a thousand alerts at once sends about as much."""

Receiver = Callable[[bytes], Reply]
Receivers = Mapping[str, Receiver]
"""By path. Each is called in the thread of its connection, so several at once."""
NOBODY: Final[Receivers] = {}


def receive(receivers: Receivers, target: str, headers: Headers, body: BufferedIOBase) -> Reply:
    """The receiver's reply to a POST of ``body`` to ``target``; a client's own mistake is told it by its status."""
    receiver = receivers.get(urlsplit(target).path)
    if not receivers:
        return in_text(501, "nothing is received here")
    if receiver is None:
        return in_text(404, f"nothing is received here, but at {', '.join(receivers)}")
    length = headers.get("Content-Length")
    if length is None or "Transfer-Encoding" in headers:
        return in_text(411, "say the length of the body")
    if not (length.isascii() and length.isdecimal()):
        return in_text(400, "the length of the body is no number")
    if len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES:
        return in_text(413, f"the body may have {MOST_BYTES} bytes at most")
    content = body.read(int(length))
    if len(content) < int(length):
        return in_text(400, "the body is shorter than it was said to be")
    return receiver(content)
