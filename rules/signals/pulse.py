"""The load generator's pulse as a board draws it: the time an iteration spends outside requests (rules/pulse.py)."""

from __future__ import annotations

from rules.signals.latency import BLOCKED, DURATION, ITERATION


def outside_requests(window: str, *extra: str) -> str:
    """Seconds per iteration that no request took: the script's own work and sleep. Needs native histograms."""
    whole, *parts = (f"histogram_sum({one.rate(window, *extra)})" for one in (ITERATION, DURATION, BLOCKED))
    return f"({' - '.join((whole, *parts))}) / histogram_count({ITERATION.rate(window, *extra)})"
