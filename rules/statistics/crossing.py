"""Where a sequence of yes and no turns from yes to no, and how far from there it may be."""

from __future__ import annotations

from typing import Final

import numpy as np

from rules.statistics.windows import Mask

DEVIANCE: Final = 7.35
"""Twice the logarithm by which a crossing may be less likely than the likeliest, at 95 %: a threshold's likelihood
ratio is distributed as (1 − exp(−x/2))² (Hansen 2000, *Econometrica* 68, table I)."""


def crossing(met: Mask, overlap: int = 1) -> tuple[int, int, int]:
    """How many of the first of ``met``, shape (n,), to take for met so that fewest are on the wrong side.

    And the fewest and the most that the data allow at 95 %: the likelihood interval of a change point in Bernoulli
    trials (Hinkley & Hinkley 1970, *Biometrika* 57), of which ``overlap`` at a time share their data.
    """
    wrong = np.concatenate([[0], np.cumsum(~met)]) + np.concatenate([np.cumsum(met[::-1])[::-1], [0]])
    least = int(wrong.min())
    odds = np.log((met.size - least + 1) / (least + 1))  # of being on the right side; one of each is taken as seen
    allowed = np.flatnonzero((wrong - least) * odds <= DEVIANCE / 2 * overlap)
    return int(np.argmin(wrong)), int(allowed[0]), int(allowed[-1])
