"""The whole command beside a metadata service and a Docker engine that misbehave: what the scrape and the log say."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from exporter import names
from tests.exporter.containers.fake_engine import FakeEngine
from tests.exporter.ec2.fake_imds import FakeImds
from tests.exporter.raw_http import Faults, Request, over_tcp, over_unix
from tests.exporter.test_command import ALONE, running

BROKEN = {"ec2_identity", "ec2_instance_limits", "containers"}
DEADLINE = 1.0


@pytest.mark.parametrize("fault", ["silence", "trickle", "nothing", "noise", "binary", "huge", "cut_off"])
def test_the_scrape_comes_in_time_with_everything_else_and_no_secret(
    fault: str, faults: Faults, tmp_path: Path
) -> None:
    """Both misbehave after a good beginning: a token was given, and the engine's version."""
    imds, engine = FakeImds(), FakeEngine()

    def metadata(request: Request) -> Iterable[bytes]:
        return imds(request) if request.method == "PUT" else getattr(faults, fault)(request)

    def docker(request: Request) -> Iterable[bytes]:
        return engine(request) if request.path == "/version" else getattr(faults, fault)(request)

    with over_tcp(metadata) as url, over_unix(tmp_path / "d.sock", docker) as socket:
        environ = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url, "DOCKER_HOST": f"unix://{socket}"}
        with running(*ALONE, "--deadline", f"{DEADLINE:g}", environ={**os.environ, **environ}) as (process, metrics):
            began = time.monotonic()
            text = requests.get(metrics, timeout=10).text
            took = time.monotonic() - began
            again = requests.get(metrics, timeout=10).text
            page = requests.get(metrics.removesuffix("metrics"), timeout=10).text
            process.terminate()
            assert process.wait(timeout=10) == 0
            assert process.stderr is not None
            log = process.stderr.read()
    assert took < DEADLINE + 2.0
    success = {
        sample.labels["collector"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == names.COLLECTOR_SUCCESS
    }
    assert {name for name, worked in success.items() if not worked} >= BROKEN
    assert {name for name, worked in success.items() if not worked} <= BROKEN | {"ec2_cpu_credits"}
    for line in ("collector ec2_identity failed: ", "collector containers failed: "):
        assert log.count(line) == 1, log  # however many scrapes
    assert "Traceback" not in log
    assert imds.tokens
    assert "SECRET" not in f"{log}{text}{again}{page}"
