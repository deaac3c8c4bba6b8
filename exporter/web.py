"""Who may ask: TLS, and passwords by basic authentication. exporter/webconfig.py reads both from a file."""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import os
import secrets
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

logger = logging.getLogger("exporter")

REMEMBERED: Final = 100
"""Passwords that were found right are not checked again: bcrypt takes 50 ms of CPU and more, by design."""
NOBODY: Final = "$2b$10$g3dISVE0zOMLAmpmdbWIS.nrWy1jZkaJ2hgaadLLpPZJWmdRVufcO"
"""Checked against where there is no such user, so that a wrong name takes as long as a wrong password."""

Check = Callable[[bytes, bytes], bool]
"""bcrypt's: password and hash."""


class Users:
    """Names and bcrypt hashes."""

    def __init__(self, hashes: Mapping[str, str], check: Check) -> None:
        self._hashes = dict(hashes)
        self._check = check
        self._salt = secrets.token_bytes(16)
        self._right: set[bytes] = set()
        self._one_at_a_time = threading.Lock()

    def lets_in(self, authorization: str | None) -> bool:
        """Whether the header ``Authorization`` has the name and the password of one of them."""
        kind, _, encoded = (authorization or "").partition(" ")
        if kind.lower() != "basic":
            return False
        try:
            name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return False
        return bool(colon) and self._is_right(name, password.encode())

    def _is_right(self, name: str, password: bytes) -> bool:
        hashed = self._hashes.get(name)
        key = hashlib.sha256(b"\0".join((self._salt, name.encode(), password))).digest()
        with self._one_at_a_time:  # a flood of wrong passwords takes one core at most
            if key in self._right:
                return True
            try:
                right = self._check(password, (hashed or NOBODY).encode()) and hashed is not None
            except ValueError:  # longer than bcrypt takes
                right = False
            if right:
                if len(self._right) >= REMEMBERED:
                    self._right.clear()
                self._right.add(key)
            return right


class Tls:
    """Certificate and key from files; a renewed one serves the next connection."""

    def __init__(self, make: Callable[[], ssl.SSLContext], files: Sequence[Path]) -> None:
        """``make`` reads ``files``, and raises OSError (ssl.SSLError is one) where they do not serve."""
        self._make = make
        self._files = tuple(files)
        self._lock = threading.Lock()
        self._stamp = self._stamps()
        self._context = make()

    def wrap(self, connection: socket.socket) -> ssl.SSLSocket:
        """The connection after the handshake; raises OSError where there is none."""
        return self._current().wrap_socket(connection, server_side=True)

    def _current(self) -> ssl.SSLContext:
        with self._lock:
            stamp = self._stamps()
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._context = self._make()
                except OSError as error:
                    logger.error("the renewed certificate does not serve, the old one goes on: %s", error)
            return self._context

    def _stamps(self) -> list[tuple[int, int]]:
        return [_stamp(file) for file in self._files]


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = os.stat(file)
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


@dataclass(frozen=True)
class Web:
    """``users`` None: everybody may ask."""

    tls: Tls | None = None
    users: Users | None = field(default=None)

    def lets_in(self, authorization: str | None) -> bool:
        """Whether a request with this header ``Authorization`` is answered."""
        return self.users is None or self.users.lets_in(authorization)


OPEN: Final = Web()
"""No TLS and no password: on loopback, or where the network lets only Prometheus in."""
