"""The guard against collectors that hang or are slow: real threads, and a clock that the test turns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric

from exporter.guard import Guard
from exporter.workers import MOST_IDLE
from tests.exporter.hanging import PATIENCE, Hanging
from tests.exporter.test_guard import Made, good, scraped
from tests.real import wait_for


class SlowOne(Made):
    """A collector that is asked again once its answer is a minute old."""

    refresh_seconds = 60.0


class Clock:
    """Stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_one_that_hangs_is_left_out_at_the_deadline_and_the_others_are_all_there(hanging: Hanging) -> None:
    after = [Made(f"after{number}", good) for number in range(5)]
    values = scraped(Guard([Made("before", good), hanging, *after], deadline=0.3))
    assert [values["success", one.name] for one in after] == [1] * 5
    assert (values["success", "before"], values["success", "hanging"]) == (1, 0)
    assert values["good_celsius", ""] == 21.5
    assert 0.29 <= values["duration_seconds", "hanging"] < 3  # clocks tick, so one wait may seem shorter than asked
    assert ("hanging_celsius", "") not in values


def test_one_that_still_hangs_is_neither_called_again_nor_waited_for(
    hanging: Hanging, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    guard = Guard([Made("good", good), hanging], clock=clock)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(scraped, guard)
        assert hanging.called.wait(PATIENCE)
        clock.now += 3.0
        assert first.result(PATIENCE)["success", "hanging"] == 0
    scraped(guard)
    threads = threading.active_count()
    for _ in range(20):
        assert scraped(guard)["success", "hanging"] == 0  # with a clock that stands still, a wait would never end
    assert hanging.calls == 1
    assert threading.active_count() <= threads + MOST_IDLE
    assert [message.partition(";")[0] for message in caplog.messages] == [
        "collector hanging failed: no answer for 3.0 s"
    ]
    hanging.let_go.set()
    wait_for(lambda: scraped(guard)["success", "hanging"] == 1, "the one that hung")


def test_several_that_hang_cost_one_deadline_together() -> None:
    many = [Hanging(f"hanging{number}") for number in range(4)]
    try:
        values = scraped(Guard([*many, Made("good", good)], deadline=1.0))
        assert values["success", "good"] == 1
        assert [values["success", one.name] for one in many] == [0] * 4
        assert max(values["duration_seconds", one.name] for one in many) < 3  # one after another they would take 4
    finally:
        for one in many:
            one.let_go.set()


def test_what_no_thread_came_to_before_the_end_is_asked_by_the_next_scrape(hanging: Hanging) -> None:
    guard = Guard([hanging, Made("good", good)], deadline=PATIENCE)
    values = {s.labels.get("collector"): s.value for f in guard.scrape(0.05) for s in f.samples if "success" in s.name}
    assert values == {"hanging": 0, "good": 0}  # half of what the caller waits is less than a take-over takes
    hanging.let_go.set()
    assert scraped(guard)["success", "good"] == 1


def test_a_caller_that_waits_less_is_answered_in_its_time(hanging: Hanging) -> None:
    guard = Guard([hanging, Made("good", good)], deadline=PATIENCE)
    values = {s.labels.get("collector"): s.value for family in guard.scrape(0.4) for s in family.samples}
    assert 0.19 <= values["hanging"] < PATIENCE / 2  # the duration comes last


def test_scrapes_that_overlap_share_the_calls(hanging: Hanging) -> None:
    guard = Guard([hanging, Made("good", good)], deadline=PATIENCE)
    with ThreadPoolExecutor(20) as pool:
        scrapes = [pool.submit(scraped, guard) for _ in range(20)]
        assert hanging.called.wait(PATIENCE)
        hanging.let_go.set()
        assert {one.result(PATIENCE)["success", "hanging"] for one in scrapes} == {1}


def test_a_slow_one_is_asked_when_its_answer_is_old_and_nobody_waits_for_it() -> None:
    clock, asked, go = Clock(), threading.Event(), threading.Event()
    temperatures = iter([20.0, 30.0])

    def collect() -> Iterator[Metric]:
        value = next(temperatures)
        if value == 30.0:
            asked.set()
            assert go.wait(PATIENCE)
        yield GaugeMetricFamily("slow_celsius", "Slow.", value=value)

    guard = Guard([SlowOne("slow", collect)], clock=clock)
    first = scraped(guard)
    clock.now += 59
    second = scraped(guard)
    assert (first["slow_celsius", ""], first["age_seconds", "slow"]) == (20, 0)
    assert (second["slow_celsius", ""], second["age_seconds", "slow"]) == (20, 59)
    clock.now += 1
    third = scraped(guard)
    assert asked.wait(PATIENCE)
    assert (third["slow_celsius", ""], third["age_seconds", "slow"], third["success", "slow"]) == (20, 60, 1)
    go.set()
    wait_for(lambda: scraped(guard)["slow_celsius", ""] == 30, "the second answer")
    assert scraped(guard)["age_seconds", "slow"] == 0


def test_a_slow_one_that_fails_keeps_its_last_good_answer_for_five_intervals() -> None:
    clock = Clock()
    calls = iter([good])
    guard = Guard([SlowOne("slow", lambda: next(calls, broken_for_good)())], clock=clock)
    assert scraped(guard)["success", "slow"] == 1
    clock.now += 300
    wait_for(lambda: scraped(guard)["success", "slow"] == 0, "the failure")
    values = scraped(guard)
    assert (values["good_celsius", ""], values["age_seconds", "slow"]) == (21.5, 300)
    clock.now += 1
    values = scraped(guard)
    assert ("good_celsius", "") not in values
    assert ("age_seconds", "slow") not in values
    assert values["success", "slow"] == 0


def broken_for_good() -> Iterator[Metric]:
    raise OSError("throttled")
    yield


def test_a_slow_one_that_hangs_longer_than_its_interval_is_failing(hanging: Hanging) -> None:
    clock = Clock()
    calls: Iterator[Callable[[], Iterator[Metric]]] = iter([good, hanging.collect])
    guard = Guard([SlowOne("slow", lambda: next(calls)())], clock=clock)
    scraped(guard)
    clock.now += 60
    assert scraped(guard)["success", "slow"] == 1
    assert hanging.called.wait(PATIENCE)
    clock.now += 60
    values = scraped(guard)
    assert (values["success", "slow"], values["good_celsius", ""], values["age_seconds", "slow"]) == (0, 21.5, 120)
    assert values["duration_seconds", "slow"] == 60
    assert hanging.calls == 1
