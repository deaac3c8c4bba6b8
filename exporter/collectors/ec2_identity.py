"""Which EC2 instance this is, and whether it is about to be taken away: ``ec2_instance_info``, the spot notice."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.ec2.instance import Instance


class Ec2IdentityCollector:
    """Asks the metadata service: once for the identity, each time for the notice if it is a spot instance."""

    name = "ec2_identity"
    refresh_seconds = 5.0
    """A notice comes two minutes ahead; AWS recommends to look every five seconds."""

    def __init__(self, instance: Instance | None = None) -> None:
        self._instance = instance or Instance()

    def collect(self) -> Iterator[Metric]:
        """The info metric, and the time of the interruption once it is known."""
        identity = self._instance.identity()
        info = GaugeMetricFamily(
            names.EC2_INSTANCE_INFO, "The EC2 instance, in labels; always 1.", labels=names.INSTANCE_LABELS
        )
        labels = (
            identity.instance_id,
            identity.instance_type,
            identity.availability_zone,
            identity.region,
            identity.image_id,
            identity.architecture,
            identity.life_cycle,
        )
        info.add_metric(labels, 1.0)
        yield info
        notice = self._instance.interruption()
        if notice is not None:
            interruption = GaugeMetricFamily(
                names.EC2_SPOT_INTERRUPTION,
                "When the spot instance will be interrupted, and how; absent until there is a notice.",
                labels=(names.ACTION,),
            )
            interruption.add_metric((notice.action,), notice.time)
            yield interruption
