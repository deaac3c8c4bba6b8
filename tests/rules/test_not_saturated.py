"""Why there is no more than "at least", or nothing, and what would help: said as it was, for each form of load."""

from dataclasses import replace

import numpy as np
import pytest

from rules import plateau, throughput
from rules.answer import Answer, Objective
from rules.finding import Finding, Verdict
from rules.judge import judge
from rules.series import Floats
from rules.statistics.batch_means import Mean
from rules.throughput import HIGHER_RATE, HOLD_IT, RISE
from rules.timeline import Timeline
from tests.rules.test_regimes import served
from tests.timelines import STEP, ramp


def told(answer: Answer, rule: str) -> Finding:
    return next(one for one in answer.findings if one.rule == rule)


def under(vus: Floats, capacity: float = 100.0) -> Timeline:
    """A server of ``capacity`` under ``vus``; requests take 20 ms alone, and VUs think for 1 s."""
    return served(ramp(seconds=vus.size * STEP), np.minimum(vus / 1.02, capacity), vus)


def by_rate(rising: Floats) -> Timeline:
    """Arrivals at a ``rising`` rate, of which k6 dropped one at some time: that tells an open load."""
    run = under(rising * 1.02, capacity=np.inf)
    return replace(run, dropped_iterations=np.where(np.arange(rising.size) == 3, 1 / STEP, 0.0))


@pytest.mark.parametrize("vus", [1.0, 50.0, 300.0])
def test_a_constant_load_is_said_to_have_been_constant(vus: float) -> None:
    answer = judge(under(np.full(24, vus)))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.because == "the load never rose, so it is not known whether more of it would have made more"
    assert told(answer, "throughput").advice == RISE


def test_a_plateau_that_is_too_short_is_to_be_held_for_longer() -> None:
    answer = judge(under(np.concatenate([np.linspace(5, 95, 24), np.linspace(200, 400, 5)])))
    assert answer.because.startswith("goodput stood still for only ")
    assert told(answer, "throughput").advice == HOLD_IT


def test_arrivals_that_met_no_limit_are_to_come_faster() -> None:
    answer = judge(by_rate(np.linspace(5, 90, 24)))
    assert answer.because == "goodput rose with the rate of arrivals, as far as it rose"
    assert told(answer, "throughput").advice == HIGHER_RATE


def test_vus_that_are_held_below_the_limit_are_not_said_to_have_risen_to_the_end() -> None:
    answer = judge(under(np.concatenate([np.linspace(5, 80, 12), np.full(36, 80.0)])))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.because == "goodput rose with the VUs, as far as they rose"


def test_light_load_has_no_queue_though_the_queue_was_too_short_to_prove_anything() -> None:
    vus = np.concatenate([np.linspace(5, 95, 12), np.linspace(200, 400, 5)])
    answer = judge(under(vus))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.latency.at_end.p50 is not None
    assert answer.latency.at_end.p50 > 1.5
    assert answer.latency.light_load.p99 is not None
    assert answer.latency.light_load.p99 < 0.03
    assert answer.latency.at_knee.p50 is None


def test_a_run_without_an_http_request_says_so_and_blames_no_tag_and_no_histogram() -> None:
    nothing = np.zeros(24)
    run = replace(
        ramp(seconds=120), totals={}, throughput=nothing, goodput=nothing, durations=None, expected_durations=None
    )
    answer = judge(run)
    assert answer.because == "there is not one HTTP request in it"
    assert "no WebSocket message, gRPC call" in (told(answer, "evidence").advice or "")
    assert told(answer, "latency").because == "no HTTP request, so there is no latency to speak of"
    assert told(answer, "endpoints").because == "no HTTP request, so no endpoint"
    assert told(answer, "latency").advice is None


def test_where_good_and_failed_cannot_be_told_apart_no_reply_is_called_unexpected() -> None:
    run = ramp(seconds=120)
    answer = judge(replace(run, goodput=run.goodput * np.nan, expected_durations=None, notes=("tags are missing",)))
    assert told(answer, "throughput").because == "good and failed replies cannot be told apart, so there is no goodput"
    said = told(answer, "latency").because
    assert said == "good and failed replies cannot be told apart, so neither can their latencies"


def test_a_stretch_without_one_good_reply_is_no_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a limiter bans for half a minute whoever asks too often."""
    run = ramp(capacity=100.0)
    found = plateau.find(run)
    assert found is not None
    monkeypatch.setattr(plateau, "find", lambda _: replace(found, estimate=Mean(0.0, 0.0, 0.0)))
    said = throughput.judge(run, Objective())
    assert said.concludes is Verdict.NOT_SATURATED
    assert said.because.startswith("on what looks like a plateau no reply was good")
