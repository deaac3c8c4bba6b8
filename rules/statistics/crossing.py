"""Where a share that falls passes a given one, and how far from there it may be.

The share of hits is taken to fall from trial to trial and for nothing else, so that its likeliest course is an isotonic
regression (Ayer, Brunk, Ewing, Reid & Silverman 1955, *Annals of Mathematical Statistics* 26). A place for the crossing
is allowed as long as the likeliest course that crosses there is not much less likely.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import log
from typing import Final

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


def course(hits: Floats, trials: Floats, share: float) -> Course:
    """The course of ``hits`` among ``trials``, counts above 0 of shape (m,), and where it may cross ``share``."""
    blocks = _blocks(hits, trials)
    likeliest = np.concatenate([np.full(last - first, one) for first, last, one in blocks])
    total = sum(_log_likelihood(hits[a:b].sum(), trials[a:b].sum(), one) for a, b, one in blocks)
    kept = _kept(hits, trials, share)
    lost = _kept((trials - hits)[::-1], trials[::-1], 1.0 - share)[::-1]
    return Course(likeliest, int((likeliest >= share).sum()), np.maximum(0.0, 2.0 * (total - kept - lost)))


def _blocks(hits: Floats, trials: Floats) -> list[tuple[int, int, float]]:
    """Pool adjacent violators: half-open ranges and the share in each, which falls from block to block."""
    blocks: list[tuple[int, float, float]] = []
    for place, (hit, tried) in enumerate(zip(hits.tolist(), trials.tolist(), strict=True)):
        first = place
        while blocks and hit * blocks[-1][2] >= blocks[-1][1] * tried:
            first, more, others = blocks.pop()
            hit, tried = hit + more, tried + others
        blocks.append((first, hit, tried))
    ends = [*(first for first, _, _ in blocks[1:]), hits.size]
    return [(first, end, hit / tried) for (first, hit, tried), end in zip(blocks, ends, strict=True)]


def _kept(hits: Floats, trials: Floats, share: float) -> Floats:
    """Log-likelihood of the first k trials for every k, (m + 1,), on their likeliest course that never rises and is
    ``share`` or more: of the isotonic one, what lies lower is raised to it."""
    upto, tried_upto = np.concatenate([[0.0], np.cumsum(hits)]), np.concatenate([[0.0], np.cumsum(trials)])
    firsts: list[int] = []
    counts: list[tuple[float, float]] = []
    before: list[float] = []  # the log-likelihood of all blocks before each
    misses: list[float] = []  # the share of misses in each, which rises
    found = np.zeros(hits.size + 1)
    for place, (hit, tried) in enumerate(zip(hits.tolist(), trials.tolist(), strict=True)):
        first = place
        while counts and hit * counts[-1][1] >= counts[-1][0] * tried:
            (more, others), first = counts.pop(), firsts.pop()
            hit, tried = hit + more, tried + others
            before.pop()
            misses.pop()
        past = before[-1] + _log_likelihood(*counts[-1], 1.0 - misses[-1]) if counts else 0.0
        firsts.append(first)
        counts.append((hit, tried))
        before.append(past)
        misses.append(1.0 - hit / tried)
        low = bisect_left(misses, 1.0 - share)
        if low == len(misses):
            found[place + 1] = past + _log_likelihood(hit, tried, hit / tried)
        else:
            rest = upto[place + 1] - upto[firsts[low]], tried_upto[place + 1] - tried_upto[firsts[low]]
            found[place + 1] = before[low] + _log_likelihood(*rest, share)
    return found


def _log_likelihood(hits: float, trials: float, share: float) -> float:
    misses = trials - hits
    return (hits * log(share) if hits > 0 and share > 0 else 0.0) + (
        misses * log(1.0 - share) if misses > 0 and share < 1 else 0.0
    )
