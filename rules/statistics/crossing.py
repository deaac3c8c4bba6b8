"""Where a share that falls passes a given one, and how far from there it may be.

The share of hits is taken to fall from trial to trial and for nothing else, so that its likeliest course is an isotonic
regression (Ayer, Brunk, Ewing, Reid & Silverman 1955, *Annals of Mathematical Statistics* 26). A place for the crossing
is allowed as long as the likeliest course that crosses there is not much less likely.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import log
from typing import Final, NamedTuple

import numpy as np

from rules.series import Floats

DEVIANCE: Final = 2.27
"""Of an allowed place, at most, at 95 %: twice the logarithm of a likelihood ratio for the inverse of a monotone
function has a distribution of its own (Banerjee & Wellner 2001, *Annals of Statistics* 29, table 1)."""


@dataclass(frozen=True, eq=False)
class Course:
    """The likeliest course of a share that falls over m trials."""

    share: Floats
    """Of each trial, (m,); it never rises."""
    met: int
    """How many of the first have the share in question or more."""
    deviance: Floats
    """Of the course that has it or more for the first k trials and it or less from there on, k from 0 to m: (m + 1,).
    Twice the logarithm by which that is less likely; of counts without further dispersion."""


class _Block(NamedTuple):
    """Neighbouring trials that have one share in the likeliest course."""

    first: int
    hits: float
    trials: float
    before: float
    """The log-likelihood of all blocks before it."""

    @property
    def share(self) -> float:
        return self.hits / self.trials

    @property
    def misses(self) -> float:
        """Their share, which rises from block to block."""
        return 1.0 - self.share

    @property
    def upto(self) -> float:
        """The log-likelihood of all blocks to its end."""
        return self.before + _log_likelihood(self.hits, self.trials, self.share)


def course(hits: Floats, trials: Floats, share: float) -> Course:
    """The course of ``hits`` among ``trials``, counts above 0 of shape (m,), and where it may cross ``share``."""
    blocks, kept = _pooled(hits, trials, share)
    firsts = np.array([block.first for block in blocks] + [hits.size])
    likeliest = np.repeat([block.share for block in blocks], np.diff(firsts))
    lost = _pooled((trials - hits)[::-1], trials[::-1], 1.0 - share)[1][::-1]
    off = 2.0 * (blocks[-1].upto - kept - lost)
    return Course(likeliest, int((likeliest >= share).sum()), np.maximum(0.0, off))


def _pooled(hits: Floats, trials: Floats, share: float) -> tuple[list[_Block], Floats]:
    """The blocks of the likeliest course that never rises, by pooling adjacent violators.

    And the log-likelihood of the first k trials for every k, (m + 1,), on their likeliest course that is ``share`` or
    more besides: of the isotonic one, what lies lower is raised to it.
    """
    upto, tried_upto = np.concatenate([[0.0], np.cumsum(hits)]), np.concatenate([[0.0], np.cumsum(trials)])
    blocks: list[_Block] = []
    found = np.zeros(hits.size + 1)
    for place, (hit, tried) in enumerate(zip(hits.tolist(), trials.tolist(), strict=True)):
        first = place
        while blocks and hit * blocks[-1].trials >= blocks[-1].hits * tried:
            more = blocks.pop()
            first, hit, tried = more.first, hit + more.hits, tried + more.trials
        blocks.append(_Block(first, hit, tried, blocks[-1].upto if blocks else 0.0))
        low = bisect_left(blocks, 1.0 - share, key=lambda block: block.misses)
        if low == len(blocks):
            found[place + 1] = blocks[-1].upto
        else:
            lower = blocks[low]
            rest = upto[place + 1] - upto[lower.first], tried_upto[place + 1] - tried_upto[lower.first]
            found[place + 1] = lower.before + _log_likelihood(*rest, share)
    return blocks, found


def _log_likelihood(hits: float, trials: float, share: float) -> float:
    misses = trials - hits
    return (hits * log(share) if hits > 0 and share > 0 else 0.0) + (
        misses * log(1.0 - share) if misses > 0 and share < 1 else 0.0
    )
