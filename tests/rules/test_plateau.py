"""Which bins are the plateau: pauses, bursts and drifts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import plateau
from rules.judge import judge
from rules.series import Floats
from rules.statistics.windows import Mask
from rules.timeline import Durations, Timeline
from tests.rules.test_judge import finding
from tests.rules.test_regimes import served
from tests.timelines import STEP, ramp

BINS = 120


def run(factor: Floats, noise: float = 0.01) -> Timeline:
    """A ramp past a knee at bin 20, whose capacity of 100/s is ``factor`` (BINS,) of that."""
    flat = ramp(capacity=100, vus=600, seconds=BINS * STEP)
    rate = np.minimum(flat.vus / 1.02, 100 * factor)
    return served(flat, rate * (1 + noise * np.random.default_rng(5).standard_normal(BINS)))


def found(timeline: Timeline) -> plateau.Plateau:
    seen = plateau.find(timeline)
    assert seen is not None
    return seen


def paused(*pauses: tuple[int, int]) -> Floats:
    factor = np.ones(BINS)
    for first, after in pauses:
        factor[first:after] = 0.4
    return factor


def test_a_pause_that_comes_again_belongs_to_the_plateau_though_between_two_there_is_no_half_minute() -> None:
    """Between the first and the last of them the mean over half a minute never is near the best."""
    factor = paused((45, 48), (51, 54), (57, 60), (90, 92))
    seen = found(run(factor))
    assert seen.bins[40:100].all()
    assert seen.estimate.value == pytest.approx(100 * factor[np.flatnonzero(seen.bins)].mean(), rel=0.01)
    assert seen.estimate.low < 95.0


def test_a_long_stretch_at_half_the_speed_is_no_pause() -> None:
    seen = found(run(paused((50, 62), (80, 82))))
    assert not seen.bins[50:62].any()
    assert seen.estimate.value == pytest.approx(100.0, rel=0.03)


def test_of_a_noisy_level_the_unlucky_half_minutes_count_too() -> None:
    """Of one that scatters by 16 % from bin to bin, half minutes differ by 25 % or so."""
    noisy = found(run(np.ones(BINS), noise=0.16))
    assert noisy.bins[40:115].all()
    assert noisy.estimate.value == pytest.approx(100.0, rel=0.04)


def test_what_drifts_by_less_than_a_fall_is_one_level() -> None:
    seen = found(run(np.linspace(1.02, 0.98, BINS), noise=0.002))
    assert not seen.falling
    assert seen.bins[40:115].all()


@pytest.mark.parametrize("burst", [130.0, 250.0])
def test_a_burst_at_the_flank_is_not_sustained(burst: float) -> None:
    """Tokens that were saved up, and are soon used up: also where they make half a minute's mean 50 % higher."""
    flat = ramp(capacity=100, vus=600, seconds=BINS * STEP)
    vus = np.where(np.arange(BINS) < 40, 50.0, 600.0)
    rate = np.where(np.arange(BINS) < 40, 49.0, 100.0)
    rate[40] = burst
    seen = found(served(flat, rate, vus))
    assert not seen.bins[40]
    assert seen.estimate.value == pytest.approx(100.0, rel=0.001)


def test_what_falls_steadily_from_a_leap_on_is_no_burst() -> None:
    flat = ramp(capacity=100, vus=600, seconds=BINS * STEP)
    vus = np.where(np.arange(BINS) < 40, 50.0, 600.0)
    rate = np.where(np.arange(BINS) < 40, 49.0, 100.0 * 0.97 ** (np.arange(BINS) - 40.0))
    seen = found(served(flat, rate, vus))
    assert seen.falling
    assert seen.estimate.value == pytest.approx(rate[40:46].mean(), rel=0.01)


def test_a_fall_is_seen_by_all_that_it_led_to() -> None:
    """Of a leak the best regime holds the first 15 % alone; beyond them it goes on."""
    seen = found(run(np.linspace(1.1, 0.7, BINS), noise=0.04))
    assert seen.falling
    assert seen.estimate.low < 100 * 1.1 * (1 - 0.4 / 1.1 * 25 / BINS) < seen.estimate.high


def test_a_few_low_bins_at_the_end_are_no_fall() -> None:
    """What was not lost for half a minute was not lost: of long rare requests, a few come at any time."""
    factor = np.ones(BINS)
    factor[116:] = 0.8
    seen = found(run(factor, noise=0.05))
    assert not seen.falling
    assert seen.estimate.value == pytest.approx(100.0, rel=0.015)


def test_a_reader_is_told_to_hold_what_the_load_leapt_over() -> None:
    vus, rate = np.full(BINS, 40.0), np.full(BINS, 39.0)
    vus[40:80], rate[40:80] = 500.0, 100.0
    vus[[40, 79]], rate[[40, 79]] = 250.0, 120.0
    leapt = served(ramp(capacity=100, vus=600, seconds=BINS * STEP), rate, vus)
    assert found(leapt).leapt
    told = finding(judge(leapt), "throughput")
    assert told.advice is not None
    assert "leapt over" in told.advice
    assert finding(judge(run(np.ones(BINS))), "throughput").advice is None


def test_a_burst_beside_a_gap_is_not_half_a_minute_because_no_more_is_seen_of_it() -> None:
    """Saved-up tokens for 15 s, two more bins and a gap: five bins make no half minute; what is held later counts."""
    flat = ramp(capacity=100, vus=600, seconds=BINS * STEP)
    vus = np.where(np.arange(BINS) < 40, 50.0, 600.0)
    rate = np.where(np.arange(BINS) < 40, 49.0, 100.0)
    rate[40:43] = 118.0, 150.0, 110.0
    seen = found(unseen(served(flat, rate, vus), slice(45, 52)))
    assert seen.bins[52:115].all()
    assert not seen.bins[40:42].any()
    assert seen.estimate.value == pytest.approx(100.0, rel=0.005)


def test_what_the_number_is_taken_from_is_of_the_plateaus_length_too() -> None:
    """Between a gap and the end of the load lie two bins, whose half minute is mostly flank."""
    flat = ramp(capacity=100, vus=600, seconds=BINS * STEP)
    vus, rate = np.full(BINS, 50.0), np.full(BINS, 49.0)
    vus[39:52], rate[39:52] = 600.0, 100.0
    vus[52:54], rate[52:54] = (400.0, 80.0), (60.0, 52.0)
    run = unseen(served(flat, rate, vus), slice(45, 50))
    seen = found(run)
    assert seen.bins[50:52].all()
    assert seen.seconds(run) == pytest.approx(52.5)  # of eleven bins, but for half a one
    assert judge(run).max_throughput.value == pytest.approx(100.0, rel=0.005)


def unseen(run: Timeline, gap: slice) -> Timeline:
    """The same without the pushes of ``gap``."""
    lost = np.zeros(run.vus.size, bool)
    lost[gap] = True
    rate = np.where(lost, np.nan, run.goodput)
    iteration, every = (none_in(spent, lost) for spent in (run.iteration_durations, run.durations))
    seen = replace(run, vus=np.where(lost, np.nan, run.vus), goodput=rate, throughput=rate)
    return replace(seen, durations=every, expected_durations=every, iteration_durations=iteration)


def none_in(spent: Durations | None, lost: Mask) -> Durations:
    assert spent is not None
    counts, sums = (np.where(lost, np.nan, values) for values in (spent.counts, spent.sums))
    return replace(spent, counts=counts, sums=sums, buckets=np.where(lost[:, None], np.nan, spent.buckets))
