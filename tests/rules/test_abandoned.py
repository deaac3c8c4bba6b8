"""A k6 process that dies leaves requests that the server serves and nobody counts."""

from __future__ import annotations

import numpy as np
import pytest

from rules.abandoned import abandoned, ended_early
from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from tests.simulator import Load, Output, Scenario, Server, Service, simulate

EDGES = np.arange(0.0, 101.0, 10.0)


def test_only_a_process_that_others_outlive_ended_early() -> None:
    assert ended_early([100.0, 52.0, 98.0], end=100.0, silence=5.0) == [52.0]


def test_what_is_cut_reaches_from_the_last_push_until_its_requests_have_left_the_queue() -> None:
    response = np.full(10, 8.0)  # 1.5 times 8 s after 52 + 5
    assert np.flatnonzero(abandoned(EDGES, [52.0], 5.0, response)).tolist() == [5, 6]
    assert np.flatnonzero(abandoned(EDGES, [52.0], 5.0, np.full(10, 10.0))).tolist() == [5, 6, 7]
    assert not abandoned(EDGES, [], 5.0, response).any()


def test_where_no_reply_told_its_time_the_push_alone_is_cut() -> None:
    assert np.flatnonzero(abandoned(EDGES, [52.0], 5.0, np.full(10, np.nan))).tolist() == [5]


@pytest.mark.parametrize(
    "output",
    [
        Output(processes=3, last_dies_at=60.0, push_interval=2.0),
        Output(processes=3, last_dies_at=60.0, push_interval=2.0, native_histograms=False),
        Output(restarts_at=60.0, push_interval=2.0),
    ],
)
def test_a_death_or_a_restart_takes_nothing_off_the_maximum(output: Output) -> None:
    load = Load(points=((0.0, 1.0), (40.0, 900.0), (120.0, 900.0)), think=1.0)
    server = Server(workers=4, service=Service(0.02, cv=0.1))
    run = simulate(Scenario(load, server, output=output), seed=3)
    timeline = to_timeline(run.samples, run.testid)
    answer = judge(timeline)
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(200.0, rel=0.005)
    assert len(timeline.deaths) + len(timeline.resets) > 0
    if timeline.durations is not None:  # cut where the counters are
        assert np.isnan(timeline.durations.counts).tolist() == np.isnan(timeline.throughput).tolist()
    evidence = answer.findings[0].because
    assert ("ended before the others" in evidence) == (output.processes > 1)
