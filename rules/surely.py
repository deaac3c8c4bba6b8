"""What a run sustained, chance aside: all that is known of a maximum where no limit was found."""

from __future__ import annotations

import numpy as np

from rules.peak import LONGER, SUSTAINED_SECONDS, best_sustained
from rules.statistics.dispersion import curvature_scatter
from rules.statistics.windows import sustained_mean, width
from rules.timeline import Timeline

BEST_OF_MANY = 2.0
"""Standard errors by which the highest of 30 equal half minutes is above their mean (Tippett 1925, *Biometrika* 17)."""


def surely_sustained(timeline: Timeline) -> float | None:
    """A goodput, requests/s, that was sustained for SUSTAINED_SECONDS at least; None for a run too short or too broken.

    The best half minute of a level is a lucky one: it would promise more than the system keeps. So it is the highest
    of the best stretches of all lengths, BEST_OF_MANY standard errors of each taken off. A level is known by all of
    it, and the top of a ramp by its end.
    """
    good, best = timeline.goodput, best_sustained(timeline)
    if best is None:
        return None
    wide = width(SUSTAINED_SECONDS, timeline.step)
    by_chance = BEST_OF_MANY * curvature_scatter(good)
    found: float = best - by_chance / wide**0.5
    while wide <= good.size and np.isfinite(means := sustained_mean(good, wide)).any():
        found = max(found, float(np.nanmax(means)) - by_chance / wide**0.5)
        wide = max(wide + 1, round(LONGER * wide))
    return max(0.0, found)
