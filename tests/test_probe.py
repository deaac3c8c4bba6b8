"""k6/probe.js by a real k6 into a real Prometheus: requests of every day, and no load test."""

from __future__ import annotations

import os
import subprocess
import time

from loadline.bench import Bench
from loadline.data import data
from loadline.stack import binaries
from rules import names, runs
from rules.prometheus import Prometheus
from rules.signals.load import RESPONSES
from rules.signals.slo import OF_PROBE
from tests.real import start_sample_api, wait_for


def test_the_probe_asks_at_its_rate_and_is_no_run(bench: Bench, fresh_prometheus: Prometheus) -> None:
    url = start_sample_api(bench, "--workers", "2", "--service-ms", "20")
    env = {
        "TARGET_URL": f"{url}/boards",
        "PROBE_RATE": "20",
        "PROBE_DURATION": "8s",
        "K6_PROMETHEUS_RW_SERVER_URL": f"{fresh_prometheus.url}/api/v1/write",
        "K6_PROMETHEUS_RW_PUSH_INTERVAL": "1s",
        "K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM": "true",
        "K6_NO_USAGE_REPORT": "true",
    }
    command = [str(binaries.find("k6")), "run", "--quiet", "--no-summary", "-o", "experimental-prometheus-rw"]
    done = subprocess.run(
        [*command, str(data("k6", "probe.js"))],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    total = RESPONSES.highest("1m", OF_PROBE, f'{names.PROBE}="requests"')
    wait_for(lambda: bool(fresh_prometheus.instant(total, time.time())), "requests of the probe", 15)
    (found,) = fresh_prometheus.instant(total, time.time())
    assert 110 <= float(found["value"][1]) <= 161  # a busy machine begins some too late, and a wrong rate is far off
    assert runs.find(fresh_prometheus, "", time.time() - 600, time.time() + 60) == []


def test_without_a_target_it_says_what_is_missing() -> None:
    env = {key: value for key, value in os.environ.items() if key != "TARGET_URL"}
    command = [str(binaries.find("k6")), "run", "--quiet", str(data("k6", "probe.js"))]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 108
    assert "TARGET_URL is not set" in done.stderr
