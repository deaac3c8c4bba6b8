"""What runs in the image of Grafana's name: tests/grafana.py with a port, a health, and a password from a file.

Standard library only, as there is nothing else in that image.
"""

from __future__ import annotations

import base64
import os
import signal
import sys
from pathlib import Path
from typing import Final

from tests import grafana

PORT: Final = 3000
DATABASE: Final = Path("/var/lib/grafana/grafana.db")
HEALTH: Final = "/api/health"


class _Handler(grafana._Handler):
    """The login of the image is translated into the fixed one of the fake."""

    def _answer(self) -> None:
        if self.path == HEALTH:
            self._send(200, "application/json", '{"database": "ok"}')
            return
        given = self.headers.get("Authorization", "")
        if given.startswith("Basic "):
            del self.headers["Authorization"]
            if given == _basic("admin", _password()):
                self.headers["Authorization"] = _basic(grafana.USER, grafana.PASSWORD)
        super()._answer()

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base class's names


class InContainer(grafana.FakeGrafana):
    """On every address, as Grafana listens."""

    def server_bind(self) -> None:
        self.server_address = ("", PORT)
        super().server_bind()


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _password() -> str:
    return Path(os.environ["GF_SECURITY_ADMIN_PASSWORD__FILE"]).read_text(encoding="utf-8").strip()


if __name__ == "__main__":
    _password()  # fails here, and not at the first login, where there is none
    DATABASE.touch()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the first process of a container dies of no other
    with InContainer() as server:
        server.RequestHandlerClass = _Handler
        server.serve_forever()
