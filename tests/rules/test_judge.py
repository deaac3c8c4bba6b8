"""Every verdict can be reached, and says no more than it may."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from rules import judge as judging
from rules.answer import Answer, Objective
from rules.catalogue import RULES
from rules.finding import Finding, Outcome, Verdict
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Timeline
from tests.timelines import STEP, durations, ramp, with_failures, with_host


def finding(answer: Answer, rule: str) -> Finding:
    return next(one for one in answer.findings if one.rule == rule)


def test_a_ramp_past_the_knee_is_saturated_at_the_capacity() -> None:
    answer = judge(ramp(capacity=100, think=1.0, service=0.02, vus=300))
    top = answer.max_throughput
    assert answer.verdict is Verdict.SATURATED
    assert top.value == pytest.approx(100, rel=0.01)
    assert top.low is not None
    assert top.high is not None
    assert top.low <= 100 <= top.high
    assert answer.knee is not None
    assert answer.knee.vus == pytest.approx(102, rel=0.05)
    assert answer.after_peak.state == "flat"


def test_a_ramp_that_ends_before_the_knee_has_only_a_lower_bound() -> None:
    answer = judge(ramp(capacity=100, vus=90))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.max_throughput.value is None
    assert answer.max_throughput.high is None
    assert answer.max_throughput.low == pytest.approx(80, rel=0.1)
    assert answer.knee is None


def test_a_constant_load_tells_no_limit() -> None:
    flat = ramp(capacity=100, vus=90)
    still = replace(flat, vus=np.full(60, 50.0), throughput=np.full(60, 49.0), goodput=np.full(60, 49.0))
    counts = np.full(60, 49.0 * STEP)
    still = replace(still, iteration_durations=durations(counts, np.full(60, 50 / 49.0)))
    assert judge(still).verdict is Verdict.NOT_SATURATED


def test_a_generator_at_its_cpu_limit_leaves_a_lower_bound() -> None:
    answer = judge(with_host(ramp(capacity=100), "generator", 0.97))
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert answer.max_throughput.value is None
    assert answer.max_throughput.low == pytest.approx(100, rel=0.02)
    assert answer.generator.verdict == "limited"
    assert answer.generator.cpu_ratio == pytest.approx(0.97)
    assert [event.rule for event in answer.events] == ["run", "generator", "slo", "verdict"]


def test_a_cycle_that_grows_outside_requests_is_the_generators_doing_without_any_host_metric() -> None:
    run = ramp(capacity=100)
    assert run.iteration_durations is not None
    inside = np.full(run.vus.size, 0.02)  # the server answers as fast as ever
    limited = replace(
        run, durations=durations(run.goodput * STEP, inside), expected_durations=durations(run.goodput * STEP, inside)
    )
    answer = judge(limited)
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert "outside requests" in answer.because


def test_a_busy_shared_machine_is_no_limit_of_the_generator_where_nothing_was_limited() -> None:
    assert judge(with_host(ramp(capacity=100, vus=90), "both", 0.97)).verdict is Verdict.NOT_SATURATED


def test_one_busy_core_of_many_is_enough_where_the_pulse_does_not_clear_it() -> None:
    run = replace(ramp(capacity=100), durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    one_core = replace(with_host(run, "generator", 0.3).hosts[0], busiest_core=np.full(run.vus.size, 0.99))
    answer = judge(replace(run, hosts=(one_core,)))
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert "one core of its host was at 99 %" in answer.because
    steady = replace(ramp(capacity=100), hosts=(one_core,))
    assert judge(steady).verdict is Verdict.SATURATED


def test_a_core_that_is_nearly_full_is_no_limit_and_clears_nothing() -> None:
    run = replace(ramp(capacity=100), durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    one_core = replace(with_host(run, "generator", 0.13).hosts[0], busiest_core=np.full(run.vus.size, 0.93))
    answer = judge(replace(run, hosts=(one_core,)))
    assert (answer.verdict, answer.generator.verdict) == (Verdict.SATURATED, "unknown")
    said = finding(answer, "generator").because
    assert said.startswith("nothing clears the load generator; one core of its host was at 93 %")


def test_drops_beside_a_queue_are_the_systems_though_the_last_of_them_is_not_judged_yet() -> None:
    run = ramp(capacity=100)
    drops = np.where(np.arange(run.vus.size) == run.vus.size - 1, 300.0, np.where(run.vus > 150, 3.0, 0.0))
    assert judge(replace(run, dropped_iterations=drops)).generator.verdict == "ok"


def test_a_generator_of_which_nothing_is_known_is_said_to_be_unknown() -> None:
    run = replace(ramp(capacity=100), durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    answer = judge(run)
    assert answer.generator.verdict == "unknown"
    assert finding(answer, "generator").verdict is Outcome.UNKNOWN


def test_iterations_that_were_dropped_are_a_limit_of_the_generator() -> None:
    run = replace(ramp(capacity=100), durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    answer = judge(replace(run, dropped_iterations=run.throughput * 0.2))
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert answer.generator.dropped_iterations == pytest.approx(0.2 * run.goodput.sum() * STEP, abs=1)


def test_a_busy_shared_machine_is_not_blamed_on_the_generator_while_its_pulse_is_steady() -> None:
    assert judge(with_host(ramp(capacity=100), "both", 0.97)).verdict is Verdict.SATURATED


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (lambda run: _first(run, 6), "too short"),
        (lambda run: replace(run, totals={}), "not one HTTP request"),
        (lambda run: _gap(run, 10, 50), "gaps"),
        (lambda run: replace(run, vus=run.vus * 5), "Little's law"),
        (lambda run: replace(run, goodput=run.goodput * np.nan, notes=("tags are missing",)), "tags are missing"),
    ],
)
def test_data_that_allow_no_judgement_are_inconclusive_and_say_why(
    broken: Callable[[Timeline], Timeline], reason: str
) -> None:
    answer = judge(broken(ramp()))
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert reason in answer.because
    assert answer.max_throughput.low is None


def test_a_rule_that_raises_is_a_finding_and_never_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_timeline: Timeline, _objective: Objective) -> Finding:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(judging, "RULES", tuple((name, broken if name == "latency" else rule) for name, rule in RULES))
    answer = judge(ramp())
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert finding(answer, "latency").verdict is Outcome.FAILED
    assert "ZeroDivisionError: a bug" in answer.because


def test_pure_failures_beside_the_same_goodput_do_not_raise_the_answer() -> None:
    clean, failing = judge(ramp(capacity=100)), judge(with_failures(ramp(capacity=100), 0.3))
    assert failing.max_throughput.value is not None
    assert clean.max_throughput.value is not None
    assert failing.max_throughput.value <= clean.max_throughput.value * 1.001


def test_trend_gauges_alone_give_the_same_throughput_and_no_latency() -> None:
    full = ramp(capacity=100)
    gauges = replace(full, durations=None, expected_durations=None, blocked=None, iteration_durations=None)
    answer = judge(gauges)
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(100, rel=0.01)
    assert answer.latency.at_end.p95 is None
    assert answer.slo_capacity is None
    assert "native histograms" in finding(answer, "latency").because


def test_an_objective_lost_on_the_plateau_has_the_plateaus_rate() -> None:
    answer = judge(ramp(capacity=100, vus=600, seconds=600), Objective(latency_seconds=2.0))
    assert answer.slo_capacity is not None
    assert answer.slo_capacity.value == answer.max_throughput.value


def test_an_objective_lost_before_the_knee_has_the_rate_of_that_moment() -> None:
    run = ramp(capacity=100, vus=300, seconds=600)
    assert run.expected_durations is not None
    slowing = np.where(run.vus < 50, 0.1, 0.4)  # the limit of 0.2 s is crossed at 50 VUs, 49 requests/s
    answer = judge(
        replace(run, expected_durations=durations(run.goodput * STEP, slowing)), Objective(latency_seconds=0.2)
    )
    assert answer.slo_capacity is not None
    assert answer.slo_capacity.low is not None
    assert answer.slo_capacity.high is not None
    assert answer.slo_capacity.low <= 49 <= answer.slo_capacity.high


def test_an_objective_that_is_never_met_has_no_capacity() -> None:
    answer = judge(ramp(), Objective(latency_seconds=0.001))
    assert answer.slo_capacity is not None
    assert answer.slo_capacity.value is None
    assert answer.slo_capacity.low is None


def test_an_answer_survives_its_own_json() -> None:
    answer = judge(with_failures(with_host(ramp(), "generator", 0.3), 0.01))
    assert Answer.from_json(answer.to_json()) == answer.model_copy(
        update={"findings": [one.model_copy(update={"answers": {}}) for one in answer.findings]}
    )
    assert '"schema": "loadline.answer/1"' in answer.to_json()


def _first(run: Timeline, bins: int) -> Timeline:
    def cut(values: Floats) -> Floats:
        return values[:bins]

    return replace(
        run,
        vus=cut(run.vus),
        throughput=cut(run.throughput),
        goodput=cut(run.goodput),
        durations=None,
        expected_durations=None,
        blocked=None,
        iteration_durations=None,
        iterations=None,
        dropped_iterations=None,
    )


def _gap(run: Timeline, first: int, last: int) -> Timeline:
    holes = np.where((np.arange(run.vus.size) >= first) & (np.arange(run.vus.size) < last), np.nan, 0.0)
    return replace(run, vus=run.vus + holes, throughput=run.throughput + holes, goodput=run.goodput + holes)


def test_where_no_rule_comes_to_a_conclusion_the_answer_says_what_was_lacking() -> None:
    whole = ramp(capacity=100, vus=90, seconds=200)
    holes = np.arange(40) % 6 >= 4
    broken = replace(
        whole,
        throughput=np.where(holes, np.nan, whole.throughput),
        goodput=np.where(holes, np.nan, whole.goodput),
    )
    answer = judge(broken)
    assert (answer.verdict, answer.because) == (Verdict.INCONCLUSIVE, "no 30 s without a gap to judge")
