"""Where a team reads alerts: chat, pager and mail, as servers on loopback that keep what they are sent."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from loadline.stack.process import free_port
from tests.certificates import Pair


@dataclass(frozen=True)
class Post:
    """One request of whoever tells."""

    when: float
    """Unix seconds."""
    path: str
    authorization: str
    body: Any


class Posts:
    """An HTTP server that takes everything, as Slack, PagerDuty and a webhook do."""

    def __init__(self) -> None:
        self.taken: list[Post] = []
        taken = self.taken

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                taken.append(Post(time.time(), self.path, self.headers.get("Authorization", ""), body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def at(self, path: str) -> list[Post]:
        """What came there so far."""
        return [one for one in list(self.taken) if one.path == path]

    @contextmanager
    def listening(self) -> Iterator[Self]:
        """Itself, while it takes posts."""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()


class Mails:
    """A mail server for which one has to log in, and not before TLS; ``logins`` are those that were tried."""

    def __init__(self, user: str, password: str, certificate: Pair) -> None:
        self.taken: list[EmailMessage] = []
        self.logins: list[tuple[str, str]] = []
        self._right = (user, password)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.cert, certificate.key)
        self._server = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            auth_exclude_mechanism=("LOGIN",),  # for which it prompts in words that Alertmanager does not know
            authenticator=self._login,
        )

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.port}"

    @contextmanager
    def listening(self) -> Iterator[Mails]:
        """Itself, while it takes mails."""
        self._server.start()
        try:
            yield self
        finally:
            self._server.stop()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def _login(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        tried = data.login.decode(), data.password.decode()
        self.logins.append(tried)
        return AuthResult(success=tried == self._right)
