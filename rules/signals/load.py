"""What k6 offers to the server, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from rules import names
from rules.signals.signal import Signal

VUS: Final = Signal("VUs", "VUs", "Virtual users that are running now.", names.VUS, "gauge")
VUS_MAX: Final = Signal("VUs allocated", "VUs", "Virtual users that k6 has made ready.", names.VUS_MAX, "gauge")
RESPONSES: Final = Signal("throughput", "requests/s", "Replies per second, good or bad.", names.HTTP_REQS, "counter")
GOODPUT: Final = replace(
    RESPONSES,
    name="goodput",
    description="Replies per second that were expected (k6: status 200 to 399 unless the script says otherwise).",
    matchers=f'{names.EXPECTED_RESPONSE}="true"',
)
ITERATIONS: Final = Signal("iterations", "iterations/s", "Runs of the script's function.", names.ITERATIONS, "counter")
DROPPED_ITERATIONS: Final = Signal(
    "dropped iterations",
    "iterations/s",
    "Iterations that k6 could not start in time: it had no free VU.",
    names.DROPPED_ITERATIONS,
    "counter",
)
