"""Scraped counters and gauges onto bins. Scrapes have their own clock, so values between them are interpolated.

Nothing is made up beyond the first and the last scrape: a bin that they do not cover is NaN.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rules.series import Floats, Series
from rules.statistics.counters import unwrap


def increase(edges: Floats, series: Sequence[Series]) -> Floats:
    """How much the counters grew together in each bin between ``edges`` (unix seconds); shape (edges - 1,)."""
    total = np.zeros(edges.size - 1)
    for one in series:
        counted = np.interp(edges, one.times, unwrap(one.values)[0], left=np.nan, right=np.nan)
        total += counted[1:] - counted[:-1]
    return total


def level(edges: Floats, series: Sequence[Series]) -> Floats:
    """The sum of the gauges at the middle of each bin; shape (edges - 1,)."""
    middles = (edges[:-1] + edges[1:]) / 2
    total = np.zeros(middles.size)
    for one in series:
        total += np.interp(middles, one.times, one.values, left=np.nan, right=np.nan)
    return total
