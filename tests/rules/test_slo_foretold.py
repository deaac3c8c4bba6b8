"""What a plateau would bear, from what it took with more VUs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import plateau
from rules.answer import Objective
from rules.series import Floats
from rules.slo_foretold import bearable_vus
from rules.timeline import Timeline
from tests.rules.test_regimes import served
from tests.timelines import STEP, ramp, with_failures

BINS = 240


def leap(to: float) -> Timeline:
    """Twenty VUs and then ``to``, on a server of 100/s; requests take 20 ms alone, and VUs think for 1 s."""
    vus: Floats = np.where(np.arange(BINS) < 100, 20.0, to)
    rate = np.minimum(vus / 1.02, 100.0) * (1 + 0.005 * np.random.default_rng(3).standard_normal(BINS))
    return served(ramp(capacity=100.0, vus=600, seconds=BINS * STEP), rate, vus)


@pytest.mark.parametrize(("to", "limit"), [(500.0, 1.0), (500.0, 3.0), (300.0, 0.5)])
def test_vus_that_keep_the_limit_follow_from_littles_law(to: float, limit: float) -> None:
    run = leap(to)
    found = plateau.find(run)
    assert found is not None
    # R = N/100 - 1; the buckets are 10 % wide.
    true = 100.0 * (1.0 + limit)
    assert bearable_vus(run, found, Objective(latency_seconds=limit)) == pytest.approx(true, abs=0.1 * to)


def test_replies_that_are_failures_for_the_most_part_foretell_nothing() -> None:
    run = with_failures(leap(500.0), 0.1)
    found = plateau.find(run)
    assert found is not None
    assert bearable_vus(run, found, Objective(latency_seconds=3.0)) is None
    assert bearable_vus(run, found, Objective(objective=0.8, latency_seconds=3.0)) is not None


def test_without_durations_nothing_is_foretold() -> None:
    run = leap(500.0)
    found = plateau.find(run)
    assert found is not None
    assert bearable_vus(replace(run, durations=None), found, Objective()) is None


def test_replies_that_are_slower_than_the_mean_leave_less_room() -> None:
    run = leap(500.0)
    every = run.expected_durations
    assert every is not None
    slower = np.searchsorted(every.upper, every.mean() + 2.0)
    buckets = 0.9 * every.buckets
    buckets[np.arange(BINS), slower] += 0.1 * every.counts
    spread = replace(every, buckets=buckets, sums=every.sums + 0.2 * every.counts)
    found = plateau.find(run)
    assert found is not None
    # A tenth takes 2 s more than the others, 1.8 s more than the mean. R = N/100 - 1 holds for the mean.
    told = bearable_vus(
        replace(run, durations=spread, expected_durations=spread), found, Objective(latency_seconds=4.0)
    )
    assert told == pytest.approx(100.0 * (1.0 + 4.0 - 1.8), abs=60.0)
