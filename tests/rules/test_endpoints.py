"""The endpoint that breaks first is named, and an id in the URL is called one."""

from dataclasses import replace

import numpy as np
import pytest

from rules.answer import Answer, Objective
from rules.finding import Finding, Outcome
from rules.judge import judge
from rules.timeline import Requests, Timeline
from tests.timelines import STEP, durations, ramp


def finding(answer: Answer) -> Finding:
    return next(one for one in answer.findings if one.rule == "endpoints")


def two_endpoints() -> Timeline:
    """/boards answers in 0.1 s until 150 VUs then 3 s; /login takes 0.1 s always, and fails one time in four."""
    run = ramp(capacity=100, vus=300, seconds=600)
    half = run.goodput / 2
    slow = np.where(run.vus < 150, 0.1, 3.0)
    boards = Requests(float(half.sum() * STEP), half, half, durations(half * STEP, slow))
    good = half * 0.75
    login = Requests(float(half.sum() * STEP), half, good, durations(good * STEP, np.full(half.size, 0.1)))
    return replace(run, by_name={"/boards": boards, "/login": login}, names=2)


def test_each_endpoint_has_its_own_rate_failures_and_latency() -> None:
    boards, login = judge(two_endpoints(), Objective(objective=0.7)).endpoints
    assert (boards.name, login.name) == ("/boards", "/login")
    assert boards.goodput == pytest.approx(50, rel=0.02)
    assert login.goodput == pytest.approx(37.5, rel=0.02)
    assert boards.failure_ratio == 0
    assert login.failure_ratio == pytest.approx(0.25)
    assert boards.light_load.p95 == pytest.approx(0.1, rel=0.1)
    assert boards.at_end.p50 == pytest.approx(3.0, rel=0.1)


def test_the_goodput_of_an_endpoint_has_an_interval_where_the_system_was_saturated() -> None:
    boards, _ = judge(two_endpoints(), Objective(objective=0.7)).endpoints
    assert boards.goodput is not None
    assert boards.low is not None
    assert boards.high is not None
    assert 48 < boards.low < boards.goodput < boards.high < 52
    light = ramp(capacity=1000, vus=300, seconds=600)
    alone = Requests(float(light.goodput.sum() * STEP), light.goodput, light.goodput, light.expected_durations)
    (one,) = judge(replace(light, by_name={"/boards": alone}, names=1)).endpoints
    assert one.goodput is not None
    assert (one.low, one.high) == (None, None)


def test_the_one_that_lost_the_objective_first_is_named_with_its_time() -> None:
    answer = judge(two_endpoints(), Objective(objective=0.7))
    said = finding(answer)
    assert "/boards was the first to lose the objective" in said.because
    event = next(event for event in answer.events if event.rule == "endpoints")
    half_way = answer.window.start.timestamp() + 300
    assert event.time.timestamp() == pytest.approx(half_way, abs=20)


def test_one_that_breaks_by_failing_is_named_where_nobody_knows_how_long_requests_took() -> None:
    """/login begins to fail half-way; /boards is as slow as ever, which is not known."""
    run = two_endpoints()
    boards, login = (replace(one, expected_durations=None) for one in run.by_name.values())
    late = np.arange(run.vus.size) >= run.vus.size // 2
    login = replace(login, goodput=np.where(late, 0.8, 1.0) * login.throughput)
    answer = judge(replace(run, expected_durations=None, by_name={"/boards": boards, "/login": login}))
    assert "/login was the first to lose the objective" in finding(answer).because
    told = {one.name: one.slo_lost for one in answer.endpoints}
    assert told["/boards"] is None
    assert told["/login"] is not None
    half_way = answer.window.start.timestamp() + 300
    assert told["/login"].timestamp() == pytest.approx(half_way, abs=20)


def test_a_failing_endpoint_is_never_good_however_fast_it_fails() -> None:
    answer = judge(two_endpoints(), Objective(objective=0.95))
    login = answer.endpoints[1]
    assert login.slo_lost == answer.window.start


def test_thousands_of_urls_are_a_warning_that_says_how_to_name_them() -> None:
    said = finding(judge(replace(ramp(), names=5000)))
    assert said.verdict is Outcome.WARNING
    assert said.because.startswith("5,000 request names")
    assert "tags: {name: '/boards/:id'}" in (said.advice or "")


def test_one_name_needs_no_list() -> None:
    answer = judge(replace(ramp(), names=1))
    assert answer.endpoints == []
    assert finding(answer).verdict is Outcome.OK


def test_without_the_tag_endpoints_are_unknown() -> None:
    assert finding(judge(ramp())).verdict is Outcome.UNKNOWN


def redirected(run: Timeline, hops: float) -> Timeline:
    """``hops`` redirects before each page."""
    pages = run.totals["200"]
    return replace(run, throughput=run.throughput * (1 + hops), totals={"200": pages, "302": hops * pages}, names=1)


def test_hops_of_redirects_are_declared_because_goodput_counts_them() -> None:
    run = redirected(ramp(capacity=100), 2.0)
    answer = judge(run)
    said = finding(answer)
    pages = run.totals["200"]
    assert answer.requests is not None
    assert answer.requests.redirects == pytest.approx(2 * pages, abs=1)
    assert answer.requests.per_iteration == 3.0
    assert said.verdict is Outcome.WARNING
    assert f"{2 * pages:,.0f} of {3 * pages:,.0f} requests were redirects (67 %)" in said.because
    assert "goodput counts each hop: without them it is 33 % of that" in said.because
    assert "the address that the redirects lead to" in (said.advice or "")


def test_a_redirect_now_and_then_is_not_worth_a_word() -> None:
    assert "redirects" not in finding(judge(redirected(ramp(), 0.005))).because


def test_redirects_that_failed_the_scripts_own_check_are_failures_and_no_hops() -> None:
    run = redirected(ramp(), 0.5)
    answer = judge(replace(run, failed_totals={"302": run.totals["302"]}))
    assert answer.requests is not None
    assert answer.requests.redirects == 0


def test_requests_of_setup_are_told_to_be_left_out() -> None:
    answer = judge(replace(ramp(), names=1, setup_requests=12.0))
    assert "; 12 requests of setup() and teardown() are left out, as they are no load" in finding(answer).because
    assert answer.requests is not None
    assert answer.requests.setup == 12


def test_without_the_status_redirects_are_unknown() -> None:
    answer = judge(replace(ramp(), totals={"": 1000.0}))
    assert answer.requests is not None
    assert answer.requests.redirects is None
