"""A run stops when its answer is known, or when it can only waste time; and not before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules.answer import Answer
from rules.earlier import until
from rules.finding import Verdict
from rules.judge import judge
from rules.parts import Stop
from rules.stopping import Asked, decide, multiple
from rules.timeline import Timeline
from tests.timelines import START, STEP, ramp, with_failures, with_host

USUAL = Asked()


def stop(run: Timeline, asked: Asked = USUAL) -> Stop | None:
    return decide(run, judge(run), asked)


def first(run: Timeline, asked: Asked = USUAL) -> tuple[float, Stop]:
    """Seconds into ``run`` at which it is stopped, judged after every bin, and why."""
    for bins in range(2, run.vus.size + 1):
        found = stop(until(run, run.start + bins * STEP), asked)
        if found is not None:
            return bins * STEP, found
    raise AssertionError("never stopped")


def steady(seconds: float = 600.0, noise: float = 0.01) -> Timeline:
    """One VU a second; 102 of them are the knee."""
    return ramp(capacity=100.0, think=1.0, service=0.02, vus=seconds, seconds=seconds, noise=noise)


def test_a_plateau_that_is_known_ends_the_run_with_its_evidence() -> None:
    at, found = first(steady())
    assert 170 <= at <= 210
    assert found.reason == "known"
    assert found.time.timestamp() == START + at
    assert found.plateau_seconds is not None
    assert found.half_width is not None
    assert found.knee_multiple is not None
    assert found.plateau_seconds >= 60
    assert found.half_width <= 0.02
    assert found.knee_multiple == pytest.approx(at / 102, rel=0.05)
    assert found.because.startswith(f"{found.plateau_seconds:.0f} s of plateau, known to ±")
    assert "at this size" in found.because
    assert found.because.endswith(f"at {found.knee_multiple:.1f} times the knee's VUs")


@pytest.mark.parametrize("seed", range(8))
def test_a_ramp_that_never_bends_is_never_stopped(seed: int) -> None:
    run = ramp(capacity=1000.0, vus=300.0, seconds=600.0, noise=0.05, seed=seed)
    assert all(stop(until(run, run.start + bins * STEP)) is None for bins in range(2, 121))


def test_more_is_waited_for_where_more_is_asked() -> None:
    run = steady(900.0)
    usual, _ = first(run)
    longer, found = first(run, Asked(plateau_seconds=120.0))
    assert longer >= usual + 50
    assert found.plateau_seconds is not None
    assert found.plateau_seconds >= 120
    farther, found = first(run, Asked(knee_multiple=3.0))
    assert farther == pytest.approx(3 * 102, rel=0.05)
    surer, found = first(run, Asked(half_width=0.004))
    assert surer > usual
    assert found.half_width is not None
    assert found.half_width <= 0.004


def test_a_scaler_is_given_the_time_it_takes_to_react() -> None:
    run = steady(900.0)
    _, found = first(run, Asked(scaler_reaction=180.0))
    assert found.plateau_seconds is not None
    assert 180 <= found.plateau_seconds < 200
    assert "for 3m" in found.because
    assert "at this size" not in found.because


def test_a_noisy_plateau_is_not_known() -> None:
    assert stop(until(steady(noise=0.3), START + 300)) is None


@pytest.mark.parametrize(("moved", "stops"), [(1.0, True), (1.007, True), (1.015, False), (0.985, False)])
def test_an_answer_that_was_another_half_a_minute_ago_is_not_known_yet(moved: float, stops: bool) -> None:
    run = until(steady(noise=0.002), START + 300)
    answer = judge(run)
    top = answer.max_throughput
    assert top.value is not None
    level = top.model_copy(update={"value": top.value * moved, "low": top.value * 0.99, "high": top.value * 1.01})
    assert (decide(run, answer.model_copy(update={"max_throughput": level})) is not None) is stops


def test_a_peak_is_known_once_it_is_passed_and_not_where_goodput_comes_back_to_it() -> None:
    """From 150 VUs on, goodput falls by a share of 100/s with every VU more."""
    run = steady(noise=0.002)
    falls = run.goodput * np.clip(1 - (run.vus - 150) * 0.002, 0.3, 1.0)
    fallen = until(replace(run, goodput=falls, throughput=falls), START + 260)
    answer = judge(fallen)
    found = decide(fallen, answer)
    assert found is not None
    assert answer.max_throughput.value == pytest.approx(100, rel=0.02)
    back = falls.copy()
    back[50:52] = 100.0
    assert decide(until(replace(run, goodput=back, throughput=back), START + 260), answer) is None


def test_a_generator_that_nothing_clears_and_something_speaks_against_stops_nothing() -> None:
    run = until(steady(), START + 300)
    answer = judge(run)
    assert decide(run, answer) is not None
    unknown = answer.generator.model_copy(update={"verdict": "unknown"})
    assert decide(run, answer.model_copy(update={"generator": unknown})) is not None
    doubted = unknown.model_copy(update={"dropped_iterations": 3})
    assert decide(run, answer.model_copy(update={"generator": doubted})) is None


def open_load(due: float) -> Timeline:
    """100 requests/s are served of ``due`` times as many, for which k6 has 400 VUs."""
    run = steady()
    rate = np.minimum(run.vus / 1.02, 100.0 * due)
    dropped = rate - run.throughput
    return replace(run, vus=np.full(run.vus.size, 400.0), dropped_iterations=np.maximum(dropped, 0.0))


def test_in_an_open_model_the_load_is_what_was_due() -> None:
    run = until(open_load(1.8), START + 300)
    assert multiple(run, knee_at(102, 100.0)) == pytest.approx(3.0, rel=0.1)  # of the VUs in iterations
    bare = replace(run, iteration_durations=None)
    assert multiple(bare, knee_at(102, 100.0)) == pytest.approx(1.8, rel=0.03)
    assert multiple(run, judge(steady(90.0))) is None


def test_a_generator_that_makes_more_vus_for_what_it_drops_is_not_known_to_have_too_few() -> None:
    """Nothing queues yet; then it has no more to make, and drops for half a minute all the same."""
    run = ramp(capacity=1000.0, vus=300.0, seconds=300.0)
    drops = np.where(run.times - START > 100, 10.0, 0.0)
    growing = replace(run, dropped_iterations=drops)
    assert judge(growing).verdict is Verdict.GENERATOR_LIMITED
    assert stop(growing) is None
    at, found = first(replace(growing, vus=np.minimum(run.vus, 200.0)))
    assert found.reason == "generator_limited"
    assert 225 <= at <= 240
    enough = replace(
        growing, vus=np.minimum(run.vus, 200.0), dropped_iterations=np.where(run.times - START < 200, drops, 0.0)
    )
    assert judge(enough).verdict is Verdict.GENERATOR_LIMITED
    assert stop(enough) is None


def test_a_core_that_is_nearly_full_lets_the_run_go_on_where_nothing_else_tells() -> None:
    run = replace(steady(), durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    idle = with_host(run, "generator", 0.13)
    assert first(idle)[1].reason == "known"
    busy = replace(idle, hosts=(replace(idle.hosts[0], busiest_core=np.full(run.vus.size, 0.94)),))
    assert (judge(busy).verdict, judge(busy).generator.verdict) == (Verdict.SATURATED, "unknown")
    assert stop(busy) is None


def knee_at(vus: int, rate: float) -> Answer:
    known = judge(steady())
    top = known.max_throughput.model_copy(update={"value": rate})
    assert known.knee is not None
    return known.model_copy(update={"max_throughput": top, "knee": known.knee.model_copy(update={"vus": vus})})


def failing(seconds: float, good_after: float = np.inf) -> Timeline:
    """Every request is answered 503 until ``good_after``; 1 VU a second, 0.98 requests/s each."""
    run = steady(seconds)
    good = np.where(run.times - START > good_after, run.throughput, 0.0)
    failed = run.throughput - good
    count = float(failed.sum() * STEP)
    totals = {"200": float(good.sum() * STEP), "503": count}
    return replace(run, goodput=good, failures_by_status={"503": failed}, totals=totals, failed_totals={"503": count})


def test_a_target_that_answers_nothing_but_errors_ends_the_run_after_half_a_minute() -> None:
    at, found = first(failing(300.0))
    assert 30 <= at <= 40
    assert found.reason == "failing"
    assert "503" in found.because
    assert found.because.startswith(f"for {at:.0f} s: ")


def test_a_server_that_is_slow_to_warm_up_is_given_the_time() -> None:
    run = failing(300.0, good_after=20.0)
    stops = [stop(until(run, run.start + bins * STEP)) for bins in range(2, 30)]
    assert stops == [None] * len(stops)


def test_a_few_replies_prove_no_failure_until_there_are_enough_of_them() -> None:
    run = failing(300.0)
    at, found = first(replace(run, throughput=run.throughput / 100))
    assert found.reason == "failing"
    assert (run.throughput[: int(at / STEP)] / 100).sum() * STEP == pytest.approx(100, rel=0.05)
    assert at > 100


def test_a_server_that_dies_is_given_a_minute_to_come_back() -> None:
    run = steady(90.0)
    more = steady(300.0)
    dead = more.times - START > 90.0
    dying = replace(more, goodput=np.where(dead, 0.0, more.goodput), throughput=np.where(dead, 90.0, more.throughput))
    assert stop(run) is None
    assert stop(until(dying, START + 145.0)) is None
    found = stop(until(dying, START + 155.0))
    assert found is not None
    assert found.reason == "failing"
    assert found.because == "for 65 s: none of the last 5,850 replies was good"
    gap = replace(dying, goodput=np.where(dying.times - START > 140.0, np.nan, dying.goodput))
    assert stop(until(gap, START + 155.0)) is None


def test_a_hard_rate_limit_is_no_failing_server() -> None:
    run = with_failures(steady(), 0.94, status="429")
    reasons = {found.reason for bins in range(2, 121) if (found := stop(until(run, run.start + bins * STEP)))}
    assert "failing" not in reasons
