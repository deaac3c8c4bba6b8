"""Goodput that falls as VUs rise, and falls that have another reason."""

from __future__ import annotations

import numpy as np
import pytest

from rules import peak, plateau
from rules.finding import Verdict
from rules.judge import judge
from rules.series import Floats
from rules.timeline import Timeline
from tests.rules.test_regimes import served
from tests.timelines import STEP, ramp

BINS = 120
VUS = ramp(capacity=100, vus=600, seconds=BINS * STEP).vus


def run(rate: Floats, vus: Floats = VUS) -> Timeline:
    noise = 1 + 0.005 * np.random.default_rng(2).standard_normal(rate.size)
    return served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate * noise, vus)


def found(timeline: Timeline) -> plateau.Plateau:
    seen = plateau.find(timeline)
    assert seen is not None
    return seen


def test_goodput_that_falls_with_vus_is_worth_its_sustained_peak() -> None:
    rate = np.minimum(VUS / 1.02, 100 / (1 + 0.004 * np.maximum(VUS - 150, 0)))
    seen = found(run(rate))
    assert seen.falling
    assert seen.estimate.value == pytest.approx(peak.best_sustained(run(rate)), rel=0.01)
    assert judge(run(rate)).verdict is Verdict.SATURATED


def test_a_peak_without_a_queue_is_found_where_stairs_of_vus_lose_it_step_by_step() -> None:
    vus = np.repeat([70.0, 100.0, 150.0, 220.0, 320.0, 450.0], 20)
    rate = np.repeat([68.0, 95.0, 80.0, 66.0, 55.0, 46.0], 20)  # 95 of 100 VUs: nobody waits
    seen = found(run(rate, vus))
    assert seen.falling
    assert seen.estimate.value == pytest.approx(95.0, rel=0.01)


def test_a_system_that_lost_speed_at_once_was_not_at_its_peak_before() -> None:
    """Credits ran out at 95 VUs: what was served before without a queue is no limit that was seen."""
    rate = np.where(VUS < 95, VUS / 1.02, 60.0)
    seen = found(run(rate))
    assert not seen.falling
    assert seen.estimate.value == pytest.approx(60.0, rel=0.01)


def test_goodput_that_falls_because_load_falls_is_no_loss_of_capacity() -> None:
    vus = np.concatenate([np.linspace(5, 600, 30), np.full(60, 600.0), np.linspace(600, 5, 30)])
    rate = np.minimum(vus / 1.02, 100.0)
    seen = found(run(rate, vus))
    assert not seen.falling
    assert seen.estimate.value == pytest.approx(100.0, rel=0.005)


def test_a_long_stretch_is_preferred_to_a_lucky_short_one() -> None:
    rng = np.random.default_rng(11)
    rate = 100.0 + 5.0 * rng.standard_normal(BINS)
    noisy = served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate)
    lucky = peak.best_sustained(noisy)
    assert lucky is not None
    assert lucky > 102.0
    assert peak.sustained_peak(noisy, np.ones(BINS, bool)).value == pytest.approx(100.0, abs=1.0)


def test_a_queue_of_a_few_seconds_is_no_plateau() -> None:
    vus = np.full(BINS, 50.0)
    vus[60:63] = 400.0
    rate = np.minimum(vus / 1.02, 100.0)
    assert judge(run(rate, vus)).verdict is Verdict.NOT_SATURATED
