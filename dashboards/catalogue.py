"""Every board, in the order a reader meets them. The file's name is the board's uid: neither ever changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dashboards import generator, home, load_test, runs, server, slo

BOARDS: Final[dict[str, Callable[[], Any]]] = {
    home.UID: home.build,
    load_test.UID: load_test.build,
    server.UID: server.build,
    generator.UID: generator.build,
    runs.UID: runs.build,
    slo.UID: slo.build,
}
