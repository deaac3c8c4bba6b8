"""How many requests an iteration of the script makes, and how many of them are good."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rules import vus
from rules.series import Floats
from rules.statistics.windows import Mask
from rules.timeline import Timeline

NEARLY_WHOLE = 0.1
"""Of a whole number: what iterations that are open at the end can make of it."""
PARTS, FEWEST_PARTS, VARIES = 20, 10, 0.03
"""A run in parts, and by how much the share of good requests must differ between them (standard deviation of its
logarithm) to tell what it changes."""
FEWEST_ITERATIONS, ENOUGH_ITERATIONS = 10.0, 100.0
"""Of a part; and of the parts that tell how many requests an iteration makes where the fewest fail, for in a part
some requests are of iterations that end in another."""


def requests(timeline: Timeline) -> float:
    """How many requests one run of the script makes."""
    return _each(timeline, timeline.throughput)


def _each(timeline: Timeline, rate: Floats) -> float:
    """``rate`` (n,) per iteration. A ramp leaves iterations open at its end, with requests already counted: near a
    whole number, it is that number.
    """
    finished = float(np.nansum(_counts(timeline)))
    return _whole(float(np.nansum(rate)) * timeline.step / max(finished, 1.0))


def _whole(ratio: float) -> float:
    whole = max(1, round(ratio))
    return float(whole) if abs(ratio / whole - 1) < NEARLY_WHOLE else ratio


def good_requests(timeline: Timeline, ended: Floats) -> Floats:
    """Good requests in each of the ``ended`` (n,) iterations of a bin; shape (n,).

    A script makes a number of requests, of which a share is good; or, where it tries again what failed, a number of
    good ones, and the share tells only how often it had to.
    """
    parts = _in_parts(timeline, ended)
    if parts is not None and parts.tries_again:
        return np.full(ended.shape, _each(timeline, timeline.goodput))
    with np.errstate(invalid="ignore", divide="ignore"):
        usual = np.nansum(timeline.goodput) / np.nansum(timeline.throughput)
        share = np.where(timeline.throughput > 0, timeline.goodput / timeline.throughput, usual)
    each = requests(timeline)
    if parts is not None and parts.varies:
        least = parts.least_fails
        by_itself = _whole(float(parts.every[least].sum() / parts.answered[least].sum()))
        # What is tried again only adds to what the script makes by itself: where there seems to be less, it is chance.
        each = by_itself if by_itself < (1 - NEARLY_WHOLE) * each else each
    return each * share


@lru_cache(maxsize=16)
def ended(timeline: Timeline) -> Floats:
    """Good requests/s of the iterations that ended, (n,); goodput where k6 does not tell of these.

    Who has just come asks at once, and who leaves does not ask again: while VUs rise these are fewer than those that
    are answered, and more while they fall.
    """
    counts = _counts(timeline)
    return counts * good_requests(timeline, counts) / timeline.step if np.nansum(counts) > 0 else timeline.goodput


def _counts(timeline: Timeline) -> Floats:
    """Iterations that ended in each bin, (n,); 0 where nothing tells of them."""
    if timeline.iteration_durations is not None:
        return timeline.iteration_durations.counts
    return np.zeros(timeline.vus.size) if timeline.iterations is None else timeline.iterations * timeline.step


@dataclass(frozen=True, eq=False)
class _Parts:
    """A run in parts: iterations whose requests were answered in each, these requests, and the good ones; (m,) each."""

    answered: Floats
    every: Floats
    good: Floats

    @property
    def share(self) -> Floats:
        return self.good / self.every

    @property
    def varies(self) -> bool:
        """Whether the share of good requests differs enough to tell what it changes."""
        return bool(np.log(self.share).std() > VARIES)

    @property
    def tries_again(self) -> bool:
        """Whether good requests per iteration stay what they are where requests per iteration change with the share of
        good ones, and are as many where the fewest fail. Else some are turned away, though others be tried again.
        """
        of_good, of_every = np.log(self.good / self.answered), np.log(self.every / self.answered)
        least = self.least_fails
        stays = self.good[least].sum() / self.answered[least].sum() / (self.good.sum() / self.answered.sum())
        return self.varies and bool(of_good.var() < of_every.var() and abs(stays - 1) < NEARLY_WHOLE)

    @property
    def least_fails(self) -> Mask:
        """The parts with the highest share of good requests, (m,): they show what the script makes by itself."""
        best = np.argsort(-self.share, kind="stable")
        enough = int(np.searchsorted(np.cumsum(self.answered[best]), ENOUGH_ITERATIONS))
        return np.asarray(self.share >= self.share[best[min(enough, best.size - 1)]] * (1 - VARIES))


def _in_parts(timeline: Timeline, ended: Floats) -> _Parts | None:
    """The run in parts; None where there are too few to tell.

    Iterations are counted as their requests are answered, those that ended and those that only think, or a ramp would
    look like a change.
    """
    seen = np.isfinite(timeline.vus) & np.isfinite(timeline.goodput) & np.isfinite(timeline.throughput + ended)
    if not seen.any() or ended[seen].sum() <= 0 or vus.may_idle(timeline):
        return None
    thinking = timeline.vus[seen] * _thinking(timeline)
    total, good, every = (
        np.concatenate([[0.0], np.cumsum(counts[seen])])
        for counts in (ended, timeline.goodput * timeline.step, timeline.throughput * timeline.step)
    )
    marks = _parts(total)
    bins = np.arange(total.size)
    answered = total + np.concatenate([thinking[:1], thinking])  # a run is seen from k6's first push on
    answered, good, every = (np.diff(np.interp(marks, bins, upto)) for upto in (answered, good, every))
    known = (answered > 0) & (good > 0)
    return _Parts(answered[known], every[known], good[known]) if known.sum() >= FEWEST_PARTS else None


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
    bins = np.arange(total.size)
    by_count = np.interp(np.linspace(0.0, total[-1], PARTS + 1), total, bins)
    both = np.union1d(by_count, np.linspace(0.0, total.size - 1, PARTS + 1))
    marks, upto = [0.0], 0.0
    for mark, count in zip(both.tolist(), np.interp(both, bins, total).tolist(), strict=True):
        if count - upto >= FEWEST_ITERATIONS:
            marks.append(mark)
            upto = count
    return np.array(marks)
