"""Where panels stand: Grafana's grid is 24 columns wide, and one of its lines is 38 pixels high."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dashboards import house

COLUMNS: Final = 24


def row(top: int, height: int, *panels: Any, widths: Sequence[int] = ()) -> list[Any]:
    """The panels side by side from grid line ``top`` down, equally wide unless ``widths`` (of 24) says otherwise."""
    x = 0
    for panel, width in zip(panels, widths or [COLUMNS // len(panels)] * len(panels), strict=True):
        panel.gridPos = {"h": height, "w": width, "x": x, "y": top}
        x += width
    return list(panels)


def stack(*rows: tuple[str, int, Sequence[Any]]) -> list[Any]:
    """Rows from the top down: each a heading or "", a height, and its panels, all equally wide."""
    placed: list[Any] = []
    top = 0
    for title, height, panels in rows:
        if title:
            placed += row(top, 1, house.heading(title))
            top += 1
        placed += row(top, height, *panels)
        top += height
    return placed
