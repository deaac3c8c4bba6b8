"""U = X·D: the line is found, and what is no line forecasts nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.statistics.utilisation_law import demand

RATE = np.linspace(5.0, 60.0, 12)


@given(
    seconds=st.floats(1e-5, 0.01),
    idle=st.floats(0.0, 0.2),
    scale=st.floats(0.1, 1000.0),
)
def test_the_demand_and_the_rate_at_which_a_resource_is_full_are_those_of_the_line(
    seconds: float, idle: float, scale: float
) -> None:
    found = demand(RATE * scale, idle + seconds * RATE)
    assert found is not None
    assert found.seconds == pytest.approx(seconds / scale, rel=1e-6)
    assert found.rate_at(1.0) == pytest.approx(scale * (1 - idle) / seconds, rel=1e-6)
    assert found.rate_at(found.idle) == pytest.approx(0.0, abs=1e-6 * scale)


def test_gaps_are_left_out() -> None:
    used = 0.05 + 0.01 * RATE
    used[3] = np.nan
    found = demand(RATE, used)
    assert found is not None
    assert found.idle == pytest.approx(0.05)


@pytest.mark.parametrize(
    "used",
    [
        np.full(12, 0.3),
        0.9 - 0.01 * RATE,
        0.05 + 0.0002 * RATE + 0.05 * (-1.0) ** np.arange(12),
        np.where(np.arange(12) < 4, 0.01 * RATE, np.nan),
    ],
    ids=["flat", "falling", "noise", "too few"],
)
def test_what_does_not_rise_with_the_rate_forecasts_nothing(used: np.ndarray) -> None:
    assert demand(RATE, used) is None


def test_one_rate_alone_forecasts_nothing() -> None:
    assert demand(np.full(12, 50.0), 0.01 * RATE) is None


@given(st.integers(0, 10_000), st.floats(0.1, 1000.0), st.floats(0.0, 0.5))
def test_noise_about_the_line_depends_on_no_unit_and_what_is_busy_anyway_is_idle(
    seed: int, scale: float, busy: float
) -> None:
    used = 0.05 + 0.01 * RATE + np.random.default_rng(seed).normal(0.0, 0.02, RATE.size)
    one, other = demand(RATE, used), demand(RATE * scale, used + busy)
    assert one is not None
    assert other is not None
    assert other.seconds * scale == pytest.approx(one.seconds)
    assert other.idle == pytest.approx(one.idle + busy)
    assert other.rate_at(0.9 + busy) == pytest.approx(one.rate_at(0.9) * scale)
