"""``Line``: one query and how its series look, as Grafana's field overrides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One query, and how its series look."""

    expr: str
    legend: str
    """What the series is called; ``{{label}}`` in it makes one series per value, in shades of one colour."""
    colour: str | None = None
    unit: str | None = None
    """Where it differs from the panel's: the series gets an axis of its own, at the right."""
    dashed: bool = False
    thin: bool = False


def looks(line: Line) -> list[Json]:
    """The override's properties for a line over time."""
    mode = "shades" if "{{" in line.legend else "fixed"
    properties = [colour(line.colour, mode)] if line.colour else []
    if line.dashed:
        properties.append({"id": "custom.lineStyle", "value": {"dash": [10, 6], "fill": "dash"}})
    if line.thin:
        properties.append({"id": "custom.lineWidth", "value": 1})
    if line.unit:
        properties += [unit(line.unit), {"id": "custom.axisPlacement", "value": "right"}]
    return properties


def colour(value: str, mode: str = "fixed") -> Json:
    """The property that gives a series its colour."""
    return {"id": "color", "value": {"fixedColor": value, "mode": mode}}


def unit(value: str) -> Json:
    """The property that gives a series its Grafana unit."""
    return {"id": "unit", "value": value}


def linked(title: str, url: str) -> Json:
    """The property that makes a field a link."""
    return {"id": "links", "value": [{"targetBlank": False, "title": title, "url": url}]}


def named(series: str, properties: list[Json]) -> Json:
    """An override for the series of that name."""
    return {"matcher": {"id": "byName", "options": series}, "properties": properties}


def of_query(ref_id: str, properties: list[Json]) -> Json:
    """An override for all series of one query."""
    return {"matcher": {"id": "byFrameRefID", "options": ref_id}, "properties": properties}
