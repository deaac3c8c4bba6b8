"""A real load test past the SLO: Prometheus fires, Alertmanager tells a receiver, and it resolves after the run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from loadline.bench import Bench
from loadline.stack import binaries
from rules import names
from tests.alerting import Told, start_alertmanager, start_prometheus
from tests.real import start_sample_api, wait_for
from tests.stores import STORES, prometheus_3

CAPACITY = 100.0
RAMP = ("--vus", "400", "--duration", "60s", "--think-time", "500ms")
"""Of a server of 100/s: 150 VUs wait for longer than a second, which they are after 22 s."""


@pytest.fixture(params=STORES)
def told(request: pytest.FixtureRequest, bench: Bench) -> Iterator[Told]:
    with Told().listening() as receiver:
        binary = binaries.obtain("prometheus") if request.param == "installed" else prometheus_3()
        if not binary.is_file():
            pytest.skip(f"there is no {binary}: `bash .ci/prometheus-3` builds it")
        client = start_prometheus(binary, bench, start_alertmanager(bench, receiver.url))
        url = start_sample_api(bench, "--workers", "2", "--service-ms", "20")
        command = [sys.executable, "-m", "loadline", "run", f"{url}/boards", *RAMP, "--prometheus-url", client.url]
        command += ["--testid", "over", "--store", str(bench.folder / "store"), "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
        assert done.returncode == 0, done.stderr
        yield receiver


@pytest.mark.timeout(240)
def test_a_run_past_the_limit_is_told_and_resolved(told: Told) -> None:
    wait_for(lambda: bool(told.of(names.SLO_LOST, "resolved")), "resolved alert", 90)
    ((_, fired), *_) = told.of(names.SLO_LOST, "firing")
    assert fired["labels"] == {
        "alertname": names.SLO_LOST,
        "audience": "watcher",
        "severity": "warning",
        "slo": "requests",
        "testid": "over",
    }
    said = fired["annotations"]["summary"].removeprefix("Load test over lost the SLO requests at ").split()
    assert said[1] == "requests/s"
    assert float(said[0].replace(",", "")) == pytest.approx(CAPACITY, rel=0.25)
    assert "/d/loadline-load-test?var-testid=over&from=1" in fired["annotations"]["dashboard_url"]
    assert all(post["groupLabels"] == {"testid": "over", "slo": "requests"} for _, post in told.posts)
