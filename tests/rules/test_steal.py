"""Whose fault stolen CPU time is."""

from __future__ import annotations

import numpy as np
import pytest

from rules.steal import stolen
from rules.timeline import Credits, Host

BINS = np.array([False, True, True])


def host(steal: float | None, known: Credits | None = None) -> Host:
    full = np.ones(3)
    return Host("h:1", "server", full, full, None if steal is None else np.full(3, steal), 2, credits=known)


def credit(balance: float, age: float, unlimited: bool = False) -> Credits:
    return Credits(np.full(3, balance), np.full(3, age), unlimited)


@pytest.mark.parametrize("steal", [None, 0.0, 0.09, np.nan])
def test_little_or_unknown_steal_is_nobodys(steal: float | None) -> None:
    assert stolen(host(steal), BINS) is None


@pytest.mark.parametrize(
    ("known", "resource", "words"),
    [
        (None, "cpu steal", "took 30 % of it for others"),
        (credit(np.nan, 60.0), "cpu steal", "took 30 % of it for others"),
        # Two cores spend two credits a minute: 20 of them in the ten minutes since the balance was told.
        (credit(19.9, 600.0), "cpu credits", "because its CPU credits were used up: 19.9 were left 10 minutes before"),
        (credit(20.1, 600.0), "cpu steal", "while 20.1 CPU credits were left"),
        (credit(0.0, 600.0, unlimited=True), "cpu steal", "while its CPU credits are unlimited"),
    ],
)
def test_it_is_the_credits_where_they_can_have_run_out_since_they_were_told(
    known: Credits | None, resource: str, words: str
) -> None:
    found = stolen(host(0.3, known), BINS)
    assert found is not None
    assert found.resource == resource
    assert found.because.endswith(words)
