"""Where an objective is lost as the load grows, and what is served there.

The share of good requests is asked of the load, not of the clock: bins are put in the order of the VUs (or of the rate
that was due) that they answer, and the share is taken to fall in that order. Goodput is then read at the ends of all
loads at which it may have passed the objective.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from rules import unloaded, vus
from rules.answer import Objective
from rules.phases import share_of_good
from rules.series import Floats
from rules.statistics.batch_means import NORMAL, student_t
from rules.statistics.crossing import DEVIANCE, course
from rules.statistics.dispersion import FREEDOM, pseudo_residuals, scatter
from rules.statistics.histogram import unsure_below
from rules.statistics.windows import Mask, width
from rules.timeline import Timeline

AFTER_A_FALL_SECONDS: Final = 30.0
"""After load has fallen a queue is left that this load would not make. All who wait in it are answered within one
response time, and under the loads at which an objective of seconds is lost that is no more than this."""
FELL: Final = 0.02
"""Of the load: a smaller fall leaves the queue of a load that is hardly another one, well within NEAR. Which share it
is matters little: from 0.01 to 0.05 no bound of 164 simulated runs changes (those of seeds 20,000 to 20,399)."""
CLEARLY: Final = 4.0
"""Standard errors by which an open load must fall in a step: by chance one bin in 30,000 does."""
NEAR: Final = 0.1
"""Goodput at a load is read off bins whose load differs by this share at most: of a ramp enough of them for a
mean, and goodput is nearly straight over them."""
NEAREST: Final = 12
"""Bins on one side of the crossing that tell how much shares scatter there: a queue makes them scatter ever more.
Twelve tell a variance with six degrees of freedom, and pushes of 5 s a minute of the run."""
FEWEST: Final = 3
"""A value beside the line through its neighbours takes three, and so does a line that has an error."""
FREEDOM_AT_LEAST: Final = 4
"""Of a dispersion, which is known to be 1 or more: of a few bins that show none, not everything is to be feared.
Student's t then doubles a variance."""
SOME_BAD: Final = 0.05
"""Of the variance of a share that just meets the objective: shares of 1 would else have none at all. Of 200 requests
and 95 % it is half a request, by which counts are corrected for continuity (Yates 1934). Its size matters little: from
0.01 to 0.2 other bounds come out for 6 of the same runs, and hold the truth as often."""
LEVEL: Final = 0.01
"""Loads that differ by less, as a share, are one, and no line goes through them. VUs are whole: of
100, one is a per cent."""


@dataclass(frozen=True, eq=False)
class Bins:
    """Bins of a run by rising load, shape (m,) each."""

    load: Floats
    """VUs, or requests/s that were due."""
    since: Floats
    """What it was one unloaded cycle before."""
    until: Floats
    """What it was one such cycle later, or when the last was answered, where that is more."""
    good: Floats
    """Good requests."""
    fewest_good: Floats
    """All that are sure to be: a bucket of a histogram does not tell how many of it are within the limit."""
    most_good: Floats
    """All that may be."""
    replies: Floats
    goodput: Floats
    """Requests/s."""

    @cached_property
    def scattered(self) -> Floats:
        """How far goodput is off the line between its neighbours, squared; (m - 2,), without the bins at both ends."""
        return pseudo_residuals(self.load, self.goodput, np.ones(self.load.size))[1:-1]


@dataclass(frozen=True)
class Place:
    """Goodput, requests/s, where the objective is lost: as likely as can be, and at 95 % at least and at most.

    ``low`` None: it may be lost at any load. ``value`` and ``high`` None: it may never be lost.
    """

    value: float | None
    low: float | None
    high: float | None
    load: float = np.nan
    """That of ``value``."""
    high_load: float = np.nan
    """That of ``high``."""
    leapt: bool = False
    """The load leapt to that of ``high``: VUs that come together go on to ask together, and lose an objective that they
    would keep apart."""


def by_load(timeline: Timeline, objective: Objective, last: int) -> Bins | None:
    """The bins up to ``last``, without those after a fall of the load.

    None where fewer than FEWEST are left, or k6 told no durations.
    """
    if timeline.expected_durations is None:
        return None
    replies = timeline.throughput * timeline.step
    share = share_of_good(timeline.expected_durations, replies, objective.latency_seconds, 1)
    load, since, until = _load(timeline)
    told = _steady(timeline) & np.isfinite(share) & np.isfinite(load) & np.isfinite(timeline.goodput) & (replies >= 1)
    told &= np.arange(told.size) <= min(last, told.size - 2)  # the last of all holds the end of the run
    told[told] &= ~_burst(load[told], since[told], until[told])
    order = np.flatnonzero(told)[np.argsort(load[told], kind="stable")]
    if order.size < FEWEST:
        return None
    every, spread = replies[order], timeline.expected_durations
    less, more = unsure_below(spread.lower, spread.upper, spread.buckets[order], objective.latency_seconds)
    good, known = share[order] * every, spread.counts[order]
    fewest, most = np.maximum(0.0, good - less * known), np.minimum(every, good + more * known)
    return Bins(load[order], since[order], until[order], good, fewest, most, every, timeline.goodput[order])


def place(bins: Bins, objective: float) -> Place:
    """Where the share of good requests passes ``objective``."""
    count = bins.load.size
    deviance, met = _deviance(bins, bins.good, objective)
    early, late = (
        deviance if np.array_equal(good, bins.good) else _deviance(bins, good, objective)[0]
        for good in (bins.fewest_good, bins.most_good)
    )
    fewest, most = int(np.argmax(early <= DEVIANCE)), count - int(np.argmax(late[::-1] <= DEVIANCE))
    least = _served(bins, bins.since[fewest - 1])[0] if fewest else 0.0
    low = least if least > 0 else None
    if met == count:
        return Place(None, low if fewest < count else float(bins.goodput.max()), None)
    edges = np.concatenate([bins.load[:1], bins.load, bins.load[-1:]])
    weight = np.where(deviance <= DEVIANCE, np.exp(-deviance / 2), 0.0) * np.diff(edges)
    middle = (edges[1:] + edges[:-1]) / 2
    load = float(weight @ middle / weight.sum()) if weight.sum() > 0 else float(bins.load[met])
    value = float(np.mean(_served(bins, load)))
    if most == count:
        return Place(value, low, None, load)
    leapt = bool(bins.load[most] > (1.0 + NEAR) * bins.load[max(0, most - 1)])
    return Place(value, low, _served(bins, bins.until[most])[1], load, float(bins.until[most]), leapt)


def _deviance(bins: Bins, good: Floats, objective: float) -> tuple[Floats, int]:
    """Of each place for the crossing, (m + 1,), with ``good`` as good requests; and how many of the first meet it."""
    found, count = course(good, bins.replies, objective), bins.load.size
    variances = np.maximum(found.share * (1.0 - found.share), SOME_BAD * objective * (1.0 - objective)) / bins.replies
    share = good / bins.replies
    before = _scatter(bins.load[: found.met], share[: found.met], variances[: found.met], slice(-NEAREST, None))
    after = _scatter(bins.load[found.met :], share[found.met :], variances[found.met :], slice(NEAREST))
    return found.deviance / np.where(np.arange(count + 1) <= found.met, before, after), found.met


def _scatter(load: Floats, share: Floats, variances: Floats, nearest: slice) -> float:
    """How many times as much as they should shares on one side of the crossing scatter, the ``nearest`` to it.

    From three bins on the same side at a time, lest the crossing itself be taken for scatter; and more where it is
    known from few, as Student's t is above the normal distribution (squared).
    """
    found = pseudo_residuals(load, share, variances)[1:-1][nearest]
    freedom = max(FREEDOM_AT_LEAST, int(FREEDOM * found.size))
    return max(1.0, float(found.mean()) if found.size else 1.0) * student_t(freedom) ** 2 / NORMAL**2


def _served(bins: Bins, load: float) -> tuple[float, float]:
    """Goodput at ``load``, from the straight line through the bins within NEAR of it: 95 % at least and at most."""
    near = np.abs(bins.load - load) <= NEAR * load
    around = np.argsort(np.abs(bins.load[1:-1] - load), kind="stable")[:NEAREST]
    noise = 2.0 * float(bins.scattered[around].mean()) ** 0.5
    if not near.any():
        value = float(np.interp(load, bins.load, bins.goodput))
        return value - noise, value + noise
    loads, rates = bins.load[near], bins.goodput[near]
    value, error = float(rates.mean()), noise / near.sum() ** 0.5
    spread = float(np.square(loads - loads.mean()).sum())
    if near.sum() >= FEWEST and np.ptp(loads) > LEVEL * load:
        beside = float(np.clip(load, loads[0], loads[-1]) - loads.mean())
        value += max(0.0, float((loads - loads.mean()) @ (rates - value)) / spread) * beside
        error = float(np.hypot(error, noise * beside / spread**0.5))
    return value - error, value + error


def _load(timeline: Timeline) -> tuple[Floats, Floats, Floats]:
    """The load that is answered in each bin, and those of one unloaded cycle before and after; shape (n,) each.

    A VU that has just come asks at once, and again a cycle later: in a ramp a bin's requests are those of a load that
    lies between these. They may also have waited for those who came until they were answered. Requests that come by
    the clock are a load that nothing delays.
    """
    if vus.may_idle(timeline):
        due = vus.offered(timeline)
        return due, due, due
    cycle, flank = unloaded.baseline_cycle(timeline) or timeline.step, timeline.step / 2
    now, since, until, begin, end = (vus.when_sent(timeline, later) for later in (0.0, -cycle, cycle, -flank, flank))
    since = np.minimum(since, np.where(begin * (1.0 + NEAR) < now, begin, now))  # a leap within the bin itself
    until = np.maximum(until, np.where(end > (1.0 + NEAR) * now, end, now))
    return now, np.minimum(now, since), np.fmax(until, timeline.vus)


def _burst(load: Floats, since: Floats, until: Floats) -> Mask:
    """Bins in which VUs that came all at once also ask all at once, where the same load was seen without that too.

    Shape (k,), as ``load`` and what it was before and after.
    """
    came = (load > (1.0 + NEAR) * since) | (until > (1.0 + NEAR) * load)
    calm = np.sort(load[~came])
    if not calm.size:
        return np.zeros_like(came)
    after = np.searchsorted(calm, (1.0 - LEVEL) * load)
    return np.asarray(came & (calm[np.minimum(after, calm.size - 1)] <= (1.0 + LEVEL) * load) & (after < calm.size))


def _steady(timeline: Timeline) -> Mask:
    """Bins before which the load did not fall within AFTER_A_FALL_SECONDS; shape (n,).

    VUs are planned, and each fall is meant. What was due of an open load varies by chance, and so do the VUs at work,
    which fall in every other bin: there only a step down counts. A slow fall leaves no bin out: while a queue drains,
    what is answered of it is the load.
    """
    fell = _stepped_down(vus.offered(timeline)) if vus.may_idle(timeline) else vus.fell(timeline, FELL)
    after = np.ones(width(AFTER_A_FALL_SECONDS, timeline.step))
    return np.asarray(np.convolve(fell, after, mode="full")[: fell.size] == 0)


def _stepped_down(due: Floats) -> Mask:
    """Bins with less load than the one before, by more than FELL and than chance and a slope make of it; shape (n,)."""
    limit = np.fmax(FELL * due[:-1], CLEARLY * 2**0.5 * scatter(due))
    with np.errstate(invalid="ignore"):
        return np.concatenate([[False], np.diff(due) < -limit])
