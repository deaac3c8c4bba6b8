"""Rate limiters that give a quota per minute: bursts, and nothing but 429 between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import quotas
from rules.finding import Verdict
from rules.judge import judge
from rules.timeline import Timeline
from tests.timelines import STEP, durations, ramp

BINS, WINDOW = 96, 12
QUOTA = 30.0 * 60.0
BURST = 72.0


def limited(*, since: int = 5, bins: int = BINS, vus: float = 150.0, by: float = 2.5) -> Timeline:
    """30/s on average of a server that makes 72/s: each minute's quota is gone after 25 s. Then 429, 160 a second.

    Every window begins 40 % into a bin; ``since`` is the first one's.
    """
    begins = since + 0.4 + WINDOW * np.arange(-1, 1 + bins // WINDOW)
    users = np.minimum(vus, by * STEP * (np.arange(bins) + 0.5))
    fine = np.linspace(0, bins, 200 * bins, endpoint=False)
    rate = np.minimum(np.interp(fine, np.arange(bins) + 0.5, users) / 1.02, BURST)
    served = np.zeros(bins)
    turned = np.zeros(bins)
    left, before = QUOTA, -1
    for at, window, now in zip(fine, np.searchsorted(begins, fine, side="right"), rate, strict=True):
        left = QUOTA if window != before else left
        before = window
        part = STEP / 200
        if left >= now * part:
            served[int(at)] += now * part
            left -= now * part
        else:
            turned[int(at)] += 160.0 * part
    good, refused = served / STEP, turned / STEP
    every = good + refused
    flat = ramp(capacity=BURST, vus=vus, seconds=bins * STEP)
    return replace(
        flat,
        vus=users,
        goodput=good,
        throughput=every,
        failures_by_status={"429": refused},
        totals={"200": float(served.sum()), "429": float(turned.sum())},
        failed_totals={"429": float(turned.sum())},
        iterations=every,
        dropped_iterations=np.zeros(bins),
        durations=durations(every * STEP, np.full(bins, 0.02)),
        expected_durations=durations(good * STEP, np.full(bins, 0.02)),
        iteration_durations=durations(every * STEP, users / every),
        blocked=durations(every * STEP, np.zeros(bins)),
    )


def test_what_is_sustained_is_the_quota_over_its_window_and_not_a_burst_of_25_seconds() -> None:
    answer = judge(limited())
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(30.0, rel=0.005)
    assert answer.max_throughput.high == pytest.approx(30.0, rel=0.02)


def test_windows_in_which_few_are_turned_away_at_their_end_are_no_peak() -> None:
    """A slow ramp passes the quota by a fifth before the first window of which a whole bin is refused."""
    slow = limited(bins=3 * BINS, by=0.05)
    whole = int(np.flatnonzero(slow.failures_by_status["429"] >= 0.9 * slow.throughput)[0])
    good = slow.goodput.copy()
    good[whole - 10] = 29.0  # by chance
    assert good[: whole - 10].max() > 31.0
    slow = replace(slow, goodput=good)
    assert np.nanmax(quotas.evened(slow).goodput) == pytest.approx(30.0, rel=0.03)
    answer = judge(slow)
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(30.0, rel=0.005)


def test_whole_windows_have_their_mean_and_at_the_ends_what_the_quota_bent_is_left_out() -> None:
    whole = quotas.evened(limited())
    seen = np.isfinite(whole.goodput)
    assert whole.goodput[17:89] == pytest.approx(30.0, rel=0.005)
    assert whole.goodput[:2] == pytest.approx(limited().goodput[:2])  # before anyone was turned away
    assert not seen[5:17].any()
    assert not seen[89:].any()


def test_one_window_with_an_end_tells_no_quota() -> None:
    short = limited(bins=24)
    assert quotas.evened(short) is short


def test_a_limit_without_a_pause_is_left_as_it_is() -> None:
    steady = ramp(capacity=100.0)
    refused = np.maximum(steady.vus - 100.0, 0.0)
    both = replace(steady, throughput=steady.goodput + refused, failures_by_status={"429": refused})
    assert quotas.evened(both) is both


def test_spikes_of_load_are_not_evened() -> None:
    """Load that falls lets everything through too."""
    spiky = limited()
    low = np.where(spiky.failures_by_status["429"] > 0, spiky.vus, 20.0)
    assert quotas.evened(replace(spiky, vus=low)).goodput == pytest.approx(spiky.goodput, nan_ok=True)


def test_a_window_that_the_end_of_the_run_cuts_off_is_no_peak_though_nobody_is_turned_away_in_it() -> None:
    cut = limited(bins=93)
    assert cut.goodput[90:] == pytest.approx(BURST, rel=0.01)
    assert not np.isfinite(quotas.evened(cut).goodput[89:]).any()
    answer = judge(cut)
    assert answer.verdict is Verdict.SATURATED
    assert answer.max_throughput.value == pytest.approx(QUOTA / 60.0, rel=0.005)


def test_windows_that_do_not_use_the_quota_up_are_left_as_they_are() -> None:
    less = limited()
    low = (np.arange(BINS) >= 41) & (np.arange(BINS) < 65)
    refused = np.where(low, 0.0, less.failures_by_status["429"])
    good = np.where(low, 20.0, less.goodput)
    less = replace(
        less,
        vus=np.where(low, 20.4, less.vus),
        goodput=good,
        throughput=good + refused,
        failures_by_status={"429": refused},
    )
    even = quotas.evened(less).goodput
    assert even[41:65] == pytest.approx(20.0)
    assert even[17:29] == pytest.approx(30.0, rel=0.005)  # nobody is turned away when the next one begins
    assert np.nanmax(even[65:]) == pytest.approx(30.0, rel=0.005)


@pytest.mark.parametrize(
    "opened", [(30, 50), (30, 50, 85), (24, 44, 56)], ids=["twice", "without a clock", "with less at times"]
)
def test_a_circuit_breaker_that_opens_for_half_a_minute_is_no_quota(opened: tuple[int, ...]) -> None:
    steady = ramp(capacity=BURST, vus=150.0, seconds=BINS * STEP)
    at = np.arange(BINS)
    broken = np.any([(at >= begin) & (at < begin + 6) for begin in opened], axis=0)
    good, refused = np.where(broken, 0.0, steady.goodput), np.where(broken, 160.0, 0.0)
    both = replace(steady, goodput=good, throughput=good + refused, failures_by_status={"429": refused})
    assert quotas.evened(both) is both
