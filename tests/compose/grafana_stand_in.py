"""What runs in the image of Grafana's name: tests/grafana.py with Grafana's port, and its password from a file.

Standard library only, as there is nothing else in that image.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Final

from tests.grafana import FakeGrafana

PORT: Final = 3000
DATABASE: Final = Path("/var/lib/grafana/grafana.db")


class InContainer(FakeGrafana):
    """On every address, as Grafana listens."""

    def server_bind(self) -> None:
        self.server_address = ("", PORT)
        super().server_bind()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the first process of a container dies of no other
    with InContainer() as server:
        server.accounts.password = Path(os.environ["GF_SECURITY_ADMIN_PASSWORD__FILE"]).read_text("utf-8").strip()
        server.anonymous = True  # as compose.yaml asks for
        DATABASE.touch()
        server.serve_forever()
