"""What k6 offers to the server, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

OF_TESTS: Final = f'{names.PROBE}=""'
"""Not of the probe, which asks at a constant rate all year and tests no load."""
SETUP_GROUPS: Final = "::(setup|teardown)(::.*)?"
NOT_LOAD: Final = f'{names.GROUP}=~"{SETUP_GROUPS}",{names.SCENARIO}=""'
"""Requests of setup() and teardown(): k6 makes them once, before the first VU and after the last. A group of the
script's own may have such a name; its requests carry the scenario they belong to."""
SETUP: Final = replace(
    RESPONSES,
    name="setup requests",
    description="Replies to the script's setup() and teardown(), which are no load.",
    matchers=NOT_LOAD,
)


def is_load(labels: Mapping[str, str]) -> bool:
    """Whether a series with these labels is of the load: not NOT_LOAD."""
    return bool(labels.get(names.SCENARIO)) or not re.fullmatch(SETUP_GROUPS, labels.get(names.GROUP, ""))


def began(window: str, step: str, *extra: str) -> str:
    """Unix seconds of the first sample of each series of VUs in ``window``, or of one up to ``step`` later."""
    return f"min_over_time(timestamp({VUS.selector(*extra)})[{window}:{step}])"
