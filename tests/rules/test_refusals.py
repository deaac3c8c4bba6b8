"""What a server says as it turns requests away, and how it stands beside what its machine shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from rules.timeline import Timeline
from tests.machines import RUN, asked, load, named, server
from tests.simulator import Scenario, simulate
from tests.simulator.scenario import Load, Output, RateLimit, Server, Service
from tests.timelines import STEP, durations, with_failures


def refused(share: float, status: str, seconds: float) -> Timeline:
    """RUN with failures of that many ``seconds`` beside it."""
    run = with_failures(RUN, share, status)
    assert run.expected_durations is not None
    good, bad = run.expected_durations, durations(run.failures_by_status[status] * STEP, np.full(run.vus.size, seconds))
    every = replace(
        good, counts=good.counts + bad.counts, sums=good.sums + bad.sums, buckets=good.buckets + bad.buckets
    )
    return replace(run, durations=every, iteration_durations=None)  # of which the formula knows no mixture


@pytest.mark.parametrize(
    ("status", "seconds", "resource"),
    [
        ("429", 0.001, "rate limit"),
        ("503", 0.001, "queue"),
        ("503", 30.0, None),
        ("0", 30.0, "hang"),
        ("0", 0.001, "connections"),
        ("500", 0.001, None),
    ],
)
def test_what_the_server_says_as_it_turns_requests_away_needs_no_host(
    status: str, seconds: float, resource: str | None
) -> None:
    assert named(refused(0.3, status, seconds)) == resource


def test_few_refusals_are_an_accident_beside_the_limit() -> None:
    assert named(refused(0.02, "429", 0.001)) is None


def test_a_rate_limit_stands_above_a_full_cpu_and_a_full_queue_below_it() -> None:
    limited, queued = (server(refused(0.3, status, 0.001), load(RUN)) for status in ("429", "503"))
    finding, told = asked(limited)
    assert told is not None
    assert told.resource == "rate limit"
    assert "30 % of the requests on the plateau were answered 429" in told.because
    assert "though the CPU of 10.0.1.12:9100 was at 97 %" in finding.because
    finding, told = asked(queued)
    assert told is not None
    assert told.resource == "cpu"
    assert "answered 503" in finding.because


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("vus", [40.0, 120.0])
def test_a_rate_limiter_says_itself_that_more_came_than_may_though_no_light_load_was_seen(
    vus: float, *, native: bool
) -> None:
    """Its limit is met within the first push, so what VUs make without a queue is not known."""
    load = Load(((0.0, 1.0), (10.0, vus), (200.0, vus)), think=1.0)
    server = Server(8, Service(0.02, 0.5), rate_limit=RateLimit(30.0, burst=15.0))
    run = simulate(Scenario(load, server, output=Output(native_histograms=native)), 3)
    answer = judge(to_timeline(run.samples, run.testid))
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(30.0, rel=0.01)
