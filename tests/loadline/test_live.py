"""A run at this moment: what is not known is a dash, and a Prometheus that is gone disturbs nothing."""

from __future__ import annotations

import time

import pytest

from loadline.live import Reader, Snapshot
from rules.errors import PrometheusError
from rules.prometheus import Prometheus
from rules.signals.signal import where
from tests.loadline.pushes import push


def test_what_is_not_known_yet_is_a_dash_and_never_a_zero() -> None:
    assert str(Snapshot(0.4, 90.0)) == ("0:00 / 1:30  VUs –  – requests/s  p95 –  failed –  so far: too early to tell")


def test_what_is_known_is_told_with_units() -> None:
    shown = Snapshot(61.9, None, vus=1200.0, rate=1090.4, p95=0.0481, failed=0.0, verdict="saturated: 1,090 requests/s")
    assert str(shown) == (
        "1:01  VUs 1,200  1,090 requests/s  p95 48.1 ms  failed 0 %  so far: saturated: 1,090 requests/s"
    )


def test_a_look_reads_prometheus_and_judges_only_now_and_then(prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(prometheus, "looked-at", start, range(61))
    judged: list[str] = []

    def judge() -> str:
        judged.append("saturated")
        return "saturated"

    reader = Reader(prometheus, where(testid="looked-at"), "20s", 300.0, judge)
    early = reader.look(4.0, start + 4)
    assert (early.rate, early.verdict) == (None, "too early to tell")
    seen = reader.look(300.0, start + 300)
    assert seen.vus == 600
    assert seen.rate == pytest.approx(200, rel=0.01)
    assert (seen.p95, seen.failed, seen.verdict) == (None, 0.0, "saturated")
    reader.look(301.0, start + 300)
    assert judged == ["saturated"]
    reader.look(306.0, start + 300)
    assert judged == ["saturated", "saturated"]


def test_a_prometheus_that_is_gone_leaves_no_old_values_standing(prometheus: Prometheus) -> None:
    start = float(round(time.time()) - 600)
    push(prometheus, "lost", start, range(61))
    client = Prometheus(prometheus.url)
    reader = Reader(client, where(testid="lost"), "20s", 300.0, lambda: "saturated")
    assert reader.look(300.0, start + 300).vus == 600
    assert reader.trouble is None
    client.url = "http://127.0.0.1:9"
    for elapsed in (305.0, 310.0):
        said = str(reader.look(elapsed, start + elapsed))
        assert said == f"5:{elapsed - 300:02.0f} / 5:00  no numbers from Prometheus since 5:00"
        assert "cannot be reached (connection refused)" in str(reader.trouble)
    client.url = prometheus.url
    assert str(reader.look(311.0, start + 300)).startswith("5:11 / 5:00  VUs 600  ")
    assert reader.trouble is None


def test_a_prometheus_that_answers_but_records_no_more_is_told_too(prometheus: Prometheus) -> None:
    """As with a full disk: it refuses k6's writes, and answers queries with what it has."""
    start = float(round(time.time()) - 600)
    push(prometheus, "full", start, range(61))
    reader = Reader(prometheus, where(testid="full"), "20s", 300.0, lambda: "saturated")
    assert reader.look(0.0, start - 1).silent_since is None  # k6 has not pushed yet
    assert reader.look(310.0, start + 310).vus == 600
    for elapsed in (321.0, 322.0):
        assert str(reader.look(elapsed, start + elapsed)).endswith("  no numbers from Prometheus since 5:10")
        assert str(reader.trouble) == "k6's samples do not reach Prometheus any more (is a disk full?)"


def test_a_judgement_that_fails_leaves_the_last_verdict(prometheus: Prometheus) -> None:
    def judge() -> str:
        raise PrometheusError("gone")

    assert Reader(prometheus, "", "20s", None, judge).look(6.0, time.time()).verdict == "too early to tell"
