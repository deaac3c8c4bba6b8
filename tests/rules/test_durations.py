"""Durations as k6 writes them, and what is none."""

from __future__ import annotations

import pytest

from rules.durations import go_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h10m", 4200.0), ("90s", 90.0), ("500ms", 0.5), ("1.5m", 90.0), ("1d", 86400.0), ("10m0s", 600.0), ("0s", 0.0)],
)
def test_a_go_duration_in_seconds(text: str, seconds: float) -> None:
    assert go_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "s", "-1s", "1s ", "1us", "1h-2m", "١s"])
def test_what_is_no_go_duration(text: str) -> None:
    assert go_seconds(text) is None
