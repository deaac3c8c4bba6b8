"""Every board, in the order a reader meets them. The file's name is the board's uid: neither ever changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dashboards import load_test

BOARDS: Final[dict[str, Callable[[], Any]]] = {
    load_test.UID: load_test.build,
}
