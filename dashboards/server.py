"""The board "Server": every resource of the machines under test, by utilisation, saturation and errors."""

from __future__ import annotations

from typing import Any, Final

from dashboards import house, parts, server_compute, server_io, server_limits, variables
from dashboards.layout import stack
from rules.signals import host

UID: Final = "loadline-server"


def build() -> Any:
    """The board, as grafanalib's Dashboard."""
    return house.board(
        "Server",
        UID,
        "Which resource ran out? Each by Gregg's USE method: how busy, how long a queue, how many errors.",
        stack(*server_compute.rows(), *server_io.rows(), *server_limits.rows()),
        variables=[variables.run(), variables.machines(host.SERVER)],
        annotations=parts.events(),
    )
