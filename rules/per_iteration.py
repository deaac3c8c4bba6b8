"""How many requests an iteration of the script makes, and how many of them are good."""

from __future__ import annotations

import numpy as np

from rules import vus
from rules.series import Floats
from rules.timeline import Timeline

NEARLY_WHOLE = 0.1
"""Of a whole number: what iterations that are open at the end can make of it."""
PARTS, FEWEST_PARTS, VARIES = 20, 10, 0.03
"""A run in parts of as many iterations each, and by how much the share of good requests must differ between them
(standard deviation of its logarithm) to tell what it changes."""


def requests(timeline: Timeline) -> float:
    """How many requests one run of the script makes. A ramp leaves iterations open at its end, with requests already
    counted: near a whole number, it is that number."""
    iteration = timeline.iteration_durations
    finished = float(np.nansum(iteration.counts)) if iteration is not None else 0.0
    ratio = float(np.nansum(timeline.throughput)) * timeline.step / max(finished, 1.0)
    whole = max(1, round(ratio))
    return float(whole) if abs(ratio / whole - 1) < NEARLY_WHOLE else ratio


def good_requests(timeline: Timeline, ended: Floats) -> Floats:
    """Good requests in each of the ``ended`` (n,) iterations of a bin; shape (n,).

    A script makes a number of requests, of which a share is good; or, where it tries again what failed, a number of
    good ones, and the share tells only how often it had to.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(timeline.throughput > 0, timeline.goodput / timeline.throughput, 0.0)
    if _tries_again(timeline, ended):
        share = np.full(share.shape, np.nansum(timeline.goodput) / np.nansum(timeline.throughput))
    return requests(timeline) * share


def _tries_again(timeline: Timeline, ended: Floats) -> bool:
    """Whether good requests per iteration stay what they are where the share of good ones falls: their elasticity to
    it, between PARTS of the run, is nearer to 0 than to 1.

    Iterations are counted as they begin, those that ended and those under way, or a ramp would look like a change.
    """
    seen = np.isfinite(timeline.vus) & np.isfinite(timeline.goodput) & np.isfinite(timeline.throughput + ended)
    total, bins = np.cumsum(ended[seen]), np.arange(int(seen.sum()))
    if not total.size or total[-1] <= 0 or vus.may_idle(timeline):
        return False
    marks = np.interp(np.linspace(0.0, total[-1], PARTS + 1), total, bins)
    begun, good, every = (
        np.diff(np.interp(marks, bins, upto))
        for upto in (
            total + timeline.vus[seen],
            np.cumsum(timeline.goodput[seen]),
            np.cumsum(timeline.throughput[seen]),
        )
    )
    known = (begun > 0) & (good > 0)
    if known.sum() < FEWEST_PARTS:
        return False
    share, each = np.log(good[known] / every[known]), np.log(good[known] / begun[known])
    off = share - share.mean()
    return bool(share.std() > VARIES and off @ each < 0.5 * (off @ off))
