"""Of one run and one SLO Alertmanager tells the greater alert alone; of others, and of those without an SLO, each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from loadline.bench import Bench
from tests.alerting import Told, start_alertmanager
from tests.real import wait_for


@pytest.fixture
def told() -> Iterator[Told]:
    with Told().listening() as receiver:
        yield receiver


def alert(name: str, severity: str, **labels: str) -> dict[str, dict[str, str]]:
    return {"labels": {"alertname": name, "severity": severity, "audience": "watcher", **labels}}


@pytest.mark.timeout(90)
def test_the_lesser_alert_of_a_run_is_silent_while_the_greater_fires(told: Told, bench: Bench) -> None:
    alertmanager = start_alertmanager(bench, told.url)
    firing = [
        alert("Lost", "warning", testid="one", slo="requests"),
        alert("Fails", "info", testid="one", slo="requests"),
        alert("OfAnotherRun", "info", testid="two", slo="requests"),
        alert("OfAnotherSlo", "info", testid="one", slo="checkout"),
        alert("Down", "critical"),
        alert("Refused", "warning"),
    ]
    requests.post(f"http://{alertmanager}/api/v2/alerts", json=firing, timeout=5).raise_for_status()
    others = ("Lost", "OfAnotherRun", "OfAnotherSlo", "Down", "Refused")
    wait_for(lambda: all(told.of(name, "firing") for name in others), "all alerts but the inhibited", 30)
    inhibited = requests.get(f"http://{alertmanager}/api/v2/alerts?inhibited=true&active=false", timeout=5).json()
    assert [one["labels"]["alertname"] for one in inhibited] == ["Fails"]
    assert told.of("Fails", "firing") == []
