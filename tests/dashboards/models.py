"""Every board of the catalogue as the JSON that Grafana loads, and its queries as Grafana would send them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboards.catalogue import BOARDS
from dashboards.house import render

Json = dict[str, Any]
MODELS: Final[dict[str, Json]] = {uid: json.loads(render(build())) for uid, build in BOARDS.items()}


@dataclass(frozen=True)
class Asked:
    """One query of a board: ``title`` is the panel's or the annotation's, ``instant`` whether it is asked for now."""

    uid: str
    title: str
    ref: str
    expr: str
    instant: bool

    @property
    def place(self) -> str:
        return f"{self.uid}: {self.title} {self.ref}"

    def filled(self, values: Mapping[str, str]) -> str:
        """The query with Grafana's variables replaced; no variable is left."""
        text = self.expr
        for name in values:
            text = text.replace(f"${{{name}}}", values[name])
            text = re.sub(rf"\${name}\b", values[name].replace("\\", r"\\"), text)
        assert "$" not in text.replace('"$1"', ""), text
        return text


def panels(model: Json) -> Iterator[Json]:
    """Its panels, without headings."""
    return (panel for panel in model["panels"] if panel["type"] != "row")


def queries(model: Json) -> Iterator[Asked]:
    """What its panels and its annotations ask Prometheus for."""
    for panel in panels(model):
        for target in panel.get("targets", []):
            yield Asked(model["uid"], panel["title"], target["refId"], target["expr"], target["instant"])
    for mark in model["annotations"]["list"]:
        if "expr" in mark:
            yield Asked(model["uid"], f"annotation {mark['name']}", "", mark["expr"], False)


ALL: Final = [asked for model in MODELS.values() for asked in queries(model)]
