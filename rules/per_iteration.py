"""How many requests an iteration of the script makes, and how many of them are good."""

from __future__ import annotations

import numpy as np

from rules import vus
from rules.series import Floats
from rules.timeline import Timeline

NEARLY_WHOLE = 0.1
"""Of a whole number: what iterations that are open at the end can make of it."""
PARTS, FEWEST_PARTS, VARIES = 20, 10, 0.03
"""A run in parts, and by how much the share of good requests must differ between them (standard deviation of its
logarithm) to tell what it changes."""
FEWEST_ITERATIONS = 10.0
"""Of a part."""


def requests(timeline: Timeline) -> float:
    """How many requests one run of the script makes."""
    return _each(timeline, timeline.throughput)


def _each(timeline: Timeline, rate: Floats) -> float:
    """``rate`` (n,) per iteration. A ramp leaves iterations open at its end, with requests already counted: near a
    whole number, it is that number.
    """
    iteration = timeline.iteration_durations
    finished = float(np.nansum(iteration.counts)) if iteration is not None else 0.0
    ratio = float(np.nansum(rate)) * timeline.step / max(finished, 1.0)
    whole = max(1, round(ratio))
    return float(whole) if abs(ratio / whole - 1) < NEARLY_WHOLE else ratio


def good_requests(timeline: Timeline, ended: Floats) -> Floats:
    """Good requests in each of the ``ended`` (n,) iterations of a bin; shape (n,).

    A script makes a number of requests, of which a share is good; or, where it tries again what failed, a number of
    good ones, and the share tells only how often it had to.
    """
    if _tries_again(timeline, ended):
        return np.full(ended.shape, _each(timeline, timeline.goodput))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(timeline.throughput > 0, timeline.goodput / timeline.throughput, 0.0)
    return requests(timeline) * share


def _tries_again(timeline: Timeline, ended: Floats) -> bool:
    """Whether good requests per iteration stay what they are where the share of good ones falls: their elasticity to
    it, between parts of the run, is nearer to 0 than to 1.

    Iterations are counted as their requests are answered, those that ended and those that only think, or a ramp would
    look like a change.
    """
    seen = np.isfinite(timeline.vus) & np.isfinite(timeline.goodput) & np.isfinite(timeline.throughput + ended)
    if not seen.any() or ended[seen].sum() <= 0 or vus.may_idle(timeline):
        return False
    thinking = timeline.vus[seen] * _thinking(timeline)
    total, good, every = (
        np.concatenate([[0.0], np.cumsum(counts[seen])]) for counts in (ended, timeline.goodput, timeline.throughput)
    )
    marks = _parts(total)
    bins = np.arange(total.size)
    answered = total + np.concatenate([[0.0], thinking])
    answered, good, every = (np.diff(np.interp(marks, bins, upto)) for upto in (answered, good, every))
    known = (answered > 0) & (good > 0)
    if known.sum() < FEWEST_PARTS:
        return False
    share, each = np.log(good[known] / every[known]), np.log(good[known] / answered[known])
    off = share - share.mean()
    return bool(share.std() > VARIES and off @ each < 0.5 * (off @ off))


def _thinking(timeline: Timeline) -> float:
    """Of an iteration's time, the share in which it waits for no reply."""
    iteration, inside = timeline.iteration_durations, timeline.durations
    if iteration is None or inside is None or np.nansum(iteration.sums) <= 0:
        return 1.0
    return max(0.0, 1.0 - float(np.nansum(inside.sums)) / float(np.nansum(iteration.sums)))


def _parts(total: Floats) -> Floats:
    """Where the run is divided, in bins from its begin; ``total`` (n + 1,) iterations had ended by then.

    After as many iterations each, and after as many seconds each, so that light load has parts of its own; those with
    fewer than FEWEST_ITERATIONS are joined to the next.
    """
    by_count = np.interp(np.linspace(0.0, total[-1], PARTS + 1), total, np.arange(total.size))
    marks, upto = [0.0], 0.0
    for mark in np.union1d(by_count, np.linspace(0.0, total.size - 1, PARTS + 1)).tolist():
        count = float(np.interp(mark, np.arange(total.size), total))
        if count - upto >= FEWEST_ITERATIONS:
            marks.append(mark)
            upto = count
    return np.array(marks)
