"""Goodput that rises with every VU has no limit in it, however noisy it is and whatever course the VUs take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import deficit, plateau, sustained, throughput
from rules.finding import Verdict
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Timeline
from tests.timelines import STEP, durations, ramp

RESPONSE = 0.05


def course(name: str, bins: int) -> Floats:
    """The load as a share of the most; shape (bins,)."""
    part = (np.arange(bins) + 0.5) / bins
    courses = {
        "ramp": part,
        "hold": np.minimum(1.0, 3 * part),
        "stairs": np.ceil(5 * part) / 5,
        "waves": np.abs(np.sin(1.5 * np.pi * part)),
    }
    return courses[name]


def straight_line(vus: Floats, think: float, counts: Floats) -> Timeline:
    """``counts`` (n,) requests in bins of so many ``vus`` (n,), none of which ever waits."""
    each, whole = (durations(counts, np.full(vus.size, seconds)) for seconds in (RESPONSE, RESPONSE + think))
    return replace(
        ramp(seconds=vus.size * STEP),
        vus=vus,
        goodput=counts / STEP,
        throughput=counts / STEP,
        iterations=counts / STEP,
        totals={"200": float(counts.sum())},
        durations=each,
        expected_durations=each,
        iteration_durations=whole,
    )


loads = {
    "name": st.sampled_from(("ramp", "hold", "stairs", "waves")),
    "most": st.floats(20.0, 2000.0),
    "think": st.floats(0.0, 5.0),
    "bins": st.integers(12, 240),
}


@settings(max_examples=300)
@given(**loads, seed=st.integers(0, 10_000))
def test_a_straight_line_is_never_saturated(name: str, most: float, think: float, bins: int, seed: int) -> None:
    vus = np.maximum(1.0, most * course(name, bins))
    expected = vus / (RESPONSE + think) * STEP
    answer = judge(straight_line(vus, think, np.random.default_rng(seed).poisson(expected).astype(float)))
    assert answer.verdict is not Verdict.SATURATED, answer.because
    assert answer.max_throughput.value is None


@given(**loads)
def test_nor_is_one_of_which_no_durations_are_known(name: str, most: float, think: float, bins: int) -> None:
    """Without noise: the unloaded cycle is then the least of many windows, so that luck among them would count."""
    vus = np.maximum(1.0, most * course(name, bins))
    run = straight_line(vus, think, vus / (RESPONSE + think) * STEP)
    answer = judge(replace(run, durations=None, expected_durations=None, iteration_durations=None, blocked=None))
    assert answer.verdict is not Verdict.SATURATED, answer.because
    assert answer.max_throughput.value is None


def drawn(seed: int, least: float, most: float) -> Timeline:
    """As noisy as requests that know nothing of each other, ``least`` to ``most`` requests/s at the top; a closed loop
    is less noisy."""
    rng = np.random.default_rng(seed)
    name, bins = str(rng.choice(("ramp", "hold", "stairs", "waves"))), int(rng.integers(12, 240))
    rate, think = float(np.exp(rng.uniform(np.log(least), np.log(most)))), float(rng.uniform(0.0, 5.0))
    vus = np.maximum(1.0, max(20.0, rate * (RESPONSE + think)) * course(name, bins))
    return straight_line(vus, think, rng.poisson(vus / (RESPONSE + think) * STEP).astype(float))


@pytest.mark.parametrize("seed", [20_534, 20_621, 21_565, 21_832, 21_982, 22_089, 22_527, 22_861, 23_021])
def test_five_requests_a_second_fall_behind_their_vus_by_chance(seed: int) -> None:
    """These did so for 30 s without a break, of 5,000."""
    run = drawn(seed, 1.0, 3.0)
    found = plateau.find(run)
    assert found is not None
    assert found.seconds(run) >= sustained.SUSTAINED_SECONDS
    assert not deficit.is_sure(run, found)
    assert judge(run).verdict is Verdict.NOT_SATURATED


def test_without_durations_the_luckiest_window_is_not_believed() -> None:
    """Three in 12,000 are still taken for a plateau; without a doubt about chance, one in 90."""
    for seed in range(20_000, 20_300):
        run = replace(drawn(seed, 6.0, 30.0), durations=None, expected_durations=None, iteration_durations=None)
        assert judge(run).verdict is not Verdict.SATURATED, seed


def test_nor_is_chance_that_is_greater_than_poissons() -> None:
    """Work so uneven that counts vary eight times as much: taken for Poisson's, a third of these were saturated."""
    for seed in range(20_000, 20_060):
        rng = np.random.default_rng(seed)
        name, bins = str(rng.choice(("ramp", "hold", "stairs", "waves"))), int(rng.integers(12, 120))
        rate, think = float(np.exp(rng.uniform(np.log(20.0), np.log(100.0)))), float(rng.uniform(0.0, 5.0))
        vus = np.maximum(1.0, max(3.0, rate * (RESPONSE + think)) * course(name, bins))
        mean = vus / (RESPONSE + think) * STEP
        run = straight_line(vus, think, rng.negative_binomial(mean / 7.0, 1 / 8.0).astype(float))
        run = replace(run, durations=None, expected_durations=None, iteration_durations=None, blocked=None)
        assert judge(run).verdict is not Verdict.SATURATED, seed


def test_few_requests_prove_a_plateau_where_chance_does_not_make_so_few() -> None:
    """5 requests/s, with VUs for up to 7 and up to 9 of them."""
    little, more = (
        judge(ramp(capacity=5.0, vus=vus, seconds=seconds)) for vus, seconds in ((7.0, 300.0), (9.0, 150.0))
    )
    assert (little.verdict, little.because) == (Verdict.NOT_SATURATED, throughput.BY_CHANCE)
    assert more.max_throughput.value == pytest.approx(5.0, rel=0.03)


def test_a_stretch_without_one_reply_is_no_level() -> None:
    """Beside replies its 30 s mean is above nothing; no rule may fail on it."""
    answer = judge(drawn(24_760, 3.0, 6.0))
    assert answer.verdict is Verdict.NOT_SATURATED


def bunched(seed: int, each: int) -> Timeline:
    """As ``drawn``, 5 to 30 requests/s of a script with so many requests in ``each`` iteration."""
    rng = np.random.default_rng(seed)
    name, bins = str(rng.choice(("ramp", "hold", "stairs", "waves"))), int(rng.integers(12, 240))
    rate, think = float(np.exp(rng.uniform(np.log(5.0), np.log(30.0)))), float(rng.uniform(0.0, 5.0))
    cycle = each * RESPONSE + think
    vus = np.maximum(1.0, max(20.0, rate / each * cycle) * course(name, bins))
    iterations = rng.poisson(vus / cycle * STEP).astype(float)
    run = straight_line(vus, think, each * iterations)
    whole = durations(iterations, np.full(bins, cycle))
    return replace(run, iterations=iterations / STEP, iteration_durations=whole)


@pytest.mark.parametrize("seed", [20_260, 20_428, 20_585, 20_840, 20_902, 21_001, 21_262])
def test_requests_that_come_together_fall_behind_their_vus_by_more(seed: int) -> None:
    """Ten in each iteration: the count of 30 s varies by the root of ten more than that of requests alone does."""
    run = bunched(seed, 10)
    found = plateau.find(run)
    assert found is not None
    assert not deficit.is_sure(run, found)
    assert judge(run).verdict is Verdict.NOT_SATURATED


def test_of_long_iterations_a_stretch_holds_a_part_only() -> None:
    """1,000 requests make one, of which a VU gets to 170 on a plateau of 170 s."""
    run = ramp(capacity=100.0, vus=300.0, seconds=300.0)
    spent = run.iteration_durations
    assert spent is not None
    long = replace(run, iteration_durations=replace(spent, counts=spent.counts / 1000, buckets=spent.buckets / 1000))
    found = plateau.find(long)
    assert found is not None
    assert deficit.is_sure(long, found)
