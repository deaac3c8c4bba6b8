"""Kinds of panels that grafanalib does not have in today's form, as Grafana 12 reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboards.house import modern, panel
from dashboards.line import Json, Line, colour, named
from dashboards.line import unit as unit_of
from rules.signals.several import or_below_the_axis


def xychart(
    title: str,
    description: str,
    unit: str,
    x: Line,
    curves: Sequence[Line],
    *,
    no_value: str,
    joined: bool = False,
    span: str = "",
) -> Any:
    """One point per moment and curve: ``x`` against each curve's value, range queries joined on time. ``unit`` is y's.

    A dashed curve is drawn as a line, and so is every one where they are ``joined``; the others as points. ``span``
    (such as 600s) is how far back from now it asks where the board's own time range is relative.
    """
    extra = modern(no_value)
    extra["fieldConfig"]["defaults"] |= {"custom": _marks("points"), "min": 0, "unit": unit}
    overrides = [
        named(x.legend, [*([unit_of(x.unit)] if x.unit else []), {"id": "custom.axisLabel", "value": x.legend}])
    ]
    for curve in curves:
        looks = [colour(curve.colour)] if curve.colour else []
        if joined or curve.dashed:
            looks += [{"id": f"custom.{key}", "value": value} for key, value in _marks("lines", curve.dashed).items()]
        overrides.append(named(curve.legend, looks))
    extra["fieldConfig"]["overrides"] = overrides
    extra["options"] = {
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
        "mapping": "manual",
        "series": [_series(x, curve) for curve in curves],
        "tooltip": {"mode": "single", "sort": "none"},
    }
    if span:
        extra |= {"hideTimeOverride": True, "timeFrom": span}
    joins = [{"id": "joinByField", "options": {"byField": "Time", "mode": "outer"}}]
    lines = [replace(line, expr=or_below_the_axis(line.expr)) for line in (x, *curves)]
    return panel("xychart", title, description, lines, extra, transformations=joins)


def heatmap(title: str, description: str, unit: str, line: Line, *, no_value: str) -> Any:
    """A native histogram of requests over time: a column is a moment, a colour how many took that long."""
    extra = modern(no_value)
    extra["fieldConfig"]["defaults"] |= {"custom": {"scaleDistribution": {"type": "linear"}}, "unit": "reqps"}
    extra["options"] = {
        "calculate": False,
        "cellGap": 0,
        "color": {
            "exponent": 0.5,
            "mode": "scheme",
            "reverse": False,
            "scale": "exponential",
            "scheme": "Cividis",
            "steps": 64,
        },
        "exemplars": {"color": "rgba(255,255,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": True, "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit},
    }
    return panel("heatmap", title, description, [line], extra, shape="heatmap")


@dataclass(frozen=True)
class Column:
    """A column of a table: a query whose value it shows, or (``label``) one that brings a label of that name."""

    expr: str
    title: str
    unit: str = "short"
    label: str = ""
    hidden: bool = False
    width: int | None = None
    """In pixels; None is a share of what is left."""
    decimals: int | None = None


def table(
    title: str,
    description: str,
    by: str,
    columns: Sequence[Column],
    *,
    no_value: str,
    sort: str,
    links: Sequence[Json] = (),
    descending: bool = True,
) -> Any:
    """One row for each value of the label ``by``, which all queries have and which has ``links``.

    Sorted by the column ``sort``, the largest first where ``descending``.
    """
    values = {f"Value #{_ref(i)}": column for i, column in enumerate(columns)}
    shown = [column.label or name for name, column in values.items()]
    order = {name: place for place, name in enumerate([by, *shown])}
    extra = modern(no_value)
    extra["fieldConfig"]["defaults"] |= {"custom": {"align": "auto", "filterable": False}, "unit": "short"}
    extra["fieldConfig"]["overrides"] = [
        named(column.title, [unit_of(column.unit), *_column_looks(column)]) for column in columns
    ]
    every_cell = {"matcher": {"id": "byRegexp", "options": "/.*/"}, "properties": [{"id": "noValue", "value": "–"}]}
    extra["fieldConfig"]["overrides"] += [named(by, list(links)), every_cell]
    extra["options"] = {"cellHeight": "sm", "showHeader": True, "sortBy": [{"desc": descending, "displayName": sort}]}
    organize = {
        "excludeByName": {"Time": True} | {name: True for name, column in values.items() if column.label},
        "indexByName": order,
        "renameByName": {name: column.title for name, column in zip(shown, columns, strict=True)},
    }
    steps = [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}]
    lines = [Line(column.expr, column.title) for column in columns]
    return panel("table", title, description, lines, extra, instant=True, shape="table", transformations=steps)


def _column_looks(column: Column) -> list[Json]:
    said = {"custom.hideFrom.viz": column.hidden or None, "custom.width": column.width, "decimals": column.decimals}
    return [{"id": name, "value": value} for name, value in said.items() if value is not None]


def _ref(place: int) -> str:
    return chr(ord("A") + place)


def _series(x: Line, curve: Line) -> Json:
    return {
        "name": {"fixed": curve.legend},
        "frame": {"matcher": {"id": "byIndex", "options": 0}},
        "x": {"matcher": {"id": "byName", "options": x.legend}},
        "y": {"matcher": {"id": "byName", "options": curve.legend}},
    }


def _marks(show: str, dashed: bool = False) -> Json:
    style = {"dash": [10, 6], "fill": "dash"} if dashed else {"fill": "solid"}
    return {"lineStyle": style, "lineWidth": 2, "pointSize": {"fixed": 4}, "show": show}
