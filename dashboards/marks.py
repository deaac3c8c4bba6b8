"""What is drawn across all panels of a board at a moment in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dashboards.house import DATASOURCE
from dashboards.palette import ORANGE, PURPLE, SKY

GRAFANA: Final = {"type": "grafana", "uid": "-- Grafana --"}
"""The data source that every Grafana has: its own store."""

BY_HAND: Final[dict[str, Any]] = {
    "builtIn": 1,
    "datasource": GRAFANA,
    "enable": True,
    "hide": True,
    "iconColor": SKY,
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
"""What people write on the board itself; Grafana adds this one to a board that lacks it."""


def events(name: str, expr: str, *labels: str) -> dict[str, Any]:
    """Events from series whose value is the time in unix milliseconds and whose ``labels`` say what happened; the
    first is what it is called by.

    ``useValueForTime`` puts each where it happened, also if it was noticed a minute later.
    """
    return {
        "datasource": DATASOURCE,
        "enable": True,
        "expr": expr,
        "iconColor": ORANGE,
        "name": name,
        "step": "5s",
        "tagKeys": ",".join(labels),
        "textFormat": "",
        "titleFormat": f"{{{{{labels[0]}}}}}",
        "useValueForTime": "on",
    }


def stretches(name: str, expr: str, label: str, step: str) -> dict[str, Any]:
    """A stretch for each series, which has ``label``, from where it begins to where it has no value above 0.

    Grafana makes one of what is no further apart than ``step``.
    """
    return {
        "datasource": DATASOURCE,
        "enable": True,
        "expr": expr,
        "iconColor": SKY,
        "name": name,
        "step": step,
        "tagKeys": label,
        "textFormat": "",
        "titleFormat": f"{{{{{label}}}}}",
    }


def tagged(name: str, tags: Sequence[str], *, enable: bool) -> dict[str, Any]:
    """Annotations in Grafana's own store that carry all of ``tags``."""
    target = {"limit": 100, "matchAny": False, "refId": "Anno", "tags": list(tags), "type": "tags"}
    return {"datasource": GRAFANA, "enable": enable, "iconColor": PURPLE, "name": name, "target": target}
