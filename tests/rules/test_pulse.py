"""What the time outside requests tells of the generator, and where it tells nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import plateau, pulse
from rules.generator_evidence import Measured, known, limits
from rules.generator_usage import Usage
from rules.gridding import to_timeline
from rules.judge import judge
from rules.proof import PROVE_IT, said
from rules.timeline import Durations, Timeline
from tests.simulator import Scenario, simulate
from tests.simulator.scenario import Load, Output, Server, Service
from tests.timelines import STEP, durations, ramp, with_host


def share(run: Timeline) -> float | None:
    found = plateau.find(run)
    assert found is not None
    told = pulse.measure(run, found)
    return told.share if told else None


def with_growth_outside(run: Timeline, part: float) -> Timeline:
    """The same cycles, of whose growth past the first so much lies outside requests."""
    cycle = run.vus / run.goodput
    grown = np.maximum(cycle - cycle[:5].mean(), 0.0)
    inside = cycle - (cycle[:5].mean() - 0.02) - part * grown
    requests = durations(run.goodput * STEP, inside)
    return replace(run, durations=requests, expected_durations=requests)


@pytest.mark.parametrize("part", [0.2, 0.5], ids=["beside other processes", "alone on its core"])
def test_a_starved_k6_shows_by_the_share_of_the_growth_that_is_outside_requests(part: float) -> None:
    run = with_growth_outside(ramp(capacity=100), part)
    assert share(run) == pytest.approx(part, abs=0.02)
    assert judge(run).verdict == "generator_limited"


def test_sleeps_that_took_twice_as_long_are_enough_where_the_share_alone_leaves_a_doubt() -> None:
    run = with_growth_outside(ramp(capacity=100, think=0.02), 0.12)
    assert judge(run).verdict == "generator_limited"
    assert judge(with_growth_outside(ramp(capacity=100), 0.12)).verdict == "saturated"


@pytest.mark.parametrize("uneven", [0.3, 1.5], ids=["beyond its noise", "within it"])
def test_a_growth_outside_requests_tells_of_k6_only_beyond_its_noise(uneven: float) -> None:
    """A bin holds replies of other iterations than those that end in it."""
    run = with_growth_outside(ramp(capacity=100), 0.2)
    spent, queue = run.durations, np.maximum(run.vus / run.goodput - 1.05, 0.0)
    assert spent is not None
    off = uneven * np.random.default_rng(4).standard_normal(queue.size) * queue
    noisy = replace(run, durations=replace(spent, sums=spent.sums + spent.counts * (off - off.mean())))
    assert (share(noisy) is None) == (uneven > 1.0)
    assert judge(noisy).verdict == ("saturated" if uneven > 1.0 else "generator_limited")


def half_and_half(spent: Durations | None) -> Durations:
    """The same means, of which every second is a tenth and the others are nearly twice as long."""
    assert spent is not None
    grid = (
        durations(spent.counts / 2, 0.1 * spent.mean()).buckets
        + durations(spent.counts / 2, 1.9 * spent.mean()).buckets
    )
    return replace(spent, buckets=grid)


@pytest.mark.parametrize(("capacity", "known"), [(100.0, True), (5.0, False)])
def test_a_growth_that_chance_may_make_of_few_uneven_requests_is_no_limit(capacity: float, known: bool) -> None:
    run = with_growth_outside(ramp(capacity=capacity, vus=3.0 * capacity), 0.2)
    assert share(run) == pytest.approx(0.2, abs=0.05)
    noisy = replace(
        run, durations=half_and_half(run.durations), iteration_durations=half_and_half(run.iteration_durations)
    )
    assert (share(noisy) is not None) is known


def test_nor_is_that_of_a_run_of_which_only_the_shortest_iterations_had_ended() -> None:
    """Sleeps of 2 to 6 s, and a queue after 8 s."""
    load = Load(((0.0, 1.0), (19.0, 800.0), (90.0, 800.0)), think=4.016, think_spread=0.5)
    run = simulate(Scenario(load, Server(1, Service(0.008, 0.5)), output=Output(push_interval=2.0)), 1)
    told = share(to_timeline(run.samples, run.testid))
    assert told is None or told < pulse.STEADY


def test_light_load_is_compared_with_the_replies_of_its_time_too() -> None:
    """A queue that begins while the first iterations still sleep lengthens replies, and not yet their sleeps."""
    load = Load(((0.0, 1.0), (24.3, 794.0), (150.0, 794.0)), think=2.905, think_spread=0.5)
    run = simulate(Scenario(load, Server(13, Service(0.10367, 0.0)), output=Output(push_interval=2.0)), 1)
    assert share(to_timeline(run.samples, run.testid)) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("refused", [True, False])
def test_a_script_that_backs_off_from_what_turns_it_away_is_no_starved_k6(refused: bool) -> None:
    usage = Usage(cpu=None, core=None, ports=None, files=None, k6=None, of_machine=None)
    seen = Measured(
        pulse=pulse.Pulse(share=0.66, stretched=1.2, error=0.03),
        usage=usage,
        dropped=0.0,
        unsent=0.0,
        lacking="",
        shared=False,
        saturated=True,
        turned_away=True,
        refused=refused,
        shortfall=None,
    )
    assert bool(list(limits(seen))) is not refused
    assert list(known(seen)) == (["the system turned away a part of what it brought"] if refused else [])


@pytest.mark.parametrize(("status", "known"), [("500", True), ("0", False), ("", False)])
def test_nothing_is_told_where_requests_may_have_had_no_reply(status: str, known: bool) -> None:
    """As of failures whose status the script's tags leave out: it may sleep after them, as after a 429."""
    run = with_growth_outside(ramp(capacity=100), 0.5)
    run = replace(run, failures_by_status={status: 0.02 * run.goodput})
    assert (share(run) is not None) is known


@pytest.mark.parametrize(
    ("since", "few_sleep", "known"),
    [(25, True, False), (0, True, True), (25, False, True)],
    ids=["after each", "at any load", "all iterations are longer"],
)
@pytest.mark.parametrize("status", ["429", "500"])
def test_few_failures_that_a_script_sleeps_after_are_no_starved_k6(
    since: int, few_sleep: bool, known: bool, status: str
) -> None:
    """Each of 2 % costs 50 times what it adds to the mean. Of those that come at any load light load knows it.

    A k6 short of CPU lengthens every iteration, whatever fails beside.
    """
    share_failed = 0.02
    run = with_growth_outside(ramp(capacity=100), 0.5)
    failed = np.where(np.arange(run.vus.size) < since, 0.0, share_failed * run.goodput)
    every = run.goodput + failed
    cycle, inside = run.vus / every, run.durations
    assert inside is not None
    rise = np.maximum(cycle - inside.mean() - 1.0, 0.0) if few_sleep else np.zeros(every.size)
    others = durations((every - failed) * STEP, cycle - rise)
    slept = durations(failed * STEP, cycle - rise + rise / share_failed)
    more = replace(
        run,
        throughput=every,
        iterations=every,
        durations=durations(every * STEP, inside.mean()),
        iteration_durations=replace(
            others, counts=every * STEP, sums=run.vus * STEP, buckets=others.buckets + slept.buckets
        ),
        failures_by_status={status: failed},
    )
    assert (share(more) is not None) is known
    assert judge(more).verdict == ("generator_limited" if known else "saturated")


def test_a_servers_queue_leaves_it_alone() -> None:
    assert share(ramp(capacity=100)) == pytest.approx(0.0, abs=0.02)


def test_requests_in_parallel_under_a_long_sleep_clear_nobody() -> None:
    """http.batch with four requests: together they are shorter than an iteration until they wait for each other."""
    run = ramp(capacity=100)
    assert run.durations is not None
    requests = durations(4 * run.durations.counts, run.durations.sums / run.durations.counts)
    rate = 4 * run.goodput
    run = replace(run, throughput=rate, goodput=rate, durations=requests, expected_durations=requests)
    assert share(run) is None
    answer = judge(run)
    assert (answer.verdict, answer.generator.verdict) == ("saturated", "unknown")


def test_a_fast_script_that_never_sleeps_has_no_pulse_and_the_answer_says_what_is_not_known() -> None:
    run = ramp(capacity=4000, think=0.0)
    assert share(run) is None
    answer = judge(run)
    assert (answer.verdict, answer.generator.verdict) == ("saturated", "unknown")
    assert answer.because.endswith("; nothing tells whether k6 itself was the limit")
    top = answer.max_throughput
    assert top.value == pytest.approx(4000, rel=0.01)
    assert top.high is not None
    assert answer.events[-1].text == f"saturated: {said(top, in_doubt=True)}"
    assert [one.advice for one in answer.findings if one.rule == "generator"] == [PROVE_IT]


def test_a_slow_one_may_not_sleep_for_k6_makes_so_much_with_a_part_of_a_core() -> None:
    run = ramp(capacity=400, think=0.0)
    assert share(run) == pytest.approx(0.0, abs=0.02)
    answer = judge(run)
    assert answer.generator.verdict == "ok"
    assert "nothing tells" not in answer.because
    assert answer.events[-1].text == f"saturated: {said(answer.max_throughput)}"


@pytest.mark.parametrize(("given_up", "clears"), [(0.25, True), (0.75, False)])
def test_requests_that_k6_gave_up_on_at_the_end_leave_what_was_told_before_them(given_up: float, clears: bool) -> None:
    """On a machine that the server keeps busy too: else its CPU alone would be taken for the generator's limit."""
    run = with_host(ramp(capacity=100), "both", 0.95)
    late = np.where(np.arange(run.vus.size) >= (1 - given_up) * run.vus.size, 0.05 * run.throughput, 0.0)
    count = float(late.sum()) * STEP
    run = replace(
        run,
        goodput=run.goodput - late,
        failures_by_status={"0": late},
        totals={**run.totals, "0": count},
        failed_totals={"0": count},
    )
    assert share(run) == (pytest.approx(0.0, abs=0.02) if clears else None)
    assert judge(run).verdict == ("saturated" if clears else "generator_limited")
