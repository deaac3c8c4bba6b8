"""The edge to CloudWatch, through boto3 (the extra ``aws``): the newest value of an instance's metrics.

GetMetricStatistics rather than GetMetricData: the free tier has a million requests of the first and none of the
second (https://aws.amazon.com/cloudwatch/pricing/). Credentials are found by boto3 as everywhere: an instance role,
the environment, a profile.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from exporter.errors import NothingHere

NAMESPACE: Final = "AWS/EC2"
PERIOD_SECONDS: Final = 300
"""CPU credits are known every five minutes, with detailed monitoring too."""
WINDOW: Final = timedelta(minutes=30)
"""How far back the newest value is looked for; values arrive minutes late."""

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 5
ATTEMPTS: Final = 2

POLICY_HINT: Final = "its role, or user, needs the permission cloudwatch:GetMetricStatistics"


class CloudWatchError(Exception):
    """CloudWatch did not answer; the text never holds what boto3 said, which may quote a signed request."""


@dataclass(frozen=True)
class Datapoint:
    """A value, and when its five minutes began: seconds since 1970."""

    value: float
    began: float


class CloudWatch:
    """Asks for one instance. boto3 is imported, and credentials are looked for, at the first question."""

    def __init__(self, region: str, client: Any = None) -> None:
        """``client`` is boto3's for CloudWatch; None makes it."""
        self._region = region
        self._client = client

    def newest(self, metrics: Mapping[str, str], instance_id: str, now: datetime) -> dict[str, Datapoint]:
        """By metric, the newest value there is; ``metrics`` gives the statistic for each.

        Raises NothingHere without boto3 or credentials, CloudWatchError where CloudWatch refuses or is not reached.
        """
        import_boto3()
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

        try:
            client = self._client = self._client or _client(self._region)
            found = {name: _newest(client, name, statistic, instance_id, now) for name, statistic in metrics.items()}
        except (NoCredentialsError, PartialCredentialsError):
            raise NothingHere(f"no AWS credentials: attach a role to the instance; {POLICY_HINT}") from None
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "no code")
            raise CloudWatchError(f"CloudWatch in {self._region} refused ({code}): {POLICY_HINT}") from None
        except BotoCoreError as error:
            raise CloudWatchError(
                f"CloudWatch in {self._region} is not reached ({type(error).__name__}); it needs a way out to HTTPS, "
                "or a VPC endpoint for monitoring"
            ) from None
        return {name: datapoint for name, datapoint in found.items() if datapoint is not None}


def import_boto3() -> None:
    """Raises NothingHere where the extra is not installed."""
    try:
        import boto3  # noqa: F401 - only whether it is there
    except ImportError:
        raise NothingHere("boto3 is not installed: pip install 'loadline[aws]'") from None


def _client(region: str) -> Any:
    import boto3
    from botocore.config import Config

    # At DEBUG botocore logs the headers of its requests, and the session token is one of them.
    logging.getLogger("botocore").setLevel(logging.INFO)
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS},
        user_agent_extra="loadline-exporter",
    )
    return boto3.session.Session().client("cloudwatch", region_name=region, config=config)


def _newest(client: Any, metric: str, statistic: str, instance_id: str, now: datetime) -> Datapoint | None:
    answer = client.get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=metric,
        Dimensions=[{"Name": "InstanceId", "Value": instance_id}],
        StartTime=now - WINDOW,
        EndTime=now,
        Period=PERIOD_SECONDS,
        Statistics=[statistic],
    )
    points = [
        (point["Timestamp"].astimezone(UTC).timestamp(), point[statistic]) for point in answer.get("Datapoints", ())
    ]
    if not points:
        return None
    began, value = max(points)
    return Datapoint(float(value), began)
