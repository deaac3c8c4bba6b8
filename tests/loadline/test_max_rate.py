"""``--max-rate`` below what the server can do, kept by a real k6: the load stays there for half a minute, then ends."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
import requests

from loadline.bench import Bench
from loadline.conclude import Conclusion
from loadline.live import Listener
from loadline.options import parse
from loadline.run import run
from loadline.steering.auto import AutoCourse
from loadline.steering.choose import intent
from loadline.steering.course import Leg, stages
from loadline.steering.fixed import never
from rules.answer import Plan
from rules.finding import Verdict
from rules.prometheus import Prometheus
from tests.real import start_sample_api

RATE, THINK, VUS = 30.0, 0.5, 18
"""A server that needs 20 ms makes 35 requests/s of so many VUs, were it not for k6's own limit."""
CLIMB = 15.0
"""Seconds; all in all the samples must be enough for an answer."""


@dataclass(frozen=True)
class FromTheRamp(AutoCourse):
    """Without a probe, and soon at the rate: what a ramp does there is what is looked at."""

    def begin(self) -> Leg:
        asked = super().begin()
        env = {**asked.env, "STAGES": json.dumps(stages(((CLIMB, VUS), (120.0, VUS))))}
        return replace(asked, name="ramp", env=env, seconds=CLIMB + 120.0, vus=VUS)


@pytest.fixture(scope="module")
def ran(prometheus: Prometheus) -> tuple[Conclusion, int]:
    """The run, and how many requests the server has answered."""
    with Bench() as bench:
        url = start_sample_api(bench, "--workers", "4", "--service-ms", "20")
        given = {"url": f"{url}/boards", "max_rate": RATE, "think_time": f"{THINK}s", "max_vus": 100}
        options = parse(**given, prometheus_url=prometheus.url, testid="max-rate")
        assert intent(options, Plan()) == "as many VUs as it takes, 100 at most and never more than 30 requests/s"
        course = FromTheRamp(THINK, 100, RATE, never)
        told = run(options, bench, Listener(lambda _said: None, lambda _shown: None), course=course)
        return told, requests.get(f"{url}/stats", timeout=5.0).json()["served"]


def test_it_ends_after_half_a_minute_at_that_rate(ran: tuple[Conclusion, int]) -> None:
    (part,) = ran[0].answer.parts
    assert part.stop is not None
    assert part.stop.reason == "max_rate", part.stop.because
    assert CLIMB + 25.0 <= _seconds(part.start, part.stop.time) < CLIMB + 60.0
    assert re.fullmatch(r"the load was [0-9.]+ requests/s for 30 s, and 30 are allowed at most", part.stop.because)


def test_the_answer_is_at_least_that_rate_and_says_what_ended_the_run(ran: tuple[Conclusion, int]) -> None:
    answer = ran[0].answer
    assert answer.verdict is Verdict.NOT_SATURATED, answer.because
    assert answer.max_throughput.value is None
    assert answer.max_throughput.low == pytest.approx(RATE, rel=0.02)
    assert "; --max-rate ended it: the load was " in answer.because
    advice = next(one.advice for one in answer.findings if one.rule == "throughput")
    assert advice == "Run again with a higher --max-rate, or without one."


def test_the_server_has_not_seen_more(ran: tuple[Conclusion, int]) -> None:
    (part,) = ran[0].answer.parts
    assert ran[1] <= RATE * _seconds(part.start, part.end) + VUS


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
