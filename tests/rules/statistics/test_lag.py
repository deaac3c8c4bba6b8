"""One sequence that follows another: by how much, where it can be told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.series import Floats
from rules.statistics.lag import Lag, lag, unmoved

TIMES = np.arange(200.0)
LAGS = np.arange(-40.0, 41.0)
FEWEST, NEAR = 60, 10.0


def bend(times: Floats) -> Floats:
    """Nothing before 20, a straight rise to 80, and level from there on."""
    return np.asarray(np.clip((times - 20.0) / 60.0, 0.0, 1.0))


def told(shape: Floats, after: Floats) -> Lag | None:
    """``after`` is known at TIMES only, whatever lag is looked at."""
    at = TIMES + LAGS[:, None]
    return lag(shape, np.interp(at, TIMES, after, left=np.nan, right=np.nan), LAGS, FEWEST, NEAR)


@pytest.mark.parametrize("later", [-30.0, -20.0, 20.0, 30.0])
def test_the_lag_is_found_whatever_line_and_noise_lie_between(later: float) -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.02, TIMES.size)
    found = told(bend(TIMES), 0.1 + 0.4 * bend(TIMES - later) + noise)
    assert found is not None
    assert found.value == pytest.approx(later, abs=3.0)
    assert found.unexplained < 0.05


def test_what_follows_at_once_has_no_lag() -> None:
    found = told(bend(TIMES), bend(TIMES))
    assert found is not None
    assert found.value == 0.0
    assert found.unexplained == pytest.approx(0.0)


def test_a_line_that_is_moved_is_a_line() -> None:
    found = told(TIMES, TIMES - 30.0)
    assert found is not None
    assert found.value == 0.0


def test_what_follows_something_else_has_none() -> None:
    assert told(bend(TIMES), np.sin(TIMES / 9.0)) is None
    assert told(bend(TIMES), 1.0 - bend(TIMES - 30.0)) is None


def test_what_comes_again_may_be_any_of_several() -> None:
    assert told(np.sin(TIMES / 4.0), np.sin((TIMES - 12.0) / 4.0)) is None


def test_nothing_known_is_no_lag() -> None:
    assert told(bend(TIMES), np.full(TIMES.size, np.nan)) is None
    assert told(np.ones(TIMES.size), np.ones(TIMES.size)) is None


@given(st.sampled_from([-30.0, -3.0, 0.0, 1.0, 30.0]), st.floats(0.0, 0.2), st.sampled_from([0, 20]), st.integers(0, 9))
def test_without_a_look_at_other_lags_it_is_the_same_or_not_told(
    later: float, noise: float, rest: int, seed: int
) -> None:
    after = bend(TIMES - later) + np.random.default_rng(seed).normal(0.0, noise, TIMES.size)
    after[::7] = np.nan
    rows = np.interp(TIMES + LAGS[:, None], TIMES, after, left=np.nan, right=np.nan)
    found = unmoved(bend(TIMES), rows[LAGS == 0.0][0], FEWEST, rest)
    assert found in (None, lag(bend(TIMES), rows, LAGS, FEWEST, NEAR, rest))


def test_what_follows_closely_needs_no_look_at_other_lags() -> None:
    assert unmoved(bend(TIMES), bend(TIMES), FEWEST) == told(bend(TIMES), bend(TIMES))
    assert unmoved(bend(TIMES), bend(TIMES - 15.0), FEWEST) is None
    assert unmoved(bend(TIMES), bend(TIMES), TIMES.size + 1) is None


@given(
    st.sampled_from([-30.0, -15.0, 0.0, 15.0, 30.0]),
    st.floats(0.01, 1000.0),
    st.floats(-1000.0, 1000.0),
    st.floats(-1e6, 1e6),
)
def test_the_lag_depends_on_no_unit_and_no_zero(later: float, factor: float, by: float, zero: float) -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.02, TIMES.size)
    after = bend(TIMES - later) + noise
    one, other = told(bend(TIMES), after), told(bend(TIMES) * factor + zero * 1e-3, after * factor + by)
    assert one is not None
    assert other is not None
    assert other.value == one.value
    assert other.unexplained == pytest.approx(one.unexplained, rel=1e-3)
