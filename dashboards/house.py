"""The house style, and the only file that knows grafanalib.

grafanalib 0.7.1 stopped before Grafana 9, so its defaults are set right here, once: a schema version that is not
migrated, data sources as objects, thresholds as objects (its own write the text "null"), full resolution
instead of 100 points, and the ``pluginVersion`` without which Grafana takes a stat or xychart for an old one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from grafanalib import core
from grafanalib._gen import DashboardEncoder

from dashboards.line import Json, Line, colour, looks, named, of_query
from dashboards.line import unit as unit_of
from dashboards.palette import BLUE, VERMILION

SCHEMA_VERSION: Final = 41
PLUGIN_VERSION: Final = "12.4.0"
DATASOURCE: Final = {"type": "prometheus", "uid": "loadline-prometheus"}
COLUMNS: Final = 24

BASE: Final[list[Json]] = [{"color": BLUE, "value": None}]
"""Thresholds of a panel that has none: one colour, from minus infinity."""


class _Target(core.Target):  # type: ignore[misc]  # grafanalib has no types
    """A Prometheus query with the keys that Grafana reads today, and no others."""

    def to_json_data(self) -> Json:
        return {
            "datasource": self.datasource,
            "editorMode": "code",
            "expr": self.expr,
            "instant": self.instant,
            "legendFormat": self.legendFormat,
            "range": not self.instant,
            "refId": self.refId,
        }


class _XYChart(core.Panel):  # type: ignore[misc]  # grafanalib has no types
    """Grafana's xychart (format of 11.1 and later), which grafanalib lacks; its options come by ``extraJson``."""

    def to_json_data(self) -> Json:
        return dict(self.panel_json({"type": "xychart"}))


def time_series(
    title: str,
    description: str,
    unit: str,
    lines: Sequence[Line],
    *,
    no_value: str = "no data",
    maximum: int | None = None,
    limit: float | None = None,
    colours: Mapping[str, str] | None = None,
) -> core.TimeSeries:
    """Lines over time from zero up; ``unit`` is a Grafana unit, ``limit`` draws a dashed line at that value.

    ``colours`` gives series by name a colour of their own, where one query makes several.
    """
    steps = [*BASE, {"color": VERMILION, "value": limit}] if limit is not None else BASE
    targets = _targets(lines)
    overrides = [of_query(target.refId, looks(line)) for line, target in zip(lines, targets, strict=True)]
    overrides += [named(name, [colour(value)]) for name, value in (colours or {}).items()]
    return core.TimeSeries(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=targets,
        unit=unit,
        overrides=overrides,
        thresholds=steps,
        thresholdsStyleMode="dashed" if limit is not None else "off",
        lineWidth=2,
        tooltipMode="multi",
        tooltipSort="desc",
        showPoints="never",
        stacking={"group": "A", "mode": "none"},
        valueMin=0,
        valueMax=maximum,
        maxDataPoints=None,
        extraJson=_modern(no_value),
    )


def stat(
    title: str,
    description: str,
    unit: str,
    lines: Sequence[Line],
    *,
    no_value: str,
    show: Literal["value", "name", "value_and_name"] = "value",
) -> core.Stat:
    """Numbers (or, with ``show="name"``, the legend's text) as they stand at the end of the time range."""
    return core.Stat(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=_targets(lines, instant=True),
        format=unit,
        noValue=no_value,
        reduceCalc="lastNotNull",
        textMode=show,
        graphMode="none",
        color={"fixedColor": BLUE, "mode": "fixed"},
        thresholds=BASE,
        maxDataPoints=None,
        extraJson=_modern(no_value),
    )


def xychart(title: str, description: str, unit: str, x: Line, y: Line, *, no_value: str) -> core.Panel:
    """One point per moment: ``x`` against ``y``, two range queries joined on time. ``unit`` is y's."""
    series = {
        "name": {"fixed": y.legend},
        "frame": {"matcher": {"id": "byIndex", "options": 0}},
        "x": {"matcher": {"id": "byName", "options": x.legend}},
        "y": {"matcher": {"id": "byName", "options": y.legend}},
    }
    extra = _modern(no_value)
    points = {"pointSize": {"fixed": 4}, "show": "points"}
    extra["fieldConfig"]["defaults"] |= {"custom": points, "min": 0, "unit": unit}
    x_looks = [unit_of(x.unit)] if x.unit else []
    y_looks = [colour(y.colour)] if y.colour else []
    extra["fieldConfig"]["overrides"] = [named(x.legend, x_looks), named(y.legend, y_looks)]
    extra["options"] = {
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
        "mapping": "manual",
        "series": [series],
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return _XYChart(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=_targets([x, y]),
        transformations=[{"id": "joinByField", "options": {"byField": "Time", "mode": "outer"}}],
        thresholds=BASE,
        maxDataPoints=None,
        extraJson=extra,
    )


def text(title: str, description: str, markdown: str) -> core.Text:
    """Words on the board, in Markdown."""
    return core.Text(
        title=title, description=description, content=markdown, extraJson={"pluginVersion": PLUGIN_VERSION}
    )


def variable(name: str, label: str, metric: str) -> core.Template:
    """A drop-down of the values that the label ``name`` takes on ``metric`` in the time range, last name first."""
    return core.Template(
        name=name,
        label=label,
        query=f"label_values({metric}, {name})",
        dataSource=DATASOURCE,
        refresh=core.REFRESH_ON_TIME_RANGE_CHANGE,
        sort=core.SORT_ALPHA_DESC,
    )


def row(top: int, height: int, *panels: core.Panel) -> list[core.Panel]:
    """The panels side by side, equally wide, from grid line ``top`` down."""
    width = COLUMNS // len(panels)
    for i, panel in enumerate(panels):
        panel.gridPos = core.GridPos(h=height, w=width, x=i * width, y=top)
    return list(panels)


def board(
    title: str,
    uid: str,
    description: str,
    panels: Sequence[core.Panel],
    variables: Sequence[core.Template],
    annotations: Sequence[Json],
) -> core.Dashboard:
    """A board that opens on the last 30 minutes and follows a running test; a published ``uid`` never changes."""
    return core.Dashboard(
        title=title,
        uid=uid,
        description=description,
        tags=["loadline"],
        schemaVersion=SCHEMA_VERSION,
        editable=False,
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        panels=list(panels),
        templating=core.Templating(list=list(variables)),
        annotations=core.Annotations(list=list(annotations)),
        time=core.Time("now-30m", "now"),
        timezone="browser",
        refresh="5s",
    ).auto_panel_ids()


def render(dashboard: core.Dashboard) -> str:
    """The board as Grafana reads it: keys sorted, a newline at the end, the same text every time."""
    return json.dumps(dashboard.to_json_data(), cls=DashboardEncoder, indent=2, sort_keys=True) + "\n"


def _targets(lines: Sequence[Line], *, instant: bool = False) -> list[_Target]:
    shared = {"datasource": DATASOURCE, "instant": instant}
    return [
        _Target(expr=line.expr, legendFormat=line.legend, refId=chr(ord("A") + i), **shared)
        for i, line in enumerate(lines)
    ]


def _modern(no_value: str) -> Json:
    return {"fieldConfig": {"defaults": {"noValue": no_value}}, "pluginVersion": PLUGIN_VERSION}
