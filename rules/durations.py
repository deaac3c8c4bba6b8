"""Durations as k6, a Go program, reads and writes them."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3}
_DURATION: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|d|h|m|s))+")


def go_seconds(text: str) -> float | None:
    """Seconds of a duration as k6 writes it (``1h10m``, ``90s``, ``500ms``); None where it is none."""
    if not _DURATION.fullmatch(text):
        return None
    return sum(float(n) * _UNITS[unit] for n, unit in re.findall(r"([0-9]+(?:\.[0-9]+)?)(ms|d|h|m|s)", text))
