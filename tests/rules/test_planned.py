"""Fewer VUs than planned: k6's own doing, or a run that merely ended early."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.answer import Plan
from rules.earlier import until
from rules.finding import Outcome, Verdict
from rules.judge import judge
from rules.planned import shortfall
from rules.timeline import Span, Timeline
from tests.rules.test_judge import finding
from tests.timelines import ramp

BEFORE_THE_KNEE = ramp(capacity=100, vus=90)
"""300 s."""


def run(
    most: int, ended: str | None, *, of: Timeline = BEFORE_THE_KNEE, ready: int = 300, seconds: float = 300
) -> Timeline:
    plan = Plan.model_validate({"vus": 300, "max_vus": 300, "seconds": seconds, "ended": ended})
    return replace(of, most_vus=most, vus_ready=ready, plan=plan)


def test_k6_that_died_on_the_way_was_the_limit_of_what_was_seen() -> None:
    answer = judge(run(90, "broken"))
    assert answer.verdict is Verdict.GENERATOR_LIMITED
    assert answer.because == (
        "the load generator was the limit: k6 came to its end by its own fault at 90 of 300 planned VUs"
    )
    assert answer.max_throughput.low == pytest.approx(80, rel=0.1)
    assert (answer.generator.vus, answer.generator.vus_ready, answer.generator.verdict) == (90, 300, "limited")
    assert answer.plan == Plan(vus=300, max_vus=300, seconds=300, ended="broken")


def test_a_limit_that_was_found_before_k6_died_stands_with_a_remark() -> None:
    answer = judge(run(150, "broken", of=ramp(capacity=50, vus=150)))
    assert answer.verdict is Verdict.SATURATED
    said = finding(answer, "generator")
    assert said.verdict is Outcome.WARNING
    assert said.because.endswith("; k6 came to its end by its own fault at 150 of 300 planned VUs")


@pytest.mark.parametrize(
    ("ended", "advice"),
    [
        ("interrupted", "Let it go on to its end."),
        ("finished", "Run it for two minutes or more (--duration 2m)."),
        (None, "Run it for two minutes or more (--duration 2m)."),
    ],
)
def test_who_interrupted_a_run_that_is_too_short_is_not_told_to_plan_a_longer_one(
    ended: str | None, advice: str
) -> None:
    short = until(BEFORE_THE_KNEE, BEFORE_THE_KNEE.start + 30.0)
    said = finding(judge(run(10, ended, of=short)), "evidence")
    assert (said.because, said.advice) == ("it is too short: 30 s of samples", advice)


def test_who_let_a_run_find_its_own_range_is_not_told_of_an_option_that_it_does_not_take() -> None:
    short = replace(until(BEFORE_THE_KNEE, BEFORE_THE_KNEE.start + 30.0), parts=(Span("ramp", 0.0, 30.0),))
    advice = finding(judge(run(10, "finished", of=short)), "evidence").advice
    assert advice == "Say how much load to give, and for how long: --vus N --duration 2m, or more."


@pytest.mark.parametrize(
    ("ended", "seconds", "said"),
    [
        ("interrupted", 600.0, "the run was interrupted at 90 of 300 planned VUs"),
        ("stopped", 600.0, "the run was stopped, by its script or from outside, at 90 of 300 planned VUs"),
        ("finished", 600.0, "the run ended early, as by a threshold that aborts it, at 90 of 300 planned VUs"),
    ],
)
def test_a_run_that_was_cut_short_is_no_fault_of_the_generator(ended: str, seconds: float, said: str) -> None:
    answer = judge(run(90, ended, seconds=seconds))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert said in finding(answer, "generator").because
    assert answer.generator.verdict != "limited"


def test_k6_that_ran_to_its_end_and_never_made_the_vus_was_the_limit() -> None:
    assert judge(run(90, "finished", ready=90)).verdict is Verdict.GENERATOR_LIMITED
    assert judge(run(90, "finished", ready=300)).verdict is Verdict.NOT_SATURATED


@pytest.mark.parametrize(
    "fine",
    [
        run(290, "finished"),
        run(275, "broken"),
        run(90, None),
        replace(run(90, "broken"), plan=None),
        replace(run(90, "broken"), plan=Plan(vus=None, max_vus=300, ended="broken")),
        replace(run(90, "broken"), most_vus=None),
    ],
    ids=["all", "nearly all", "still runs", "no plan", "arrivals", "no VUs known"],
)
def test_nothing_is_short_where_all_came_or_nobody_knows(fine: Timeline) -> None:
    assert shortfall(fine) is None
