"""Iterations that begin by the clock: told by the plan, what is dropped, and VUs at work that come and go by chance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rules import throughput, vus
from rules.answer import Plan
from rules.earlier import until
from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Timeline
from tests.simulator import Arrivals, Load, Scenario, Server, Service, simulate
from tests.simulator.scenario import Output, RateLimit
from tests.timelines import durations, ramp

RUN = replace(ramp(), iteration_durations=None)
BINS = np.arange(RUN.vus.size)


def at_work(mean: float) -> Floats:
    return np.random.default_rng(20_000).poisson(mean, BINS.size).astype(float)


@pytest.mark.parametrize(
    ("users", "is_open"),
    [
        (RUN.vus, False),
        (np.full(BINS.size, 50.0), False),
        (50.0 * (1 + BINS // 12), False),  # steps
        (50.0 * (1 + BINS // 12) + 1e-9 * (-1.0) ** BINS, False),  # a gauge that somebody computed
        (300.0 - np.abs(300.0 - 600.0 * (BINS % 30) / 30), False),  # five waves
        (np.where(BINS % 8 == 4, 60.0, 50.0 - 40.0 * (BINS % 8 == 5)), False),  # spikes from a level
        (280.0 + 150.0 * np.sin(np.pi * (BINS + 0.5) / 2), False),  # 20 s
        (280.0 + 15.0 * np.abs(BINS % 8 - 4.0), False),  # 40 s, by less than chance has them
        (at_work(1.0), True),
        (at_work(3.0), True),
        (at_work(200.0), True),
        (at_work(200.0) + 200.0 * BINS, False),  # a queue that grows: its VUs are as good as a plan
    ],
    ids=[
        "ramp",
        "constant",
        "steps",
        "steps but for rounding",
        "waves",
        "spikes",
        "short waves",
        "shallow waves",
        "one at work",
        "few at work",
        "many at work",
        "a queue",
    ],
)
def test_vus_that_come_and_go_by_chance_are_those_of_an_open_load(users: Floats, *, is_open: bool) -> None:
    assert vus.may_idle(replace(RUN, vus=users)) is is_open


@pytest.mark.parametrize("seconds", [20.0, 40.0])
def test_a_closed_loop_in_short_waves_beyond_the_limit_is_saturated(seconds: float) -> None:
    waves = [(60.0 + half * seconds / 2, 430.0 if half % 2 else 130.0) for half in range(round(680.0 / seconds))]
    run = simulate(Scenario(Load(((0.0, 1.0), *waves), 0.0), Server(10, Service(0.1, 1.0))), 20_000)
    timeline = to_timeline(run.samples, run.testid)
    answer = judge(timeline)
    assert not vus.may_idle(timeline)
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(100.0, rel=0.03)


def shallow(depth: float) -> Floats:
    """Waves of 20 s about 280 VUs, which chance makes as well of an open load."""
    return np.asarray(280.0 + depth * np.abs(BINS % 4 - 2.0))


@pytest.mark.parametrize(("ready", "is_open"), [(300, False), (400, True)])
def test_shallow_waves_are_a_plan_where_they_reach_all_vus_that_were_made_ready(ready: int, *, is_open: bool) -> None:
    run = replace(RUN, vus=shallow(10.0), vus_ready=ready, most_vus=300)
    assert vus.may_idle(replace(run, vus_ready=None)), "else they would not be in doubt"
    assert vus.may_idle(run) is is_open


@pytest.mark.parametrize("seconds", [10.0, 60.0])
def test_a_ramp_that_was_stopped_before_its_top_is_no_open_load(seconds: float) -> None:
    assert not vus.may_idle(replace(until(RUN, RUN.start + seconds), most_vus=60, vus_ready=300))


def test_of_vus_that_idle_all_the_time_a_few_turns_tell() -> None:
    one_more = np.where(np.isin(BINS, (10, 22, 34, 46)), 2.0, 0.0)
    run = replace(RUN, vus=BINS // 3 * 1.0 + one_more, most_vus=19, vus_ready=19)
    assert not vus.may_idle(run), "8 turns in 27 steps are few for VUs that may all be at work"
    assert vus.may_idle(replace(run, vus_ready=90))


def test_vus_that_come_and_go_between_two_pushes_are_seen_though_bins_even_them_out() -> None:
    even = np.full(BINS.size, 50.0)
    assert not vus.may_idle(replace(RUN, vus=even))
    assert vus.may_idle(replace(RUN, vus=even, vus_grew=np.diff(at_work(50.0), append=50.0)))


CLOCK, LOOP = ["ramping-arrival-rate", "constant-arrival-rate"], ["ramping-vus", "shared-iterations"]


@pytest.mark.parametrize(
    ("executors", "is_open"),
    [(CLOCK, (True, True)), (LOOP, (False, False)), ([*CLOCK, *LOOP], (False, True)), (["new"], (False, True))],
    ids=["by the clock", "loops", "both", "unknown"],
)
def test_what_was_planned_is_not_guessed(executors: list[str], is_open: tuple[bool, bool]) -> None:
    run = replace(RUN, plan=Plan(executors=executors))
    assert (vus.may_idle(run), vus.may_idle(replace(run, vus=at_work(200.0)))) == is_open


def test_only_an_open_load_drops_iterations_while_it_lasts() -> None:
    assert vus.may_idle(replace(RUN, dropped_iterations=np.where(BINS == 40, 1.0, 0.0)))


def test_iterations_for_which_vus_had_no_time_are_dropped_as_they_leave() -> None:
    """k6 1.1: 5 VUs that are to make 10,000 iterations each, in 20 s, drop what is left in their last half second."""
    leaving = np.where(BINS < 57, 300.0, 100.0 * (60 - BINS))
    assert not vus.may_idle(replace(RUN, vus=leaving, dropped_iterations=np.where(BINS > 57, 8000.0, 0.0)))
    assert not vus.may_idle(replace(RUN, vus=0 * BINS + 5.0, dropped_iterations=np.where(BINS == 59, 8000.0, 0.0)))


def test_iterations_for_which_vus_had_no_time_did_not_want_for_vus() -> None:
    run = replace(ramp(), dropped_iterations=np.where(BINS == 59, 8000.0, 0.0))
    answer = judge(run)
    assert (answer.verdict, answer.generator.verdict) == (Verdict.SATURATED, "ok")
    assert answer.generator.dropped_iterations == 8000.0 * RUN.step


@pytest.mark.parametrize(("at_work_by_durations", "is_broken"), [(0.5, False), (0.9, False), (3.0, True)])
def test_looks_once_a_second_miss_one_iteration_each_at_most(at_work_by_durations: float, *, is_broken: bool) -> None:
    spent = durations(np.full(BINS.size, 20.0), np.full(BINS.size, at_work_by_durations * RUN.step / 20.0))
    run = replace(RUN, vus=at_work(0.5), iteration_durations=spent)
    assert vus.may_idle(run)
    assert ("Little's law" in judge(run).because) is is_broken


@pytest.mark.parametrize("seed", [20_004, 20_005, 20_006])
def test_a_server_at_a_fifth_of_its_capacity_is_not_saturated_because_the_few_vus_at_work_vary(seed: int) -> None:
    course = Arrivals(((0.0, 1.0), (1900.0, 17.0)), 50)
    load = Load(((0.0, 50.0), (1900.0, 50.0)), 0.0, arrivals=course)
    run = simulate(Scenario(load, Server(3, Service(0.037, 1.0)), output=Output(push_interval=10.0)), seed)
    answer = judge(to_timeline(run.samples, run.testid))
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.max_throughput.value is None


def played(
    points: tuple[tuple[float, float], ...], ready: int, server: Server, seed: int, push: float, **more: Any
) -> Timeline:
    end, most = points[-1][0], float(ready)
    load = Load(((0.0, most), (end, most)), 0.0, arrivals=Arrivals(points, ready))
    run = simulate(Scenario(load, server, output=Output(push_interval=push, **more)), seed)
    return to_timeline(run.samples, run.testid)


@pytest.mark.parametrize("seed", [20_000, 20_001, 20_002])
def test_who_is_turned_away_at_once_frees_a_vu_and_is_beyond_the_limit_all_the_same(seed: int) -> None:
    """Of 197 VUs 61 at most are at work, which a rate limit holds there as a plan would."""
    server = Server(96, Service(0.64, 0.0), rate_limit=RateLimit(88.0, 45.0))
    timeline = played(((0.0, 1.0), (240.0, 170.0), (330.0, 26.0), (600.0, 170.0)), 197, server, seed, 5.0)
    answer = judge(timeline)
    assert vus.may_idle(timeline)
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(88.0, rel=0.01)


@pytest.mark.parametrize("seed", [20_000, 20_001, 20_002, 20_003])
def test_chance_that_brings_more_replies_of_an_open_load_brings_more_good_ones_and_no_higher_limit(seed: int) -> None:
    server = Server(12, Service(0.24, 1.1, "lognormal"), rate_limit=RateLimit(22.0, 17.0))
    timeline = played(((0.0, 1.0), (24.0, 1.0), (32.0, 41.0), (80.0, 41.0)), 20, server, seed, 1.0)
    answer = judge(timeline)
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(22.0, rel=0.03)


def test_what_is_due_is_the_plan_though_a_queue_grows_that_holds_back_its_replies() -> None:
    points = ((0.0, 20.0), (60.0, 20.0), (65.0, 80.0), (120.0, 80.0))
    timeline = played(points, 6000, Server(1, Service(0.025)), 20_000, 5.0)
    due, since = vus.due(timeline), timeline.times - timeline.start
    beyond = (since > 70.0) & (since < 115.0)
    assert due is not None
    assert due[beyond] == pytest.approx(80.0, rel=0.06)
    assert np.mean(vus.offered(timeline)[beyond]) == pytest.approx(40.0, rel=0.1)


@pytest.mark.parametrize("seed", [20_000, 20_001])
def test_replies_that_take_longer_at_three_quarters_of_the_capacity_are_no_limit(seed: int) -> None:
    server = Server(2, Service(0.0047, 1.0))
    timeline = played(((0.0, 17.0), (40.0, 17.0), (45.0, 320.0), (200.0, 320.0)), 49, server, seed, 5.0)
    answer = judge(timeline)
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.because == throughput.SERVED
    assert answer.max_throughput.low == pytest.approx(320.0, rel=0.02)


@pytest.mark.parametrize("seed", [20_000, 20_001])
@pytest.mark.parametrize("share", [0.95, 1.06])
def test_an_arrival_rate_just_short_of_the_limit_is_told_from_one_just_past_it(seed: int, share: float) -> None:
    """Short of it a queue comes and goes, of five times the knee's VUs; past it, it grows. Nothing is dropped."""
    points = ((0.0, 1.0), (300.0, 100.0 * share), (700.0, 100.0 * share))
    timeline = played(points, 5000, Server(10, Service(0.1, 1.0)), seed, 5.0)
    answer = judge(timeline)
    assert vus.may_idle(timeline)
    assert answer.verdict is (Verdict.NOT_SATURATED if share < 1 else Verdict.SATURATED)
    assert share < 1 or answer.max_throughput.value == pytest.approx(100.0, rel=0.01)


def test_iterations_between_two_looks_that_find_nobody_at_work_are_those_of_an_open_load() -> None:
    spent = durations(np.full(BINS.size, 40.0 * RUN.step), np.full(BINS.size, 0.01))
    run = replace(RUN, vus=np.where(BINS == 30, 1.0, 0.0), most_vus=1, vus_ready=40, iteration_durations=spent)
    assert vus.may_idle(run)
    assert "Little's law" not in judge(run).because
    assert not vus.may_idle(replace(run, vus_ready=1)), "a closed loop whose metrics are broken"


def test_requests_that_are_turned_away_are_not_served_though_no_light_load_was_seen_before() -> None:
    server = Server(4, Service(0.027, 1.0), rate_limit=RateLimit(131.0, 85.0))
    points = ((0.0, 34.0), (47.0, 34.0), (50.0, 390.0), (234.0, 390.0), (237.0, 34.0), (300.0, 34.0))
    answer = judge(played(points, 60, server, 20_001, 10.0, gaps=((12.0, 55.0),)))
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(131.0, rel=0.01)


def test_drops_that_a_new_start_of_k6_hides_do_not_hide_who_is_turned_away() -> None:
    server = Server(12, Service(0.24, 1.1, "lognormal"), rate_limit=RateLimit(22.0, 17.0))
    run = played(((0.0, 1.0), (24.0, 1.0), (32.0, 41.0), (80.0, 41.0)), 20, server, 20_000, 1.0)
    unknown = np.where(run.times - run.start > 30.0, np.nan, 0.0)
    assert judge(replace(run, dropped_iterations=unknown)).verdict is Verdict.SATURATED


def test_what_is_turned_away_beside_a_gap_is_not_served_though_less_than_half_a_minute_of_it_was_seen() -> None:
    server = Server(12, Service(0.24, 1.1, "lognormal"), rate_limit=RateLimit(22.0, 17.0))
    points = ((0.0, 1.0), (24.0, 1.0), (32.0, 41.0), (80.0, 41.0))
    answer = judge(played(points, 20, server, 20_000, 1.0, gaps=((48.0, 68.0),)))
    assert answer.because != throughput.SERVED
    assert answer.max_throughput.value == pytest.approx(22.0, rel=0.03)
