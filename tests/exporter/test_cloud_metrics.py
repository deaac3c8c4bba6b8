"""The whole text of /metrics of a fake EC2 instance: metadata, ENA driver, Docker socket and CloudWatch (moto)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from moto import mock_aws
from prometheus_client.parser import text_string_to_metric_families
from syrupy.assertion import SnapshotAssertion

from exporter import names
from exporter.collector import Collector
from exporter.collectors.containers import ContainersCollector
from exporter.collectors.ec2_cpu_credits import Ec2CpuCreditsCollector
from exporter.collectors.ec2_identity import Ec2IdentityCollector
from exporter.collectors.ec2_instance_limits import Ec2InstanceLimitsCollector
from exporter.collectors.ec2_network_allowance import Ec2NetworkAllowanceCollector
from exporter.containers.engine import Engine
from exporter.ec2.imds import Imds
from exporter.ec2.instance import Instance
from exporter.guard import Guard
from exporter.pages import Pages
from loadline.stack.binaries import find
from tests.exporter.containers.fake_engine import FakeEngine
from tests.exporter.ec2.cloudwatch_data import BEGAN, put_credits
from tests.exporter.ec2.fake_imds import FakeImds
from tests.exporter.ec2.test_network_allowance import ENA, Drivers
from tests.exporter.raw_http import over_tcp, over_unix
from tests.golden import PlainText

SPOT_NOTICE = {"action": "terminate", "time": "2026-11-25T10:30:00Z"}


@pytest.fixture
def collectors(tmp_path: Path) -> Iterator[list[Collector]]:
    """In the order of the catalogue."""
    imds = FakeImds()
    imds.texts["/meta-data/instance-life-cycle"] = "spot"
    imds.texts["/meta-data/spot/instance-action"] = json.dumps(SPOT_NOTICE)
    with ExitStack() as stack:
        instance = Instance(Imds(stack.enter_context(over_tcp(imds))))
        engine = Engine(stack.enter_context(over_unix(tmp_path / "docker.sock", FakeEngine())))
        stack.enter_context(mock_aws())
        put_credits()
        yield [
            ContainersCollector(engine, tmp_path / "no-sys", tmp_path / "no-proc"),
            Ec2IdentityCollector(instance),
            Ec2InstanceLimitsCollector(instance),
            Ec2NetworkAllowanceCollector(Drivers(ens5=("ena", ENA))),
            Ec2CpuCreditsCollector(instance, clock=lambda: BEGAN + timedelta(minutes=7)),
        ]


def scraped(collectors: list[Collector]) -> str:
    """On a clock that stands still, so that no duration and no age differs from run to run."""
    return Pages(Guard(collectors, clock=lambda: 0.0)).answer("/metrics", {}).body.decode()


def test_the_whole_text_is_the_golden_one(collectors: list[Collector], snapshot: SnapshotAssertion) -> None:
    assert scraped(collectors) == snapshot(extension_class=PlainText)


def test_promtool_finds_nothing_to_say_about_any_of_our_names(collectors: list[Collector]) -> None:
    text = scraped(collectors)
    checked = subprocess.run(
        [find("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, timeout=30, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_every_name_of_ec2_and_of_containers_is_written_in_a_full_scrape(collectors: list[Collector]) -> None:
    written = {
        sample.name for family in text_string_to_metric_families(scraped(collectors)) for sample in family.samples
    }
    declared = {
        value for value in vars(names).values() if isinstance(value, str) and value.startswith(("ec2_", "container_"))
    }
    assert declared - written == {names.EC2_SURPLUS_CHARGED}  # nothing was ever charged


def test_no_label_is_a_secret_or_a_target_label(collectors: list[Collector]) -> None:
    text = scraped(collectors)
    families = list(text_string_to_metric_families(text))
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert labels.isdisjoint({"role", "instance", "job"})
    assert "SECRET" not in text
    assert "123456789012" not in text  # the account
