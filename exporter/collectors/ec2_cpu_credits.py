"""The CPU credits of a burstable instance, as CloudWatch has them: ``ec2_cpu_credit_…``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, Protocol

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.ec2.cloudwatch import PERIOD_SECONDS, CloudWatch, CloudWatchError, Datapoint
from exporter.ec2.instance import Instance
from exporter.ec2.instance_types import credits_per_hour
from exporter.errors import NothingHere

BALANCE: Final = "CPUCreditBalance"
METRICS: Final = {
    BALANCE: ("Average", names.EC2_CREDIT_BALANCE, "CPU credits that are left."),
    "CPUCreditUsage": ("Sum", names.EC2_CREDIT_USAGE, "CPU credits spent in those five minutes."),
    "CPUSurplusCreditBalance": (
        "Average",
        names.EC2_SURPLUS_BALANCE,
        "CPU credits spent beyond what was earned, and not paid for yet (unlimited mode).",
    ),
    "CPUSurplusCreditsCharged": ("Sum", names.EC2_SURPLUS_CHARGED, "CPU credits that are paid for (unlimited mode)."),
}
"""CloudWatch's metric to its statistic, our metric and its help.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-monitoring-cpu-credits.html
"""


class Source(Protocol):
    """What is asked; exporter/ec2/cloudwatch.py in production."""

    def newest(self, metrics: dict[str, str], instance_id: str, now: datetime) -> dict[str, Datapoint]:
        """The newest datapoint of each metric, by metric."""


class Ec2CpuCreditsCollector:
    """Asks CloudWatch for nothing until the next five minutes are over: a question costs money, and tells the same."""

    name = "ec2_cpu_credits"
    refresh_seconds = 60.0

    def __init__(
        self,
        instance: Instance | None = None,
        source: Callable[[str], Source] = CloudWatch,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``source`` makes, of a region, what is asked; ``clock`` is the time of day."""
        self._instance = instance or Instance()
        self._make = source
        self._clock = clock
        self._source: Source | None = None
        self._known: dict[str, Datapoint] = {}

    def collect(self) -> Iterator[Metric]:
        """Gauges, and the end of the five minutes that they are of."""
        identity = self._instance.identity()
        if credits_per_hour(identity.instance_type) is None:
            raise NothingHere(f"{identity.instance_type} has no CPU credits")
        self._source = self._source or self._make(identity.region)
        now = self._clock()
        if self._is_due(now):
            statistics = {metric: statistic for metric, (statistic, _, _) in METRICS.items()}
            self._known = self._source.newest(statistics, identity.instance_id, now)
        if BALANCE not in self._known:
            raise CloudWatchError(
                f"CloudWatch has no {BALANCE} of {identity.instance_id} in the last half hour; "
                "for a new instance the first comes after some minutes"
            )
        for metric, (_, name, text) in METRICS.items():
            if metric in self._known:
                yield GaugeMetricFamily(name, text, value=self._known[metric].value)
        yield GaugeMetricFamily(
            names.EC2_CREDIT_TIMESTAMP,
            "End of the five minutes that the newest CPU credits are of.",
            value=self._known[BALANCE].began + PERIOD_SECONDS,
        )

    def _is_due(self, now: datetime) -> bool:
        """Whether there can be a newer value: the five minutes after those that are known are over."""
        if BALANCE not in self._known:
            return True
        age = now.timestamp() - self._known[BALANCE].began
        return not 0 <= age < 2 * PERIOD_SECONDS
