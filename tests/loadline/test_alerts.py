"""Alertmanager's webhook as the watcher receives it: logged once, marked once, and garbage is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loadline.alerts import MOST_ALERTS, Alerts
from rules.grafana import Grafana
from tests.grafana import EDITOR_TOKEN, FakeGrafana, serving

FIRING: dict[str, Any] = {
    "status": "firing",
    "labels": {"alertname": "LoadlineLatencySLOLost", "severity": "warning", "testid": "a: b", "slo": "requests"},
    "annotations": {"summary": "Load test a: b lost the SLO requests at 1,040 requests/s"},
    "startsAt": "2026-11-25T15:00:00.123456789Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus:9090/graph",
    "fingerprint": "c0ffee",
}
RESOLVED = FIRING | {"status": "resolved", "endsAt": "2026-11-25T15:02:30Z"}


def _body(*alerts: dict[str, Any], **others: Any) -> bytes:
    return json.dumps({"version": "4", "receiver": "watcher", "status": "firing", "alerts": alerts} | others).encode()


class _Direct:
    """Whoever has credentials for a Grafana, without any fuss."""

    def __init__(self, url: str) -> None:
        self.grafana = Grafana(url, token=EDITOR_TOKEN)

    def ask(self, act: Callable[[Grafana], Any]) -> Any:
        return act(self.grafana)


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    with serving() as one:
        yield one


def test_an_alert_is_logged_when_it_begins_and_when_it_ends_however_often_it_is_told() -> None:
    said: list[str] = []
    alerts = Alerts(said.append)
    for body in (_body(FIRING), _body(FIRING), _body(RESOLVED), _body(RESOLVED)):
        assert alerts.receive(body).status == 200
    line = "Load test a: b lost the SLO requests at 1,040 requests/s (LoadlineLatencySLOLost)"
    assert said == [f"warning: {line}", f"resolved: {line}"]


def test_an_alert_is_one_mark_in_grafana_that_ends_with_it(grafana: FakeGrafana) -> None:
    alerts = Alerts(lambda _: None, _Direct(grafana.url))
    for _ in range(2):
        assert alerts.receive(_body(FIRING)).status == 200
    ((_, mark),) = grafana.annotations.items()
    assert (mark["time"], mark["timeEnd"]) == (1795618800123, 1795618800123)
    assert set(mark["tags"]) >= {"loadline", "alert", "alertname:LoadlineLatencySLOLost", "slo:requests"}
    assert len(grafana.written()) == 1
    for _ in range(2):
        assert alerts.receive(_body(RESOLVED)).status == 200
    ((_, mark),) = grafana.annotations.items()
    assert (mark["time"], mark["timeEnd"]) == (1795618800123, 1795618950000)
    assert len(grafana.written()) == 2


def test_an_alert_that_fires_again_later_is_another_mark(grafana: FakeGrafana) -> None:
    alerts = Alerts(lambda _: None, _Direct(grafana.url))
    again = FIRING | {"startsAt": "2026-11-25T15:10:00Z"}
    for body in (_body(FIRING), _body(RESOLVED), _body(again)):
        assert alerts.receive(body).status == 200
    assert len(grafana.annotations) == 2


def test_where_grafana_cannot_be_written_to_alertmanager_is_asked_to_come_again(grafana: FakeGrafana) -> None:
    said: list[str] = []
    alerts = Alerts(said.append, _Direct(grafana.url))
    grafana.fail(503)
    reply = alerts.receive(_body(FIRING))
    assert reply.status == 503
    assert reply.body.startswith(b"logged, but not marked: Grafana at ")
    grafana.fail(0, 0)
    assert alerts.receive(_body(FIRING)).status == 200
    assert len(grafana.annotations) == 1
    assert len(said) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        _body(FIRING, version="3"),
        _body(FIRING | {"startsAt": "soon"}),
        _body(FIRING | {"labels": {"a": {"b": "c"}}}),
        _body(FIRING | {"status": "maybe"}),
        _body({key: value for key, value in FIRING.items() if key != "fingerprint"}),
        _body(*[FIRING] * (MOST_ALERTS + 1)),
        b'{"version": "4", "alerts": ' + b"[" * 100_000,
    ],
)
def test_garbage_is_refused_and_says_nothing_of_what_was_in_it(body: bytes) -> None:
    said: list[str] = []
    reply = Alerts(said.append).receive(body)
    assert (reply.status, said) == (400, [])
    assert reply.body.startswith(b"no notification of Alertmanager's (version 4): ")


def test_a_label_cannot_write_lines_of_its_own_into_the_log() -> None:
    said: list[str] = []
    forged = FIRING | {"annotations": {"summary": "a\nINFO: all is well\x1b[2J" + "x" * 5000}}
    assert Alerts(said.append).receive(_body(forged)).status == 200
    assert said[0].startswith("warning: a INFO: all is well [2Jxxx")
    assert "\n" not in said[0]
    assert len(said[0]) < 1100
