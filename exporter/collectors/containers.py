"""Docker's containers under cAdvisor's names: CPU and how it is throttled, memory, network, restarts, health."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from exporter import names
from exporter.background import Background
from exporter.collectors.proc import PROC, SYS
from exporter.containers.cgroup import Cgroups
from exporter.containers.container import Container
from exporter.containers.engine import Engine
from exporter.containers.seen import MOST_CONTAINERS, Seen, Source, look
from exporter.containers.usage import Usage

REFRESH_SECONDS: Final = 10.0
KEPT_SECONDS: Final = 60.0
"""A machine at its limit starves its engine too; what the containers are is still true then."""
PATIENCE_SECONDS: Final = 2.5

HEALTH: Final = ("starting", "healthy", "unhealthy")

GAUGES: Final = {
    names.CONTAINER_START_TIME: "Start time of the container since unix epoch in seconds.",
    names.CONTAINER_CPU_QUOTA: "CPU quota of the container, in microseconds of each period; absent without a limit.",
    names.CONTAINER_CPU_PERIOD: "CPU period of the container, in microseconds; absent without a limit.",
    names.CONTAINER_MEMORY_LIMIT: "Memory limit of the container; absent without one.",
    names.CONTAINER_MEMORY_USAGE: "Memory used, page cache included.",
    names.CONTAINER_MEMORY_WORKING_SET: "Memory used that cannot be dropped at once.",
    names.CONTAINER_HEALTH: "1 for the status that the health check has now; absent without a health check.",
}
COUNTERS: Final = {
    names.CONTAINER_RESTARTS: "How often the engine restarted the container by its restart policy.",
    names.CONTAINER_CPU_USAGE: "CPU time used, on all cores.",
    names.CONTAINER_CPU_PERIODS: "Periods in which the container ran under its CPU limit.",
    names.CONTAINER_CPU_THROTTLED_PERIODS: "Periods in which the CPU limit held the container back.",
    names.CONTAINER_CPU_THROTTLED_SECONDS: "Time for which the CPU limit held the container back, summed over cores.",
    names.CONTAINER_RECEIVE_BYTES: "Bytes received.",
    names.CONTAINER_RECEIVE_DROPPED: "Packets dropped while receiving.",
    names.CONTAINER_TRANSMIT_BYTES: "Bytes sent.",
    names.CONTAINER_TRANSMIT_DROPPED: "Packets dropped while sending.",
}
FURTHER_LABEL: Final = {
    names.CONTAINER_HEALTH: names.STATUS,
    names.CONTAINER_RECEIVE_BYTES: names.INTERFACE,
    names.CONTAINER_RECEIVE_DROPPED: names.INTERFACE,
    names.CONTAINER_TRANSMIT_BYTES: names.INTERFACE,
    names.CONTAINER_TRANSMIT_DROPPED: names.INTERFACE,
}


class ContainersCollector:
    """The engine is asked in the background what runs; what is used is read from the kernel's files at every scrape.

    Where those are hidden, as in a container that does not mount them, the engine's own figures of its last answer
    are given, up to REFRESH_SECONDS and a scrape old.
    """

    name = "containers"

    def __init__(
        self,
        engine: Source | None = None,
        sys: Path | None = SYS,
        proc: Path | None = PROC,
        most: int = MOST_CONTAINERS,
    ) -> None:
        """``most`` is how many containers are reported on; ``left_out`` says how many more there are."""
        self._cgroups = Cgroups(sys, proc)
        asked = engine or Engine()
        self._seen: Background[Seen] = Background(
            lambda: look(asked, self._cgroups, most), REFRESH_SECONDS, KEPT_SECONDS, PATIENCE_SECONDS
        )
        self.left_out = 0

    def collect(self) -> Iterator[Metric]:
        """Every family that has a sample. Raises NothingHere without an engine, EngineError where it misbehaves."""
        seen = self._seen.get()
        self.left_out = seen.left_out
        samples = _Samples()
        for container in seen.containers:
            samples.describe(container)
            usage = self._cgroups.read(container) or seen.usages.get(container.id)
            if usage is not None:
                samples.use(container, usage)
        return samples.families()


class _Samples:
    """The families of one scrape, while containers are added to them."""

    def __init__(self) -> None:
        self._families: dict[str, Metric] = {}
        for kind, metrics in ((CounterMetricFamily, COUNTERS), (GaugeMetricFamily, GAUGES)):
            for metric, text in metrics.items():
                further = FURTHER_LABEL.get(metric)
                labels = (*names.CONTAINER_LABELS, further) if further else names.CONTAINER_LABELS
                self._families[metric] = kind(metric, text, labels=labels)

    def families(self) -> Iterator[Metric]:
        return (family for family in self._families.values() if family.samples)

    def describe(self, one: Container) -> None:
        """What the engine says of it."""
        self._add(names.CONTAINER_RESTARTS, one, one.restarts)
        self._add(names.CONTAINER_START_TIME, one, one.started)
        self._add(names.CONTAINER_CPU_QUOTA, one, one.quota)
        self._add(names.CONTAINER_CPU_PERIOD, one, one.period if one.quota else None)
        self._add(names.CONTAINER_MEMORY_LIMIT, one, one.memory_limit)
        if one.health is not None:
            for status in HEALTH:
                self._add(names.CONTAINER_HEALTH, one, status == one.health, status)

    def use(self, one: Container, usage: Usage) -> None:
        """What it has used; of periods and throttling only where there is a limit, as with cAdvisor."""
        self._add(names.CONTAINER_CPU_USAGE, one, usage.cpu)
        if one.quota:
            self._add(names.CONTAINER_CPU_PERIODS, one, usage.periods)
            self._add(names.CONTAINER_CPU_THROTTLED_PERIODS, one, usage.throttled_periods)
            self._add(names.CONTAINER_CPU_THROTTLED_SECONDS, one, usage.throttled)
        self._add(names.CONTAINER_MEMORY_USAGE, one, usage.memory)
        self._add(names.CONTAINER_MEMORY_WORKING_SET, one, usage.working_set)
        for interface, traffic in usage.traffic.items():
            self._add(names.CONTAINER_RECEIVE_BYTES, one, traffic.received, interface)
            self._add(names.CONTAINER_RECEIVE_DROPPED, one, traffic.received_dropped, interface)
            self._add(names.CONTAINER_TRANSMIT_BYTES, one, traffic.sent, interface)
            self._add(names.CONTAINER_TRANSMIT_DROPPED, one, traffic.sent_dropped, interface)

    def _add(self, metric: str, one: Container, value: float | None, *further: str) -> None:
        if value is not None:
            family = self._families[metric]
            family.add_metric((one.name, one.image, one.service, *further), value)  # type: ignore[attr-defined]
