"""One machine's readings on the bins of a run, as whoever judges them asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from rules.series import Floats, Series
from rules.statistics.scrapes import increase, level

BUSIEST: Final = 0.9
"""Quantile of its bins by which things are compared: what one does under load, not what it did at its start."""

Readings = Mapping[str, Sequence[Series]]
"""Series by metric name."""


class Told:
    """Readings between ``edges`` (unix seconds); None for a metric that is not reported."""

    def __init__(self, edges: Floats, readings: Readings) -> None:
        self.edges = edges
        self._seconds = np.diff(edges)
        self._readings = readings

    def rate(self, metric: str) -> Floats | None:
        """Increase per second of all its series."""
        series = self._readings.get(metric)
        return increase(self.edges, series) / self._seconds if series else None

    def level(self, metric: str) -> Floats | None:
        """The sum of all its series."""
        series = self._readings.get(metric)
        return level(self.edges, series) if series else None

    def rate_by(self, label: str, metric: str) -> dict[str, Floats]:
        """As rate, of each series by the value of one label."""
        return {
            one.labels.get(label, ""): increase(self.edges, [one]) / self._seconds
            for one in self._readings.get(metric, ())
        }

    def level_by(self, label: str, metric: str) -> dict[str, Floats]:
        """As level, of each series by the value of one label."""
        return {one.labels.get(label, ""): level(self.edges, [one]) for one in self._readings.get(metric, ())}


def fullest(shares: Mapping[str, Floats]) -> str | None:
    """Of several things the one that was nearest to its limit; None where there is none with a name and a value."""
    known = {
        name: float(np.nanquantile(one, BUSIEST)) for name, one in shares.items() if name and np.isfinite(one).any()
    }
    return max(known, key=lambda name: known[name], default=None)


def ratio(part: Floats | None, whole: Floats | None) -> Floats | None:
    """NaN where there is no whole."""
    if part is None or whole is None:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)
