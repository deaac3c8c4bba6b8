"""The place where an objective is lost, and how far from there it may be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules.answer import Objective
from rules.gridding import to_timeline
from rules.judge import judge
from rules.series import Floats
from rules.slo_crossing import Bins, by_load, place
from rules.timeline import Timeline
from tests.rules.test_regimes import served
from tests.simulator import Arrivals, Load, Scenario, Server, Service, simulate
from tests.simulator.scenario import Output
from tests.timelines import STEP, ramp

LIMIT = Objective(latency_seconds=0.068)


def bins(load: Floats, good: Floats, replies: Floats, lag: float = 0.0) -> Bins:
    """Each of ``load`` is served at twice its number, and a cycle changes it by ``lag``."""
    return Bins(load, load - lag, load + lag, good, good, good, replies, 2.0 * load)


def drawn(rng: np.random.Generator, dispersion: float, count: int = 60) -> tuple[Bins, float]:
    """A share that passes 0.95 at a load of 50; counts vary ``dispersion`` times as much as independent ones."""
    load = np.linspace(2.0, 98.0, count)
    share = np.clip(1.0 - 0.05 * (load / 50.0) ** 3, 0.0, 1.0)
    each = 400.0
    size = (each - dispersion) / (dispersion - 1.0)  # of a beta-binomial
    good = rng.binomial(int(each), rng.beta(share * size + 1e-9, (1.0 - share) * size + 1e-9))
    return bins(load, good.astype(float), np.full(count, each)), 100.0


@pytest.mark.parametrize("dispersion", [2.0, 12.0])
def test_the_bounds_hold_the_truth_nearly_always_however_much_shares_scatter(dispersion: float) -> None:
    rng = np.random.default_rng(8)
    held, wide, off = 0, [], []
    for _ in range(300):
        seen, true = drawn(rng, dispersion)
        found = place(seen, 0.95)
        assert found.value is not None
        high = found.high or np.inf
        held += (found.low or 0.0) <= true <= high
        wide.append(high - (found.low or 0.0))
        off.append(abs(found.value / true - 1.0))
    assert held >= 279
    assert np.median(wide) < (30.0 if dispersion < 5 else 60.0)
    assert np.median(off) < (0.06 if dispersion < 5 else 0.12)


def test_a_clean_crossing_lies_between_two_loads() -> None:
    load, replies = np.arange(1.0, 101.0), np.full(100, 1000.0)
    found = place(bins(load, np.where(load <= 60, 1.0, 0.5) * replies, replies), 0.95)
    assert found.value == pytest.approx(121.0, abs=1.5)
    assert found.low == pytest.approx(120.0, abs=1.5)
    assert found.high == pytest.approx(122.0, abs=1.5)


def test_the_load_of_a_cycle_before_and_after_may_be_what_a_bin_tells_of() -> None:
    load, replies = np.arange(1.0, 101.0), np.full(100, 1000.0)
    found = place(bins(load, np.where(load <= 60, 1.0, 0.5) * replies, replies, lag=5.0), 0.95)
    assert found.low == pytest.approx(110.0, abs=1.5)
    assert found.high == pytest.approx(132.0, abs=1.5)


def test_a_leap_of_the_load_is_told() -> None:
    load, replies = np.repeat([20.0, 60.0], 30), np.full(60, 1000.0)
    found = place(bins(load, np.where(load < 40, 1.0, 0.5) * replies, replies), 0.95)
    assert found.leapt
    assert (found.low, found.value, found.high) == pytest.approx((40.0, 80.0, 120.0))


@pytest.mark.parametrize("light", [0.9, 0.955])
def test_what_is_or_may_be_lost_from_the_first_has_no_low_end(light: float) -> None:
    load, replies = np.arange(1.0, 41.0), np.full(40, 200.0)
    found = place(bins(load, np.where(np.arange(40) < 2, light, 0.9) * replies, replies), 0.95)
    assert found.low is None
    assert found.high == pytest.approx(2.0 * (1.0 if light < 0.95 else 8.0), abs=14.0)


def test_a_bucket_whose_requests_may_be_on_either_side_of_the_limit_widens_both_ends() -> None:
    load, replies = np.arange(1.0, 101.0), np.full(100, 1000.0)
    fewest, most = (np.where(load <= last, 1.0, 0.5) * replies for last in (40, 80))
    clear = bins(load, np.where(load <= 60, 1.0, 0.5) * replies, replies)
    found = place(replace(clear, fewest_good=fewest, most_good=most), 0.95)
    assert (found.low, found.value, found.high) == pytest.approx((80.0, 121.0, 162.0), abs=1.5)


def test_durations_that_are_all_alike_are_on_either_side_of_a_limit_in_their_bucket() -> None:
    run = served(
        ramp(capacity=100, vus=600, seconds=200 * STEP), np.linspace(2, 90, 200) / 1.02, np.linspace(2, 90, 200)
    )
    assert run.expected_durations is not None
    upper = run.expected_durations.upper
    inside = float(upper[upper > 0.02][0]) * 0.97
    seen = by_load(run, Objective(latency_seconds=inside), run.vus.size)
    assert seen is not None
    assert (seen.fewest_good < 0.01 * seen.replies).all()
    assert (seen.most_good > 0.99 * seen.replies).all()
    assert ((seen.good > 0.5 * seen.replies) & (seen.good < 0.9 * seen.replies)).all()


def test_what_is_never_lost_has_no_high_end() -> None:
    load, replies = np.arange(1.0, 41.0), np.full(40, 200.0)
    found = place(bins(load, replies, replies), 0.95)
    assert (found.value, found.high) == (None, None)
    assert found.low == pytest.approx(80.0)


def stairs() -> Timeline:
    """Steps to twice the VUs; the first bin of each is slow, as those who come together wait for one another."""
    step, within = np.divmod(np.arange(100), 20)
    vus = 20.0 * 2.0**step
    run = served(ramp(capacity=1000, vus=400, seconds=100 * STEP), vus / 1.02, vus)
    late = (within < 1) & (step > 0)
    assert run.expected_durations is not None
    run.expected_durations.buckets[late] = np.eye(run.expected_durations.upper.size)[-1] * vus[late][:, None]
    return run


def test_those_who_come_together_are_left_out_where_the_same_load_is_seen_without_them() -> None:
    run = stairs()
    seen = by_load(run, Objective(latency_seconds=0.1), run.vus.size)
    assert seen is not None
    assert (seen.good == seen.replies).all()
    assert (seen.load.size, seen.load.max()) == (91, 320.0)  # without the last bin, and those beside four leaps


def test_bins_are_in_the_order_of_the_load_and_not_of_time() -> None:
    up = np.linspace(2, 90, 100)
    vus = np.concatenate([up, up[::-1]])
    run = served(ramp(capacity=100, vus=600, seconds=200 * STEP), vus / 1.02, vus)
    seen = by_load(run, Objective(latency_seconds=1.0), run.vus.size)
    assert seen is not None
    assert (np.diff(seen.load) >= 0).all()
    assert (seen.since <= seen.load).all()
    assert (seen.until >= seen.load).all()


def by_the_clock(*points: tuple[float, float], cv: float = 1.0) -> Timeline:
    """Four workers that serve 200/s, asked as ``points`` plan (seconds, requests/s)."""
    vus = ((0.0, 2000.0), (points[-1][0], 2000.0))
    load = Load(vus, 0.0, arrivals=Arrivals(points, 50))
    run = simulate(Scenario(load, Server(4, Service(0.02, cv)), output=Output(push_interval=5.0)), 20_100)
    return to_timeline(run.samples, run.testid)


def test_vus_at_work_that_fall_by_chance_leave_no_bin_of_an_open_load_out() -> None:
    run = by_the_clock((0.0, 1.0), (400.0, 200.0))
    seen = by_load(run, LIMIT, run.vus.size)
    assert seen is not None
    assert seen.load.size >= run.vus.size - 3
    told = judge(run, LIMIT).slo_capacity
    assert told is not None
    assert told.low is not None
    assert told.high is not None
    assert told.model == "open"
    assert told.low < 155.0 < told.high  # open_promise.slo_capacity of the server
    assert told.high < 200.0


def test_what_an_open_load_leaves_behind_when_it_steps_down_is_not_that_of_the_lower_load() -> None:
    run = by_the_clock((0.0, 40.0), (100.0, 40.0), (101.0, 240.0), (150.0, 240.0), (151.0, 100.0), (300.0, 100.0))
    seen = by_load(run, LIMIT, run.vus.size)
    assert seen is not None
    assert seen.load.size <= run.vus.size - 6
    share = seen.good / seen.replies
    assert share[(seen.load > 60) & (seen.load < 160)].min() > 0.9
