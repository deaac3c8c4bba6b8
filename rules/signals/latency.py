"""How long requests take, and how long an iteration takes beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rules import names
from rules.signals.signal import Signal

DURATION: Final = Signal(
    "request duration",
    "s",
    "Sending, waiting and receiving; connecting is not in it. Good and failed requests alike.",
    names.HTTP_REQ_DURATION,
    "histogram",
)
EXPECTED_DURATION: Final = replace(
    DURATION,
    name="latency",
    description="Duration of requests whose reply was expected: fast failures would flatter it.",
    matchers=f'{names.EXPECTED_RESPONSE}="true"',
)
BLOCKED: Final = Signal(
    "time blocked", "s", "Waiting for a connection, connecting included.", names.HTTP_REQ_BLOCKED, "histogram"
)
ITERATION: Final = Signal(
    "iteration duration",
    "s",
    "One run of the script's function, think time included.",
    names.ITERATION_DURATION,
    "histogram",
)
