from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from exporter.collectors.ec2_cpu_credits import Ec2CpuCreditsCollector
from exporter.ec2.cloudwatch import CloudWatch, CloudWatchError, Datapoint
from exporter.ec2.instance import Instance
from exporter.errors import NothingHere
from tests.exporter.ec2.cloudwatch_data import BEGAN, put_credits
from tests.exporter.ec2.fake_imds import DOCUMENT, FakeImds

NOW = BEGAN + timedelta(minutes=7)
ASKED = {"CPUCreditBalance": "Average"}


class Source:
    """Answers with these datapoints, and counts how often it is asked."""

    def __init__(self, **answers: Datapoint) -> None:
        self.answers = answers
        self.asked: list[datetime] = []

    def newest(self, metrics: Mapping[str, str], instance_id: str, now: datetime) -> dict[str, Datapoint]:
        assert (len(metrics), instance_id) == (4, DOCUMENT["instanceId"])
        self.asked.append(now)
        return self.answers


def values(collector: Ec2CpuCreditsCollector) -> dict[str, float]:
    return {sample.name: sample.value for family in collector.collect() for sample in family.samples}


def test_the_newest_credits_and_the_end_of_their_five_minutes(instance: Instance) -> None:
    with mock_aws():
        put_credits()
        found = values(Ec2CpuCreditsCollector(instance, clock=lambda: NOW))
    assert found == {
        "ec2_cpu_credit_balance": 12.5,
        "ec2_cpu_credit_usage": 9.75,
        "ec2_cpu_surplus_credit_balance": 0,
        "ec2_cpu_credit_timestamp_seconds": (BEGAN + timedelta(minutes=5)).timestamp(),
    }


def test_cloudwatch_is_not_asked_before_there_can_be_something_new(instance: Instance) -> None:
    source = Source(CPUCreditBalance=Datapoint(40.0, BEGAN.timestamp()))
    times = [timedelta(minutes=minutes) for minutes in (7, 8, 9.9, 10, 11)]
    clock = iter([BEGAN + passed for passed in times])
    collector = Ec2CpuCreditsCollector(instance, lambda _: source, clock.__next__)
    assert [values(collector)["ec2_cpu_credit_balance"] for _ in times] == [40.0] * 5
    assert source.asked == [BEGAN + times[0], BEGAN + times[3], BEGAN + times[4]]


def test_a_clock_that_was_put_back_asks_again(instance: Instance) -> None:
    source = Source(CPUCreditBalance=Datapoint(40.0, BEGAN.timestamp()))
    clock = iter([NOW, NOW - timedelta(days=1)])
    collector = Ec2CpuCreditsCollector(instance, lambda _: source, clock.__next__)
    values(collector)
    values(collector)
    assert len(source.asked) == 2


def test_no_balance_is_a_failure_and_not_a_zero(instance: Instance) -> None:
    with mock_aws(), pytest.raises(CloudWatchError, match="has no CPUCreditBalance of i-0123456789abcdef0"):
        values(Ec2CpuCreditsCollector(instance, clock=lambda: NOW))


def test_a_type_without_credits_never_reaches_cloudwatch(instance: Instance, service: FakeImds) -> None:
    service.texts["/dynamic/instance-identity/document"] = json.dumps(DOCUMENT | {"instanceType": "m5.large"})
    source = Source()
    with pytest.raises(NothingHere, match=r"m5\.large has no CPU credits"):
        values(Ec2CpuCreditsCollector(instance, lambda _: source))
    assert source.asked == []


@pytest.mark.parametrize("code", ["AccessDenied", "SignatureDoesNotMatch", "ExpiredToken", "Throttling"])
def test_a_refusal_names_its_code_and_the_permission_and_quotes_nothing(
    code: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "-".join(("SECRET", "SESSION", "TOKEN"))
    client = boto3.client(
        "cloudwatch", region_name="eu-central-1", aws_access_key_id="AKIA", aws_secret_access_key=secret
    )
    stub = Stubber(client)
    stub.add_client_error("get_metric_statistics", code, f"The canonical string was X-Amz-Security-Token:{secret}")
    with stub, pytest.raises(CloudWatchError) as refused:
        CloudWatch("eu-central-1", client).newest(ASKED, "i-0", NOW)
    client.close()
    assert f"({code})" in str(refused.value)
    assert "cloudwatch:GetMetricStatistics" in str(refused.value)
    assert secret not in f"{refused.value}{refused.value.__cause__}{caplog.text}"


ASK = """
import logging, sys
from datetime import UTC, datetime
logging.basicConfig(level=logging.DEBUG)
from exporter.ec2.cloudwatch import CloudWatch
try:
    CloudWatch("eu-central-1").newest({"CPUCreditBalance": "Average"}, "i-0", datetime.now(UTC))
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


def asked_in_a_process(folder: Path, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Without anything that this machine's user has told boto3."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    none = {"HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
    return subprocess.run(
        [sys.executable, "-c", before + ASK],
        env=kept | none | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_without_credentials_it_is_left_out_and_says_what_to_attach(tmp_path: Path) -> None:
    assert asked_in_a_process(tmp_path).stdout == (
        "NothingHere: no AWS credentials: attach a role to the instance; "
        "its role, or user, needs the permission cloudwatch:GetMetricStatistics\n"
    )


def test_without_boto3_it_says_what_to_install(tmp_path: Path) -> None:
    told = asked_in_a_process(tmp_path, before="import sys; sys.modules['boto3'] = None").stdout
    assert told == "NothingHere: boto3 is not installed: pip install 'loadline[aws]'\n"


def test_no_way_out_is_said_and_no_credential_reaches_the_log_even_at_debug(tmp_path: Path) -> None:
    secrets = {name: f"SECRET-{name}" for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")}
    nobody = {"AWS_ENDPOINT_URL_CLOUDWATCH": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "AKIAXXXXXXXXXXXXXXXX"}
    ran = asked_in_a_process(tmp_path, **secrets, **nobody)
    assert ran.stdout.startswith("CloudWatchError: CloudWatch in eu-central-1 is not reached (EndpointConnectionError)")
    assert "SECRET" not in ran.stdout + ran.stderr
