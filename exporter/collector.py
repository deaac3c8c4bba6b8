"""The contract of a collector, and the one guard around all of them (after node_exporter's ``execute``)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from prometheus_client.core import GaugeMetricFamily, Metric

from exporter import names
from exporter.errors import NothingHere

logger = logging.getLogger("exporter")


class Collector(Protocol):
    """One subject to report on. Scrapes may overlap: what ``collect`` keeps between calls needs a lock."""

    @property
    def name(self) -> str:
        """Lower case, unique: the value of the label ``collector`` and a part of the command's flag."""

    def collect(self) -> Iterable[Metric]:
        """Fresh metric families; raises NothingHere(reason) where this host has no such subject."""


class Guard:
    """A prometheus_client collector that runs all others, so that one failure does not spoil the scrape.

    A collector that fails, or yields what cannot be written out, contributes nothing to that scrape: a gap is
    better than half the truth. Three outcomes, told by two gauges:

    ================  ===========  =============
    outcome           ``success``  ``available``
    ================  ===========  =============
    metrics           1            1
    NothingHere       1            0
    any other error   0            1
    ================  ===========  =============

    A failure is logged when it begins and when it ends, not at every scrape in between.
    """

    def __init__(self, collectors: Sequence[Collector], clock: Callable[[], float] = time.perf_counter) -> None:
        self._collectors = tuple(collectors)
        self._clock = clock
        self._failing: set[str] = set()
        self._lock = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """Every family of every collector, then the guard's own: outcome and duration of each collector."""
        label = (names.COLLECTOR,)
        success = GaugeMetricFamily(
            names.COLLECTOR_SUCCESS, "0 if the collector failed; having nothing to report is no failure.", labels=label
        )
        available = GaugeMetricFamily(
            names.COLLECTOR_AVAILABLE, "0 if this host has nothing for the collector to report.", labels=label
        )
        duration = GaugeMetricFamily(
            names.COLLECTOR_DURATION, "Time that the collector took in this scrape.", labels=label
        )
        for collector in self._collectors:
            begin = self._clock()
            families, succeeded, has_subject = self._run(collector)
            duration.add_metric([collector.name], self._clock() - begin)
            success.add_metric([collector.name], succeeded)
            available.add_metric([collector.name], has_subject)
            yield from families
        yield from (success, available, duration)

    def _run(self, collector: Collector) -> tuple[list[Metric], bool, bool]:
        """The families, whether it succeeded, whether the host has its subject."""
        try:
            families = list(collector.collect())
            _check(families)
        except NothingHere as reason:
            self._recovered(collector.name)
            logger.debug("collector %s has nothing to report: %s", collector.name, reason)
            return [], True, False
        except Exception as error:
            self._failed(collector.name, error)
            return [], False, True
        self._recovered(collector.name)
        return families, True, True

    def _failed(self, name: str, error: Exception) -> None:
        with self._lock:
            began = name not in self._failing
            self._failing.add(name)
        if began:
            logger.error("collector %s failed: %s: %s", name, type(error).__name__, error)

    def _recovered(self, name: str) -> None:
        with self._lock:
            ended = name in self._failing
            self._failing.discard(name)
        if ended:
            logger.info("collector %s works again", name)


def _check(families: Iterable[Metric]) -> None:
    """Raise where a sample would break the exposition, which happens after the guard has let go of it."""
    for family in families:
        for sample in family.samples:
            float(sample.value)
            strange = {key: value for key, value in sample.labels.items() if not isinstance(value, str)}
            if strange:
                raise TypeError(f"{sample.name} has labels that are not strings: {strange}")
