"""What the exporter keeps in memory: SDKs are imported where there is something to ask, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.exporter.containers.fake_engine import FakeEngine
from tests.exporter.ec2.fake_imds import FakeImds
from tests.exporter.raw_http import over_tcp, over_unix
from tests.exporter.test_command import ALONE, running

SCRAPES = 200
NOBODY = "http://127.0.0.1:1"
MB = 1e6


def scraped(environ: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """Value by metric and collector, after so many scrapes that what is kept has been kept."""
    with running(*ALONE, environ={**os.environ, **environ}) as (_, url), requests.Session() as session:
        for _ in range(SCRAPES):
            text = session.get(url, timeout=10).text
    families = text_string_to_metric_families(text)
    return {
        (sample.name, sample.labels.get("collector", "")): sample.value for one in families for sample in one.samples
    }


def test_off_ec2_and_without_docker_neither_is_paid_for(tmp_path: Path) -> None:
    found = scraped({"DOCKER_HOST": f"unix://{tmp_path}/none"})
    assert found["loadline_exporter_collector_available", "ec2_identity"] == 0
    assert found["loadline_exporter_collector_available", "containers"] == 0
    assert found["process_resident_memory_bytes", ""] <= 45 * MB


def test_on_ec2_with_docker_and_boto3_in_use_it_stays_small(tmp_path: Path) -> None:
    with over_tcp(FakeImds()) as url, over_unix(tmp_path / "d.sock", FakeEngine()) as socket:
        found = scraped(
            {
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": url,
                "DOCKER_HOST": f"unix://{socket}",
                "AWS_ENDPOINT_URL_CLOUDWATCH": NOBODY,
                "AWS_ACCESS_KEY_ID": "testing",
                "AWS_SECRET_ACCESS_KEY": "testing",
            }
        )
    assert found["ec2_instance_vcpus", ""] == 2
    assert found["loadline_exporter_collector_success", "containers"] == 1
    assert found["loadline_exporter_collector_success", "ec2_cpu_credits"] == 0  # boto3 found nobody
    assert found["process_resident_memory_bytes", ""] <= 75 * MB
