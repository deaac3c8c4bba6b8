"""What the rules of rules/slo/ recorded, as boards show it: by SLO, and by load test."""

from __future__ import annotations

from typing import Final

from rules import names
from rules.signals.load import OF_TESTS
from rules.signals.signal import Signal


def _by_slo(name: str, unit: str, metric: str, description: str, *by: str) -> Signal:
    return Signal(name, unit, description, metric, "gauge", aggregation="max", by=(names.SLO, *by))


OBJECTIVE: Final = _by_slo("objective", "ratio", names.SLO_OBJECTIVE, "The share of requests that are to be good.")
BUDGET_LEFT: Final = _by_slo(
    "budget left", "ratio", names.SLO_BUDGET_LEFT, "The share of the error budget that is left; below 0, overdrawn."
)
BURN_RATE: Final = _by_slo(
    "burn rate", "1", names.SLO_BURN_RATE, "How many times faster than allowed the budget burns.", names.WINDOW
)
REQUESTS: Final = _by_slo("requests", "requests/s", names.SLO_REQUESTS, "All requests per second.")
ERRORS: Final = _by_slo("errors", "requests/s", names.SLO_ERRORS, "Those that were not good, per second.")
GOOD_OF_TEST: Final = Signal(
    "good requests", "ratio", "Good requests per request of a load test.", names.GOOD_RATIO, "gauge", OF_TESTS, "max"
)


def good(slo: str) -> str:
    """Good requests per request, 0 to 1; ``slo`` are matchers that select one SLO."""
    return f"1 - {ERRORS.value(slo)} / ({REQUESTS.value(slo)} > 0)"
