"""CPU credits of the fake instance, put into moto's CloudWatch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import boto3

from tests.exporter.ec2.fake_imds import DOCUMENT

BEGAN: Final = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
"""When the newest five minutes began."""


def put_credits() -> None:
    """Two datapoints of each metric, of which the second is the newest; nothing was ever charged."""
    client = boto3.client("cloudwatch", region_name=str(DOCUMENT["region"]))
    for metric, values in {
        "CPUCreditBalance": (21.5, 12.5),
        "CPUCreditUsage": (9.5, 9.75),
        "CPUSurplusCreditBalance": (0, 0),
    }.items():
        for value, began in zip(values, (BEGAN - timedelta(minutes=5), BEGAN), strict=True):
            datum = {
                "MetricName": metric,
                "Dimensions": [{"Name": "InstanceId", "Value": DOCUMENT["instanceId"]}],
                "Timestamp": began,
                "Value": value,
                "Unit": "Count",
            }
            client.put_metric_data(Namespace="AWS/EC2", MetricData=[datum])
    client.close()
