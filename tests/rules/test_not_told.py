"""What no bin of the grid has: samples that tell nothing, and what k6 dropped while nobody was told."""

import numpy as np
import pytest

from rules import names
from rules.gridding import to_timeline
from rules.judge import judge
from rules.series import Series
from tests.rules.test_gridding import START, series, steady


def test_what_is_nan_was_not_told() -> None:
    samples = steady()
    for one in (one for group in samples.values() for one in group if isinstance(one, Series)):
        one.values[[3, 20]] = np.nan
    timeline = to_timeline(samples, "a")
    assert timeline.vus == pytest.approx(np.full(60, 20.0))
    assert timeline.goodput[1:-1] == pytest.approx(np.full(timeline.goodput.size - 2, 10.0))


def test_iterations_that_were_dropped_in_a_gap_are_counted_though_no_bin_has_them() -> None:
    samples = steady()
    times = START + np.concatenate([np.arange(0.3, 100.0, 5.0), np.arange(160.3, 305.0, 5.0)])
    samples[names.DROPPED_ITERATIONS] = [series(names.DROPPED_ITERATIONS, times, 20 * (times - START + 5), testid="a")]
    samples[names.VUS] = [series(names.VUS, np.floor(times), np.full(times.size, 20.0), testid="a")]
    timeline = to_timeline(samples, "a")
    assert timeline.dropped_iterations is not None
    assert np.nansum(timeline.dropped_iterations) * timeline.step < 5000.0
    assert judge(timeline).generator.dropped_iterations == 6106
