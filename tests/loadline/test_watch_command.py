from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from loadline.stack import process
from rules.prometheus import Prometheus
from tests.grafana import EDITOR_TOKEN, PASSWORD, serving
from tests.loadline.pushes import CAPACITY, push
from tests.loadline.started import started
from tests.real import loadline, wait_for

FAST = ("--listen", "127.0.0.1:0", "--interval", "0.2")
WATCH = [sys.executable, "-m", "loadline", "watch"]


def _grafana(url: str, folder: Path) -> tuple[str, ...]:
    return ("--grafana-url", url, "--grafana-token-file", str(folder / "token"))


def test_the_command_serves_the_metrics_and_ends_with_0_on_sigterm(
    fresh_prometheus: Prometheus, tmp_path: Path
) -> None:
    push(fresh_prometheus, "a", float(round(time.time()) - 360), range(61))
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    with serving() as server:
        options = ["--prometheus-url", fresh_prometheus.url, "--grafana-url", server.url, "--grafana-password-file"]
        with subprocess.Popen(
            [*WATCH, *options, password, "--listen", "127.0.0.1:0", "--store", tmp_path / "store"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            url = process.stderr.readline().removeprefix("listening on ").strip()
            lines = [process.stdout.readline() for _ in range(3)]
            text = requests.get(url, timeout=10).text
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0
            assert process.stderr.read() == ""
        assert len(server.annotations) == 4
    assert lines[0].startswith("a: saturated: ")
    marked, kept = sorted(lines[1:])  # by two threads, of which either may be first
    assert marked == "a: annotations 4 created\n"
    assert kept.startswith(f"a: kept as {tmp_path}/store/a/")
    assert 'loadline_verdict{testid="a",verdict="saturated"} 1.0' in text
    maximum = re.search(r'^loadline_max_throughput_requests_per_second\{testid="a"\} (.+)$', text, re.MULTILINE)
    assert maximum is not None
    assert float(maximum[1]) == pytest.approx(CAPACITY, rel=0.02)
    assert 'loadline_event_timestamp_seconds{rule="knee",testid="a"} 1' in text


def test_a_prometheus_and_a_grafana_that_are_not_there_are_a_line_each_and_it_goes_on_in_any_time_zone(
    fresh_prometheus: Prometheus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    start = float(round(time.time()) - 60)
    push(fresh_prometheus, "a", start, range(11))
    (tmp_path / "token").write_text("t")
    nobody = f"http://127.0.0.1:{process.free_port()}"
    there = started(
        tmp_path / "one", "watch", "--prometheus-url", fresh_prometheus.url, *FAST, *_grafana(nobody, tmp_path)
    )
    away = started(tmp_path / "two", "watch", "--prometheus-url", nobody, *FAST)
    with there as one, away as two:
        wait_for(lambda: one.says("cannot be reached") and two.says("cannot be reached"), "line of each")
        for watcher in (one, two):
            address = watcher.err.partition("listening on ")[2].split()[0]
            assert requests.get(address, timeout=10).ok
        wait_for(lambda: "a: running since" in one.out, "run")
    assert time.strftime("a: running since %Y-%m-%d %H:%M:%S UTC", time.gmtime(start)) in one.out
    for watcher, subject in ((one, "Grafana"), (two, "Prometheus")):
        assert watcher.err.count("\n") == 2
        assert f"ERROR {subject} at {nobody} cannot be reached (connection refused). Check --" in watcher.err


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = loadline("watch", "--listen", address, "--store", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert address in done.stderr
    assert "in use" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--grafana-url", "http://h"],
            "--grafana-url needs --grafana-token-file, --grafana-password-file, or both",
        ),
        (
            ["--grafana-url", "http://h", "--grafana-token-file", "none", "--grafana-password-file", "none"],
            "none cannot be read: No such file or directory",
        ),
        (
            ["--grafana-url", "http://me:pw@h", "--grafana-token-file", "t"],
            "--grafana-url holds a password. Put it into",
        ),
        (["--grafana-url", "h:3000", "--grafana-token-file", "token"], "--grafana-url: 'h:3000' is no URL"),
        (["--grafana-token-file", "empty"], "credentials without a Grafana. Give its address by --grafana-url"),
        (
            ["--grafana-url", "http://h", "--grafana-token-file", "empty"],
            "empty does not hold a token or password. It must hold just that, on one line",
        ),
        (
            ["--grafana-url", "http://h", "--grafana-token-file", "none"],
            "none cannot be read: No such file or directory",
        ),
        (["--listen", "nowhere"], "'nowhere' is not an address to listen on; write HOST:PORT"),
    ],
)
def test_wrong_usage_is_one_line_and_2(tmp_path: Path, options: list[str], said: str) -> None:
    (tmp_path / "empty").write_text("\n")
    ran = subprocess.run(
        [*WATCH, *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stderr.startswith(f"loadline: {said}"), ran.stderr.count("\n")) == (2, True, 1)


def test_alerts_that_alertmanager_posts_are_logged_and_marked(fresh_prometheus: Prometheus, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(EDITOR_TOKEN)
    alert = {
        "status": "firing",
        "labels": {"alertname": "LoadlineLatencySLOLost", "severity": "warning", "testid": "a"},
        "annotations": {"summary": "Load test a lost the SLO requests at 1,040 requests/s"},
        "startsAt": "2026-11-25T15:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "c0ffee",
    }
    with serving() as server:
        options = ("--prometheus-url", fresh_prometheus.url, *FAST, *_grafana(server.url, tmp_path))
        with started(tmp_path / "one", "watch", *options) as watcher:
            wait_for(lambda: watcher.says("listening on"), "address")
            address = watcher.err.partition("listening on ")[2].split()[0].replace("/metrics", "/alerts")
            told = requests.post(address, json={"version": "4", "alerts": [alert]}, timeout=10)
            refused = requests.post(address, json={"version": "4"}, timeout=10)
            wait_for(lambda: "lost the SLO" in watcher.out, "alert in the log")
            assert "warning: Load test a lost the SLO requests at 1,040 requests/s" in watcher.out
        assert (told.status_code, refused.status_code) == (200, 400)
        assert [mark["time"] for mark in server.annotations.values()] == [1795618800000]
