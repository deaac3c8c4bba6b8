"""The house style, and the only file that knows grafanalib.

grafanalib 0.7.1 stopped before Grafana 9, so its defaults are set right here, once: a schema version that is not
migrated, data sources as objects, thresholds as objects (its own write the text "null"), full resolution
instead of 100 points, and the ``pluginVersion`` without which Grafana takes a stat or xychart for an old one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from grafanalib import core
from grafanalib._gen import DashboardEncoder

from dashboards.line import Json, Line, colour, looks, named, of_query
from dashboards.palette import BLUE, SKY, VERMILION
from dashboards.tidy import tidy

SCHEMA_VERSION: Final = 41
PLUGIN_VERSION: Final = "12.4.0"
DATASOURCE: Final = {"type": "prometheus", "uid": "loadline-prometheus"}
TAG: Final = "loadline"

BASE: Final[list[Json]] = [{"color": BLUE, "value": None}]  # the thresholds of a panel that has none


class _Target(core.Target):  # type: ignore[misc]  # grafanalib has no types
    """A Prometheus query with the keys that Grafana reads today, and no others."""

    def to_json_data(self) -> Json:
        return {
            "datasource": self.datasource,
            "editorMode": "code",
            "expr": self.expr,
            "format": self.format,
            "instant": self.instant,
            "legendFormat": self.legendFormat,
            "range": not self.instant,
            "refId": self.refId,
        }


class _Panel(core.Panel):  # type: ignore[misc]  # grafanalib has no types
    """A panel of which all but the frame comes by ``extraJson``: grafanalib lacks its kind, or knows an old form."""

    def to_json_data(self) -> Json:
        return dict(self.panel_json({}))


class _Heading(core.RowPanel):  # type: ignore[misc]  # grafanalib has no types
    def to_json_data(self) -> Json:
        said = super().to_json_data()
        return {key: said[key] for key in ("collapsed", "gridPos", "id", "panels", "title", "type")}


def time_series(
    title: str,
    description: str,
    unit: str,
    lines: Sequence[Line],
    *,
    no_value: str,
    maximum: int | None = None,
    limit: float | None = None,
    colours: Mapping[str, str] | None = None,
    stacked: bool = False,
    at_least: float | None = None,
    signed: bool = False,
) -> core.TimeSeries:
    """Lines over time, from zero up unless ``signed``; ``unit`` is a Grafana unit, ``limit`` a dashed line there.

    ``colours`` gives series by name a colour of their own, where one query makes several. ``at_least`` is how far up
    the axis reaches where all values are small.
    """
    extra = modern(no_value)
    if at_least is not None:
        extra["fieldConfig"]["defaults"]["custom"] = {"axisSoftMax": at_least}
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
        fillOpacity=60 if stacked else 0,
        tooltipMode="multi",
        tooltipSort="desc",
        showPoints="auto",
        stacking={"group": "A", "mode": "normal" if stacked else "none"},
        valueMin=None if signed else 0,
        valueMax=maximum,
        maxDataPoints=None,
        extraJson=extra,
    )


def numbers(
    title: str, description: str, unit: str, lines: Sequence[Line], *, no_value: str, decimals: int | None = None
) -> core.Stat:
    """Numbers, each with its legend, as they stand at the end of the time range."""
    show = "value_and_name"
    return _stat(title, description, unit, _targets(lines, instant=True), no_value, decimals=decimals, textMode=show)


def word(
    title: str,
    description: str,
    query: str,
    label: str,
    *,
    no_value: str,
    called: Mapping[str, tuple[str, str]] | None = None,
) -> core.Stat:
    """The value of a label of ``query``; ``called`` gives the text and the colour that a value is shown with."""
    mapped = {value: {"text": said, "color": colour} for value, (said, colour) in (called or {}).items()}
    mappings = [{"type": "value", "options": mapped}] if mapped else []
    targets = _targets([Line(query, label)], instant=True, shape="table")
    return _stat(title, description, "string", targets, no_value, fields=f"/^{label}$/", mappings=mappings)


def _stat(title: str, description: str, unit: str, targets: Sequence[_Target], no_value: str, **more: Any) -> core.Stat:
    return core.Stat(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=list(targets),
        format=unit,
        noValue=no_value,
        reduceCalc="lastNotNull",
        graphMode="none",
        color={"fixedColor": SKY, "mode": "fixed"},
        thresholds=BASE,
        maxDataPoints=None,
        extraJson=modern(no_value),
        **{"textMode": "value", **more},
    )


def panel(
    kind: str,
    title: str,
    description: str,
    lines: Sequence[Line],
    extra: Json,
    *,
    instant: bool = False,
    shape: Literal["time_series", "table", "heatmap"] = "time_series",
    transformations: Sequence[Json] = (),
) -> core.Panel:
    """A panel of any ``kind``; ``extra`` holds its options and field configuration, begun by ``modern``."""
    return _Panel(
        title=title,
        description=description,
        dataSource=DATASOURCE,
        targets=_targets(lines, instant=instant, shape=shape),
        transformations=list(transformations),
        thresholds=BASE,
        maxDataPoints=None,
        extraJson={**extra, "type": kind},
    )


def text(title: str, description: str, markdown: str) -> core.Text:
    """Words on the board, in Markdown."""
    return core.Text(
        title=title, description=description, content=markdown, extraJson={"pluginVersion": PLUGIN_VERSION}
    )


def modern(no_value: str) -> Json:
    """What every panel with data has beside what grafanalib writes; ``no_value`` is its text where there is none."""
    return {"fieldConfig": {"defaults": {"noValue": no_value}}, "pluginVersion": PLUGIN_VERSION}


def heading(title: str) -> core.RowPanel:
    """Names what is below it."""
    return _Heading(title=title)


def board(
    title: str,
    uid: str,
    description: str,
    panels: Sequence[core.Panel],
    variables: Sequence[Json] = (),
    annotations: Sequence[Json] = (),
    *,
    since: str = "now-30m",
    refresh: str = "5s",
) -> core.Dashboard:
    """A board that, unless told otherwise, follows a running test; a published ``uid`` never changes."""
    others = core.DashboardLink(
        asDropdown=False, includeVars=True, keepTime=True, tags=[TAG], title="Boards", type="dashboards"
    )
    return core.Dashboard(
        title=title,
        uid=uid,
        description=description,
        tags=[TAG],
        links=[others],
        schemaVersion=SCHEMA_VERSION,
        editable=False,
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        panels=list(panels),
        templating=core.Templating(list=list(variables)),
        annotations=core.Annotations(list=list(annotations)),
        time=core.Time(since, "now"),
        timezone="browser",
        refresh=refresh,
    ).auto_panel_ids()


def render(dashboard: core.Dashboard) -> str:
    """The board as Grafana reads it: keys sorted, the same text every time."""
    plain = json.loads(json.dumps(dashboard.to_json_data(), cls=DashboardEncoder))
    return json.dumps(tidy(plain), indent=2, sort_keys=True) + "\n"


def _targets(lines: Sequence[Line], *, instant: bool = False, shape: str = "time_series") -> list[_Target]:
    shared = {"datasource": DATASOURCE, "instant": instant, "format": shape}
    return [
        _Target(expr=line.expr, legendFormat=line.legend, refId=chr(ord("A") + i), **shared)
        for i, line in enumerate(lines)
    ]
