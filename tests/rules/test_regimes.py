"""Levels other than the best, and what came after the peak."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from rules.answer import Regime
from rules.judge import judge
from rules.regimes import changes
from rules.series import Floats
from rules.timeline import Timeline
from rules.wording import number
from tests.timelines import STEP, durations, ramp

BINS = 120


def served(run: Timeline, rate: Floats, vus: Floats | None = None) -> Timeline:
    """The same test with goodput ``rate``; each VU's cycle follows by Little's law."""
    n = run.vus if vus is None else vus
    counts = rate * STEP
    cycle = n / rate
    return replace(
        run,
        vus=n,
        goodput=rate,
        throughput=rate,
        totals={"200": float(counts.sum())},
        durations=durations(counts, np.maximum(cycle - 1.0, 0.02)),
        expected_durations=durations(counts, np.maximum(cycle - 1.0, 0.02)),
        iteration_durations=durations(counts, cycle),
    )


@pytest.fixture
def long_ramp() -> Timeline:
    return ramp(capacity=100, vus=600, seconds=BINS * STEP, noise=0.005)


def test_a_plateau_that_is_held_is_flat_and_the_only_regime(long_ramp: Timeline) -> None:
    answer = judge(long_ramp)
    assert answer.after_peak.state == "flat"
    assert [round(regime.goodput) for regime in answer.regimes] == [100]
    assert not changes(answer.regimes)


def test_a_level_that_is_reached_again_is_no_change() -> None:
    at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    levels = [Regime(start=at, end=at, goodput=rate, saturated=True, because="") for rate in (100.0, 96.0, 110.0)]
    assert [event.text for event in changes(levels)] == ["110 requests/s, after 96"]


@pytest.mark.parametrize("rates", [(0.0, 40.0), (40.0, 0.0)], ids=["before", "after"])
def test_a_stretch_in_which_every_reply_came_too_late_is_a_level_too(rates: tuple[float, float]) -> None:
    at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    levels = [Regime(start=at, end=at, goodput=rate, saturated=True, because="") for rate in rates]
    assert [event.text for event in changes(levels)] == [f"{number(rates[1])} requests/s, after {number(rates[0])}"]


def test_cpu_credits_that_run_out_are_a_second_slower_regime(long_ramp: Timeline) -> None:
    throttled = np.where(np.arange(BINS) < 70, long_ramp.goodput, long_ramp.goodput * 0.6)
    answer = judge(served(long_ramp, throttled))
    assert answer.max_throughput.value == pytest.approx(100, rel=0.01)
    assert [round(regime.goodput, -1) for regime in answer.regimes] == [100, 60]
    assert answer.after_peak.state == "degraded"
    assert "60% of the peak" in answer.after_peak.because
    (change,) = (event for event in answer.events if event.rule == "regime")
    assert change.time == answer.regimes[1].start
    before, after = (number(regime.goodput) for regime in answer.regimes)
    assert change.text == f"{after} requests/s, after {before}"


def test_goodput_that_falls_with_every_vu_is_reported_at_its_sustained_peak(long_ramp: Timeline) -> None:
    falling = np.minimum(long_ramp.vus / 1.02, 100 * np.exp(-np.maximum(long_ramp.vus - 102, 0) / 900))
    answer = judge(served(long_ramp, falling))
    assert answer.after_peak.state == "falling"
    assert answer.max_throughput.value == pytest.approx(np.convolve(falling, np.ones(6) / 6, "valid").max(), rel=0.01)


def test_a_collapse_is_called_one(long_ramp: Timeline) -> None:
    lost = np.where(np.arange(BINS) < 80, long_ramp.goodput, long_ramp.goodput * 0.2)
    assert judge(served(long_ramp, lost)).after_peak.state == "collapsed"


def test_a_collapse_that_ends_when_load_falls_has_recovered(long_ramp: Timeline) -> None:
    vus = np.where(np.arange(BINS) < 100, long_ramp.vus, 50.0)
    lost = np.where((np.arange(BINS) >= 60) & (np.arange(BINS) < 100), 20.0, np.minimum(vus / 1.02, 100.0))
    answer = judge(served(long_ramp, lost, vus))
    assert answer.after_peak.state == "recovered"
    assert "came back when load fell" in answer.after_peak.because


@pytest.mark.parametrize(("noise", "state"), [(0.1, "flat"), (0.005, "degraded")])
def test_half_a_minute_that_is_less_by_chance_is_no_loss(noise: float, state: str) -> None:
    run = ramp(capacity=100, vus=600, seconds=BINS * STEP, noise=0.0)
    rate = run.goodput * (1.0 + noise * (-1.0) ** np.arange(BINS))
    rate[-8:] *= 0.9
    assert judge(served(run, rate)).after_peak.state == state
