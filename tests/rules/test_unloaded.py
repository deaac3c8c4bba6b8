"""How much cycles differ under light load."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from rules.series import Floats
from rules.timeline import Durations, Timeline
from rules.unloaded import cv_squared
from tests.timelines import ramp


def spread(upper: Floats, counts: Floats) -> Timeline:
    """A run whose iterations are, in each bin, in the buckets that end at ``upper`` so often."""
    run = ramp(seconds=60.0)
    buckets = np.tile(counts, (run.vus.size, 1))
    lower = np.concatenate([[0.0], upper[:-1]])
    total = buckets.sum(axis=1)
    return replace(run, iteration_durations=Durations(total, total, lower, upper, buckets))


def test_a_bucket_without_an_upper_end_counts_as_its_lower_one() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cv_squared(spread(np.array([2.0, np.inf]), np.array([5.0, 5.0]))) == pytest.approx(0.25 / 1.5**2)
        assert cv_squared(spread(np.array([2.0, np.inf]), np.array([5.0, 0.0]))) == 0.0


def test_durations_of_nothing_have_no_coefficient() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cv_squared(spread(np.array([0.0, 2.0]), np.array([5.0, 0.0]))) is None
