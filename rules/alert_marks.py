"""Alerts as Grafana's annotations: a region from when one began to when it ended, however often it is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from rules import names
from rules.annotate import tag
from rules.grafana import Annotation, Grafana

ALERT_TAG: Final = "alert"


def mark(
    grafana: Grafana, fingerprint: str, began: datetime, ended: datetime | None, text: str, labels: Mapping[str, str]
) -> None:
    """Let Grafana show this alert once; raises GrafanaError.

    Its tags are ``loadline``, ``alert``, one for each of ``labels``, and Alertmanager's ``fingerprint``, by which it is
    found again. An alert that goes on is a point, and a region once it has ended.
    """
    start = round(began.timestamp() * 1000)
    end = start if ended is None else max(start, round(ended.timestamp() * 1000))
    mine = (names.ANNOTATION_TAG, ALERT_TAG, tag("fingerprint", fingerprint))
    tags = (*mine, *(tag(name, value) for name, value in labels.items()))
    found = [one for one in grafana.find(mine, start, start) if one.time == start]
    if not found:
        grafana.add(Annotation(start, end, text, tags))
        return
    for again in found[1:]:
        grafana.remove(again)
    if end > found[0].end or (found[0].text != text and ended is None):
        grafana.change(Annotation(start, max(end, found[0].end), text, tags, found[0].id))
