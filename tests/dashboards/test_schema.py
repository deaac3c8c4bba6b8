"""Grafana's own schema types (grafana-foundation-sdk) read every board, and lose nothing of it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.dashboards.models import MODELS, Json

OF_DATA_SOURCES: Final = re.compile(
    r"\.annotations\.list\[\d+\]\.(step|tagKeys|textFormat|titleFormat|useValueForTime|target\.refId)"
)
"""Keys of an annotation that its data source reads: the schema leaves them to it."""


def lost(ours: Any, theirs: Any, place: str = "") -> list[str]:
    """The places of ``ours`` that ``theirs`` lacks or has otherwise; null and absent are one."""
    if OF_DATA_SOURCES.fullmatch(place):
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        said = {key: value for key, value in ours.items() if value is not None}
        return [one for key, value in said.items() for one in lost(value, theirs.get(key), f"{place}.{key}")]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [one for i, (mine, other) in pairs for one in lost(mine, other, f"{place}[{i}]")]
    return [] if ours == theirs or ours in ({}, []) else [f"{place}: {ours!r} became {theirs!r}"]


def read(board: Json) -> Any:
    register_default_plugins()
    return json.loads(json.dumps(Dashboard.from_json(board), cls=JSONEncoder))


@pytest.mark.parametrize("uid", MODELS)
def test_grafana_s_schema_keeps_everything_of_a_board(uid: str) -> None:
    assert lost(MODELS[uid], read(MODELS[uid])) == []


def test_an_option_that_the_schema_does_not_know_is_seen() -> None:
    board: Json = {"title": "a", "panels": [{"type": "stat", "options": {"textMood": "name", "textMode": "name"}}]}
    assert lost(board, read(board)) == [".panels[0].options.textMood: 'name' became None"]
