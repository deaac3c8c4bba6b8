"""Alerts that Alertmanager tells the watcher: one line each in its log, and a mark in Grafana that ends when they do.

Nothing is queued here: where Grafana cannot be written to the answer is 503, and Alertmanager tells it again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exporter.pages import Reply, in_text
from loadline.printable import in_one_line
from rules import names
from rules.alert_marks import mark
from rules.errors import GrafanaError
from rules.grafana import Grafana

PATH: Final = "/alerts"
MOST_ALERTS: Final = 1000
LONGEST: Final = 1000
"""Characters of a summary that are logged."""


class Alert(BaseModel):
    """One alert of a notification; times are RFC 3339, and ``endsAt`` is in the year 1 while it fires."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts: Annotated[datetime, Field(alias="startsAt")]
    ends: Annotated[datetime, Field(alias="endsAt")]
    fingerprint: Annotated[str, Field(min_length=1, max_length=64)]

    @property
    def name(self) -> str:
        return self.labels.get(names.ALERTNAME, "an alert without a name")

    @property
    def summary(self) -> str:
        """In one line, whatever a label put into it."""
        said = self.annotations.get("summary") or self.name
        return in_one_line(said)[:LONGEST]

    @property
    def ended(self) -> datetime | None:
        return self.ends.astimezone(UTC) if self.status == "resolved" else None


class Notification(BaseModel):
    """What Alertmanager posts to a webhook, version 4 (its documentation, "webhook_config"); other keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    version: Literal["4"]
    alerts: Annotated[list[Alert], Field(max_length=MOST_ALERTS)]


class Asks(Protocol):
    """Whoever has credentials for a Grafana."""

    def ask(self, act: Callable[[Grafana], Any]) -> Any:
        """What ``act`` gives; raises GrafanaError."""


@dataclass
class Alerts:
    """The receiver of a webhook; safe to call from several threads."""

    say: Callable[[str], object]
    grafana: Asks | None = None
    _said: set[tuple[str, str]] = field(default_factory=set)
    """Alerts, by fingerprint and beginning, that were told as firing and not yet as resolved."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, body: bytes) -> Reply:
        """200 where all of it is told; 400 for what is no notification; 503 where Grafana is to be tried again."""
        try:
            told = Notification.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "the body"
            return in_text(400, f"no notification of Alertmanager's (version 4): {where}: {first['msg']}")
        with self._lock:
            for alert in told.alerts:
                self._log(alert)
            try:
                for alert in told.alerts:
                    self._mark(alert)
            except GrafanaError as error:
                return in_text(503, f"logged, but not marked: {error.message}")
        return in_text(200, f"{len(told.alerts)} alerts")

    def _log(self, alert: Alert) -> None:
        """Once when it begins and once when it ends: Alertmanager repeats itself."""
        key = (alert.fingerprint, alert.starts.isoformat())
        severity = alert.labels.get(names.SEVERITY, "alert")
        if alert.status == "firing" and key not in self._said:
            self._said.add(key)
            self.say(f"{severity}: {alert.summary} ({alert.name})")
        elif alert.status == "resolved" and key in self._said:
            self._said.remove(key)
            self.say(f"resolved: {alert.summary} ({alert.name})")

    def _mark(self, alert: Alert) -> None:
        if self.grafana is None:
            return
        kinds = (names.ALERTNAME, names.SEVERITY, names.TESTID, names.SLO)
        known = {kind: alert.labels[kind] for kind in kinds if kind in alert.labels}
        self.grafana.ask(
            lambda grafana: mark(grafana, alert.fingerprint, alert.starts, alert.ended, alert.summary, known)
        )
