"""The load generator's pulse: the time an iteration spends outside requests, ``iteration − Σ(blocked + duration)``.

It is the script's own work and sleep. A server's limit leaves it alone; a generator that is short of CPU lengthens even
a sleep. It needs nothing but k6's own metrics. A script that never sleeps has none: k6's want of CPU then lengthens the
requests alone, as a server's would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rules import growing, per_iteration, plateau, unloaded
from rules.series import Floats
from rules.statistics.batch_means import mean
from rules.statistics.trend import detrended
from rules.statistics.windows import Mask
from rules.timeline import Timeline
from rules.unsent import NO_REPLY

LIMIT: Final = 0.15
"""Of the lengthened cycle, how much may lie outside requests: 0.00 ± 0.02 when a server was the limit, 0.19 to 0.55
when k6 was (k6 1.1.0 and 1.8.1 pinned to one core)."""
STEADY: Final = 0.1
"""Below this the pulse proves the generator innocent though a core, or the machine it shares with the server, is busy.
A generator's own machine at its limit leaves "at least" all the same: k6's timings inflate there."""
DOUBLED: Final = 2.0
"""Times its light-load value: a pulse that is no longer STEADY and so long is a limit too. k6 beside other processes on
its one core had a share of 0.13, and sleeps four times as long; a random think time varies by a seventh."""
SURE: Final = 5.0
"""Standard errors of the share, for a limit: a run is looked at every few seconds, and its queue may be one of chance.
It was 9 and more where k6 was the limit for half a minute, 3 at most where it was not (seeds 20,000 to 23,000)."""
LIKELY: Final = 2.0
"""Standard errors by which the share must stay below its limit to be proof of innocence: 19 times in 20, or more."""
RISE = 0.05
"""A rise by less of the pulse is noise of the timers."""
FEWEST_ITERATIONS = 30.0
"""Under light load, to know what the pulse was before."""
CLOCKS = 0.01
"""Of a cycle: by so much the two clocks of k6 may differ; requests in parallel overlap by far more."""
LENGTHENED = 0.1
"""A cycle that grew by less shows no queue in it: fast failures, say, that hide one."""
NO_SLEEP = 0.001
"""Seconds outside requests that are the script's own work: k6 sleeps for no less."""
EASY_RATE = 2000.0
"""Requests/s that k6 makes with a part of a core: one core of it made 2,400 to 10,000 (k6 1.1.0 and 1.8.1, a GET with a
short reply)."""
TRANSPORT_ERRORS = 0.01
"""Above this share of requests without a reply the time outside requests is not the generator's alone."""
PATIENCE: Final = 60.0
"""Seconds that a script may sleep after a failure before it tries again: until the next window of a rate limiter."""
UNTOLD: Final = ""
"""Status of failures of which it was not kept: some of them may have had no reply."""
APART: Final = 0.5
"""Of the variance that sleeps after failures make: that of 25, which is what SURE asks for, is known to a fifth."""
MOST: Final = 0.5
"""Of the plateau: what fewer of its bins tell may be no longer true of the others."""


@dataclass(frozen=True)
class Pulse:
    """What became of the time outside requests, from light load to the plateau."""

    share: float
    """Of the cycle's growth, how much lies outside requests."""
    stretched: float
    """The time outside requests, in times of what it was at light load; 1 where there was none."""
    error: float = 0.0
    """The share's standard error."""

    @property
    def limit(self) -> bool:
        """Whether k6 was short of CPU, beyond chance."""
        lengthened = self.share > LIMIT or (self.share > STEADY and self.stretched > DOUBLED)
        return lengthened and self.share > SURE * self.error

    @property
    def overlaps(self) -> bool:
        """Whether requests grew by more than the cycle, beyond chance: they are in parallel (http.batch) under a sleep
        that was longer than their overlap without load.
        """
        return self.share < -max(LIMIT, SURE * self.error)

    @property
    def steady(self) -> bool:
        """Whether it was not, beyond doubt."""
        return self.share < STEADY and not self.uncertain

    @property
    def uncertain(self) -> bool:
        """Whether chance alone may have made it what it is, or may hide a limit."""
        return not self.limit and self.share + LIKELY * self.error > LIMIT


def measure(timeline: Timeline, found: plateau.Plateau) -> Pulse | None:
    """The pulse on the plateau; None where it cannot be told."""
    cycle, inside = growing.evened(timeline), timeline.durations
    if cycle is None or inside is None or timeline.iterations is None:
        return None
    replied = _replied(timeline)
    each = per_iteration.requests(timeline)
    response = inside.mean() + (timeline.blocked.mean() if timeline.blocked is not None else 0.0)
    light = ~found.saturated & np.isfinite(cycle.mean()) & np.isfinite(response) & _before(found) & replied
    if float(np.sum(cycle.counts[light])) < FEWEST_ITERATIONS:
        return None
    settled = light & unloaded.settled(timeline)
    known = float(np.sum(cycle.counts[settled])) >= FEWEST_ITERATIONS
    within = float(np.median((cycle.mean() - each * response)[light]))
    light = settled if known else light
    cycle0 = float(np.median(cycle.mean()[light]))
    if within < -CLOCKS * cycle0:  # requests in parallel (http.batch) take longer together than the iteration
        return None
    # An iteration ends its think time after its requests did: compare it with the replies of that moment.
    earlier = np.interp(timeline.times - within, timeline.times[np.isfinite(response)], response[np.isfinite(response)])
    outside = cycle.mean() - each * earlier
    outside0 = float(np.median(outside[light]))
    seen = found.bins & np.isfinite(outside)
    top = seen & replied
    if top.sum() < max(2, MOST * seen.sum()):
        return None
    growth = float(np.mean(cycle.mean()[top])) - cycle0
    rise = float(np.mean(outside[top])) - outside0
    if growth < LENGTHENED * cycle0:
        return None
    squared = _squared_error(timeline, each, top, float(np.mean(outside[top])))
    if known:
        squared += _squared_error(timeline, each, light, outside0)
    else:  # the shortest iterations alone have ended: they are off by about as much as iterations differ
        squared += float(np.mean(cycle.variance()[light]))
    pulse = Pulse(
        share=rise / growth if rise > RISE * outside0 else min(rise / growth, 0.0),
        stretched=1.0 + rise / outside0 if outside0 >= NO_SLEEP else 1.0,
        error=squared**0.5 / growth,
    )
    if pulse.overlaps or (pulse.limit and _slept(timeline, each, outside, light, top)):
        return None
    if pulse.limit and rise <= np.hypot(_noise(outside[light]), _noise(outside[top])):
        return None  # by chance: an iteration does not end in the bin in which its requests did
    sleeps = outside0 >= NO_SLEEP or float(np.nanmean(timeline.throughput[found.bins])) <= EASY_RATE
    return pulse if not pulse.uncertain and (sleeps or not pulse.steady) else None


def _slept(timeline: Timeline, each: float, outside: Floats, light: Mask, top: Mask) -> bool:
    """Whether sleeps after failures, of which the ``top`` has more, explain what lies ``outside`` requests there.

    Few then sleep long and the others as before, by the law of total variance: of p failures per iteration, at random
    among its ``each`` requests, a rise r makes r²·(1/p - 1/each). A k6 short of CPU lengthens all sleeps alike.
    """
    failed, ran = timeline.throughput - timeline.goodput, timeline.iterations
    if ran is None:
        return False
    counts = [[float(np.nansum(rate[bins])) * timeline.step for rate in (failed, ran)] for bins in (light, top)]
    (few, before), (many, after) = ((count, max(of, 1.0)) for count, of in counts)
    by_chance = SURE * float(np.hypot(few**0.5 / before, max(many, 1.0) ** 0.5 / after))
    least, most = float(np.median(outside[light])), float(np.mean(outside[top]))
    if most - least >= PATIENCE * (many / after - few / before - by_chance):
        return False
    scattered, apart = (_own_variance(timeline, each, outside, bins) for bins in (light, top))
    between = (most - least) ** 2 * (after / many - 1.0 / max(each, 1.0))
    longer = most / least if least >= NO_SLEEP else 1.0
    return 0.0 < between * APART <= apart - longer**2 * scattered


def _own_variance(timeline: Timeline, each: float, outside: Floats, bins: Mask) -> float:
    """By how much iterations in ``bins`` differ beyond their requests, within bins and about what rises; seconds²."""
    cycle, inside = timeline.iteration_durations, timeline.durations
    if cycle is None or inside is None:
        return 0.0
    within = np.maximum(cycle.variance() - each * np.nan_to_num(inside.variance()), 0.0)[bins]
    return float(np.average(within, weights=cycle.counts[bins]) + np.var(detrended(outside[bins])))


def _squared_error(timeline: Timeline, each: float, bins: Mask, outside: float) -> float:
    """Of the time outside requests in the mean of ``bins``, by how much durations within a bin differ; seconds².

    Where it lasts ``outside``, that much of a bin's replies belongs to iterations that end in the next one: only what
    requests in the same bin took cancels. What iterations differ by beyond their requests is the sleep's own.
    """
    cycle, inside = timeline.iteration_durations, timeline.durations
    if cycle is None or inside is None:
        return 0.0
    apart = min(1.0, max(0.0, outside) / timeline.step)
    requests = inside.variance()[bins]
    sleep: Floats = np.maximum(cycle.variance()[bins] - each * requests, 0.0) / cycle.counts[bins]
    replies = inside.counts[bins]  # none in a pause, while sleeps go on: there are no others then
    others = np.divide(2 * apart * each**2 * requests, replies, out=np.zeros(replies.size), where=replies > 0)
    return float(np.nansum(sleep + others)) / float(bins.sum()) ** 2


def _noise(outside: Floats) -> float:
    """Half-width of the 95 % interval of its mean, about whatever rises beneath it; 0 for fewer than two values."""
    return mean(detrended(outside)).half_width if outside.size > 1 else 0.0


def _before(found: plateau.Plateau) -> Mask:
    first = int(np.flatnonzero(found.regime)[0])  # a moment's queue before that does not end the light load
    return np.arange(found.saturated.size) < first


def _replied(timeline: Timeline) -> Mask:
    """Bins in which nearly all requests had a reply; shape (n,). Those that k6 gave up on come last, as it gave up."""
    none = np.zeros(timeline.throughput.shape)
    for status in (NO_REPLY, UNTOLD):
        none = none + timeline.failures_by_status.get(status, 0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(~(none > TRANSPORT_ERRORS * timeline.throughput))
