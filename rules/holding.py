"""One confirmation: does the objective hold while requests arrive at a constant rate, whatever became of those before?

Good is a request that is expected and within the limit, of all that were due: one that k6 had to drop, as all its VUs
were waiting for replies, is bad. A share that is high enough is not enough: the system must also answer as fast as
it is asked, or a queue grows that will lose the objective later.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Final, Literal

import numpy as np

from rules import vus
from rules.answer import Objective
from rules.phases import share_of_good
from rules.series import Floats
from rules.statistics.batch_means import Mean, mean
from rules.statistics.proportion import proportion
from rules.statistics.windows import Mask
from rules.timeline import Timeline

Outcome = Literal["held", "not_held", "undecided"]

SETTLING_SECONDS: Final = 10.0
"""Left out at the begin: connections are opened, and the server is idle."""
FEWEST_BINS: Final = 9
"""Three in a third."""
BEHIND: Final = 0.02
"""Of the requests that are due, so many may be unanswered at the end, beyond those that were at the begin."""
GROWTH: Final = 0.1
"""Of the latency limit: replies that take longer by less, from one third of a hold to the next, are no growth."""
OVERLOAD: Final = 0.01
"""A rate that is above the capacity by this share lengthens the queue by so many seconds a second."""


@dataclass(frozen=True, eq=False)
class Hold:
    """What a confirmation shows after it has settled. Rates are requests/s."""

    rate: float
    """That was to be held."""
    bins: Mask
    """Those judged, shape (n,)."""
    seconds: float
    """They are so long."""
    share: Mean
    """Of good requests among those that were due."""
    goodput: Mean
    answered: float
    """Replies, good or not, as a share of the rate."""
    dropped: float
    """Share of the due."""
    growth: float
    """Seconds by which the mean response time of the last third is above that of the middle one, where that is clear;
    else 0."""
    objective: float

    @property
    def outcome(self) -> Outcome:
        if self.share.high < self.objective:
            return "not_held"
        return "held" if self.share.low >= self.objective and self.keeps_up else "undecided"

    @property
    def keeps_up(self) -> bool:
        """Whether the system answers as fast as it is asked."""
        return self.answered >= 1.0 - BEHIND and self.growth == 0.0


def measure(
    timeline: Timeline, objective: Objective, rate: float | None = None, seconds: float | None = None
) -> Hold | None:
    """The confirmation ``timeline``, which was to hold ``rate`` for ``seconds``; None while it is too short to tell.

    Where nobody knows the rate it is what was due in most bins.
    """
    bins = judged(timeline, seconds)
    if bins.sum() < FEWEST_BINS or not _tells(timeline):
        return None
    due = vus.offered(timeline)
    rate = rate or float(np.median(due[bins]))
    resolved = due[bins] * timeline.step
    if not resolved.sum() > 0:
        return None
    share = proportion(good(timeline, objective)[bins], resolved)
    dropped = 0.0 if timeline.dropped_iterations is None else float(np.mean(timeline.dropped_iterations[bins])) / rate
    return Hold(
        rate=rate,
        bins=bins,
        seconds=float(bins.sum()) * timeline.step,
        share=share,
        goodput=mean(timeline.goodput[bins]),
        answered=float(np.mean(timeline.throughput[bins])) / rate,
        dropped=dropped,
        growth=_growth(timeline, bins, objective),
        objective=objective.objective,
    )


def judged(timeline: Timeline, seconds: float | None) -> Mask:
    """Bins that were seen, after the settling and before the arrivals ended; shape (n,)."""
    since = timeline.times - timeline.start
    known = np.isfinite(timeline.throughput) & np.isfinite(timeline.goodput)
    last = timeline.end - timeline.start - timeline.step  # the one in which k6 was stopped is not whole
    return known & (since > SETTLING_SECONDS) & (since < min(last, seconds or np.inf))


def good(timeline: Timeline, objective: Objective) -> Floats:
    """Good requests in each bin, shape (n,)."""
    replies = timeline.throughput * timeline.step
    if timeline.expected_durations is None:
        return 0.0 * replies
    share = share_of_good(timeline.expected_durations, replies, objective.latency_seconds, 1)
    return np.where(replies > 0, np.round(np.nan_to_num(share) * replies, 6), 0.0 * replies)


def waits(timeline: Timeline) -> Floats:
    """Mean seconds from the sending of a request to its reply, waiting for a connection included; shape (n,)."""
    if timeline.durations is None:
        return np.full(timeline.vus.size, np.nan)
    return timeline.durations.mean() + (0.0 if timeline.blocked is None else timeline.blocked.mean())


def _tells(timeline: Timeline) -> bool:
    """Whether k6 told how long replies took, of which there may be none; without native histograms it does not."""
    return timeline.durations is not None or not np.nansum(timeline.throughput) > 0


def _growth(timeline: Timeline, bins: Mask, objective: Objective) -> float:
    waited = waits(timeline)[bins]
    third = waited.size // 3
    middle, last = waited[third : 2 * third], waited[2 * third :]
    if min(np.isfinite(middle).sum(), np.isfinite(last).sum()) < 2:
        return 0.0
    before, after = mean(middle), mean(last)
    rise = after.value - before.value
    clear = rise > hypot(before.half_width, after.half_width)
    matters = rise > min(GROWTH * objective.latency_seconds, OVERLOAD * third * timeline.step)
    return rise if clear and matters else 0.0
