from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric

from exporter.errors import NothingHere
from exporter.guard import Guard

Collect = Callable[[], Iterator[Metric]]


class Made:
    """A collector made of a name and a function."""

    def __init__(self, name: str, collect: Collect) -> None:
        self.name = name
        self.collect = collect


def good() -> Iterator[Metric]:
    yield GaugeMetricFamily("good_celsius", "A good one.", value=21.5)


def broken() -> Iterator[Metric]:
    yield GaugeMetricFamily("half_celsius", "Made before the failure.", value=1)
    raise OSError("no such sensor")


def absent() -> Iterator[Metric]:
    raise NothingHere("not on this host")
    yield


def without_value() -> Iterator[Metric]:
    family = GaugeMetricFamily("empty_celsius", "No value.", labels=["room"])
    family.add_metric(["attic"], None)  # type: ignore[arg-type]
    yield family


def with_number_as_label() -> Iterator[Metric]:
    family = GaugeMetricFamily("numbered_celsius", "A label that is no string.", labels=["room"])
    family.add_metric([7], 1.0)  # type: ignore[list-item]
    yield family


def scraped(guard: Guard) -> dict[tuple[str, str], float]:
    """Value by metric and collector."""
    return {
        (sample.name.removeprefix("loadline_exporter_collector_"), sample.labels.get("collector", "")): sample.value
        for family in guard.collect()
        for sample in family.samples
    }


def ticking() -> Callable[[], float]:
    """A clock that gains a quarter of a second each time it is read."""
    return itertools.count(0.0, 0.25).__next__


def test_one_failure_does_not_spoil_the_scrape_and_leaves_nothing_half_done() -> None:
    guard = Guard([Made("broken", broken), Made("good", good)], clock=ticking())
    assert scraped(guard) == {
        ("good_celsius", ""): 21.5,
        ("success", "broken"): 0,
        ("success", "good"): 1,
        ("available", "broken"): 1,
        ("available", "good"): 1,
        ("duration_seconds", "broken"): 0.25,
        ("duration_seconds", "good"): 0.25,
    }


def test_nothing_here_is_neither_a_failure_nor_a_subject(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    values = scraped(Guard([Made("ec2", absent)]))
    assert (values["success", "ec2"], values["available", "ec2"]) == (1, 0)
    assert caplog.messages == ["collector ec2 is left out: not on this host"]


@pytest.mark.parametrize("collect", [without_value, with_number_as_label])
def test_a_sample_that_cannot_be_written_out_fails_its_own_collector(collect: Collect) -> None:
    values = scraped(Guard([Made("odd", collect), Made("good", good)]))
    assert (values["success", "odd"], values["success", "good"]) == (0, 1)
    assert values["good_celsius", ""] == 21.5


def test_a_failure_is_logged_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    outcomes = iter([broken, broken, good, good, broken])
    guard = Guard([Made("sensor", lambda: next(outcomes)())])
    for _ in range(5):
        list(guard.collect())
    began, ended = "collector sensor failed: OSError: no such sensor", "collector sensor works again"
    assert caplog.messages == [began, ended, began]
