"""HTTP/1.1 (RFC 9112), as much as a load test needs: requests out of bytes, replies into bytes. Pure functions.

Bodies come with Content-Length; a chunked one is refused, in the words the standard has for it (501).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

HEAD_LIMIT: Final = 16 * 1024
BODY_LIMIT: Final = 1024 * 1024

_TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_REQUEST_LINE: Final = re.compile(rb"(" + _TOKEN + rb") ([!-~\x80-\xff]+) HTTP/1\.([01])")
_HEADER: Final = re.compile(rb"(" + _TOKEN + rb"):[ \t]*([^\x00\r\n]*?)[ \t]*")


class BadRequest(Exception):  # noqa: N818 - named as the standard names it
    """Bytes that are no request we serve; ``status`` says why. The connection cannot be used further."""

    def __init__(self, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True)
class Request:
    """One whole request; its body was read and let go."""

    method: str
    path: str
    keep_alive: bool
    size: int
    """Bytes that it took up, its body included."""


def parse(data: bytes | bytearray) -> Request | None:
    """The first request in ``data``; None while it is incomplete; BadRequest as soon as it cannot become one."""
    start = 2 if data.startswith(b"\r\n") else 0  # one empty line is forgiven: RFC 9112, 2.2
    end = data.find(b"\r\n\r\n", start)
    if end < 0:
        _refuse_early(bytes(data[start:]))
        return None
    if end - start > HEAD_LIMIT:
        raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    first, *rest = bytes(data[start:end]).split(b"\r\n")
    method, target, minor = _request_line(first)
    headers = _headers(rest)
    if minor == b"1" and b"host" not in headers:
        raise BadRequest
    size = end + 4 + _body_length(headers)
    if size > len(data):
        return None
    return Request(method.decode(), _path(target), _keep_alive(minor, headers), size)


def reply(
    status: HTTPStatus, body: bytes, *, kind: str = "application/json", keep_alive: bool = True, head: bool = False
) -> bytes:
    """A whole reply; to HEAD it has the length of the body, but no body."""
    lines = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n"
    )
    return lines.encode() if head else lines.encode() + body


def _refuse_early(head: bytes) -> None:
    """An unfinished head: too long already, or with a first line that is no request line, complete or not."""
    if len(head) > HEAD_LIMIT:
        raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    line, newline, _ = head.partition(b"\n")
    if newline:
        _request_line(line.removesuffix(b"\r") if line.endswith(b"\r") else b"")
    elif head.rstrip(b"\r") and not re.match(_TOKEN, head):
        raise BadRequest


def _request_line(line: bytes) -> tuple[bytes, bytes, bytes]:
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise BadRequest
    return found[1], found[2], found[3]


def _headers(lines: list[bytes]) -> dict[bytes, bytes]:
    """Values by lower-case name; repeated ones joined by a comma, as RFC 9110, 5.3 allows."""
    headers: dict[bytes, bytes] = {}
    for line in lines:
        found = _HEADER.fullmatch(line)
        if found is None:
            raise BadRequest
        name, value = found[1].lower(), found[2]
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def _body_length(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    if b"transfer-encoding" in headers:
        raise BadRequest(HTTPStatus.BAD_REQUEST if b"content-length" in headers else HTTPStatus.NOT_IMPLEMENTED)
    if not length.isdigit():  # lengths that were sent twice are joined by a comma, and refused here
        raise BadRequest
    if len(length) > len(str(BODY_LIMIT)) or int(length) > BODY_LIMIT:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(length)


def _keep_alive(minor: bytes, headers: dict[bytes, bytes]) -> bool:
    options = {option.strip().lower() for option in headers.get(b"connection", b"").split(b",")}
    if b"close" in options:
        return False
    return minor == b"1" or b"keep-alive" in options


def _path(target: bytes) -> str:
    """The path alone: a query does not change the route; nor does the absolute form that a proxy's client sends."""
    without_query = target.partition(b"?")[0].decode("latin-1")
    scheme, separator, rest = without_query.partition("://")
    if separator and scheme.isalpha():
        return "/" + rest.partition("/")[2]
    return without_query
