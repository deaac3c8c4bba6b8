"""What N VUs make while nothing queues, and how far below that a run stays.

Operational analysis (Denning & Buzen 1978): N users with a cycle of R0 + Z seconds make N/(R0 + Z) requests/s while
nothing queues. Where goodput stays clearly below that line, somebody waits or is turned away.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from rules import growing, per_iteration, refusals, vus
from rules.series import Floats
from rules.statistics import dispersion, histogram
from rules.statistics.windows import Mask, centred_mean, cost_per_unit, costs_in_turn, width
from rules.timeline import Timeline

SATURATED_BELOW = 0.85
"""Goodput below this share of N/(R0+Z) is a queue; the study in docs/estimator.md found 0.85 to separate best."""
SATURATED_SECONDS = 10.0
"""Two bins of 5 s: what one alone shows may be a pause, or replies that came in the next."""
N_OVER_X_SECONDS = 15.0
"""N/X needs windows so long that VUs who just started, all with a request at once, weigh little."""
SETTLED_DEVIATIONS = 3.0
"""Of a ramp's first iterations only the shortest have ended: most have after their mean and so many deviations. Of
memoryless ones these are 98 %, which, evened, last for 0.93 of the mean; of 95 % it would be less than
SATURATED_BELOW, and a light load would seem to wait."""
BURST = 3.0
"""Times the VUs that there were: of so many new ones, again only the shortest iterations have ended."""
STILL_UNLOADED = 1.5
"""Times the least cycle of all: beyond, those that are settled wait already, and the least one counts."""
LIGHT_REQUESTS = 100.0
"""First replies, to know which share of them is good, or no 429, before more of them are turned away."""
FELL = 0.05
"""Of the VUs: a smaller fall bends N/X by less than its windows' error."""
RELATIVE_ERROR = 0.04
"""Windows are long enough for their mean to be known about this well."""
WELL_KNOWN = 400.0
"""Requests whose mean is known within 5 % if they differ by as much as it, as of a Poisson process: for where nothing
tells how they differ."""
WINDOWS = (0.25, 1.0, 4.0)
"""Times as many requests in them at least: known half as well, so well, and twice as well."""
ROUNDS = 4
"""Longer windows are fewer, so it is less sure that they scatter too much: few rounds are needed."""


@lru_cache(maxsize=16)
def baseline_cycle(timeline: Timeline) -> float | None:
    """c0 = R0 + Z: VU-seconds per good request while nothing queues; None where no window holds enough.

    From k6's iteration durations where they are known, which a ramp does not bend; else from N over the good requests
    of iterations that ended, in windows of N_OVER_X_SECONDS or more.
    """
    iteration, open_load, left = growing.evened(timeline), vus.may_idle(timeline), beside_a_fall(timeline)
    ran: Floats = np.where(left, np.nan, timeline.vus) * timeline.step
    spent, requests, shortest = ran, per_iteration.ended(timeline) * timeline.step, N_OVER_X_SECONDS
    if iteration is not None and np.nansum(iteration.counts) > 0:
        about = 2 * width(growing.BEGUN_SECONDS / 2, timeline.step) + 1
        near = centred_mean(left.astype(float), about) > 0  # when iterations began is not known so closely
        spent, shortest = np.where(near & (not open_load), np.nan, iteration.sums), 0.0
    needed, deviation = _needed(timeline)
    with_open = _in_windows(ran, requests, needed, deviation, 1)  # with the time of iterations that have not ended
    if not open_load:  # that is judged by what is due, not by users who come back together
        longer = _as_they_scatter(spent, requests, needed)
        deviation = max(deviation, RELATIVE_ERROR * longer**0.5) if longer > needed else deviation
        needed = longer
    wide = width(shortest, timeline.step)
    cycles = _in_windows(spent, requests, needed, deviation, wide)
    if cycles.size == 0:
        return _mean_cycle(spent, requests) if open_load else None
    least = float(cycles.min())
    most = max(least, float(with_open.min())) if with_open.size else least
    settled = np.where(_settled(timeline, most), spent, np.nan)
    later = float(_in_windows(settled, requests, needed, deviation, wide).min(initial=np.inf))
    return later if later < max(STILL_UNLOADED * least, most / SATURATED_BELOW) else least


def _in_windows(spent: Floats, requests: Floats, needed: float, deviation: float, shortest: int) -> Floats:
    """The most that the mean cycle of each window is likely to be; shape (m,).

    ``deviation`` is the relative standard error of the cycle that one request tells. The least of m means is a lucky
    one, by up to √(2 ln m) standard errors: less in long windows, and only short ones are without a queue where the
    load was light for few requests. The m are those that may be without one.
    """
    cycles = []
    for times in WINDOWS:
        windows = cost_per_unit(spent, requests, times * needed, shortest)
        first, mean, made = (values[windows[1] > 0] for values in windows)  # nobody makes requests in no time
        unloaded = mean <= STILL_UNLOADED * mean.min(initial=np.inf)
        m = max(1.0, float((requests[first] / made)[unloaded].sum()))  # one begins in each bin, so that they overlap
        cycles.append(mean * (1.0 + np.sqrt(2.0 * np.log(m)) * deviation / np.sqrt(made)))
    return np.concatenate(cycles)


def _mean_cycle(spent: Floats, requests: Floats) -> float | None:
    """Of all requests, where they are too few to tell the least. Longer than unloaded, so no queue is taken for one.

    In an open load that will do: who is turned away tells of a limit without a cycle.
    """
    seen = np.isfinite(spent) & np.isfinite(requests)
    made = float(requests[seen].sum())
    return float(spent[seen].sum()) / made if made >= LIGHT_REQUESTS else None


def settled(timeline: Timeline) -> Mask:
    """Bins in which not only the shortest iterations have ended; shape (n,)."""
    cycle = baseline_cycle(timeline)
    return np.zeros(timeline.vus.shape, bool) if cycle is None else _settled(timeline, cycle)


def _settled(timeline: Timeline, cycle: float) -> Mask:
    """Bins before which no burst of VUs began for as long as most cycles take, nor the run; shape (n,)."""
    seen, seconds = np.isfinite(timeline.vus), cycle * (1.0 + SETTLED_DEVIATIONS * (cv_squared(timeline) or 0.0) ** 0.5)
    if not seen.any():
        return seen
    before = np.interp(timeline.times - seconds, timeline.times[seen], timeline.vus[seen], left=0.0)
    with np.errstate(invalid="ignore"):
        begun = timeline.times - timeline.start > seconds
        return np.asarray(begun & (before * BURST >= timeline.vus))


def beside_a_fall(timeline: Timeline) -> Mask:
    """Bins on either side of a fall of the VUs: their replies were asked for by more VUs than there are."""
    fell = vus.fell(timeline, FELL)
    return np.asarray(fell | np.concatenate([fell[1:], [False]]))


def _needed(timeline: Timeline) -> tuple[float, float]:
    """How many requests a window must hold for its mean cycle to be known to RELATIVE_ERROR; and the relative standard
    error of one. The k requests of an iteration tell one cycle.
    """
    spread = cv_squared(timeline)
    if spread is None:
        return WELL_KNOWN, 1.0
    each = 1.0 if timeline.iteration_durations is None else per_iteration.requests(timeline)
    return float(np.clip(spread * each / RELATIVE_ERROR**2, 100.0, 5000.0)), float(np.sqrt(spread * each))


def _as_they_scatter(spent: Floats, requests: Floats, needed: float) -> float:
    """So many requests as a window must hold where cycles are not independent of each other.

    Users who act as one, or who wait for the same thing, make means that scatter more than the number of requests
    tells. Windows without a queue are known by no more than STILL_UNLOADED times the least.
    """
    for _ in range(ROUNDS):
        means = costs_in_turn(spent, requests, needed)
        means[means <= 0] = np.nan
        if not np.isfinite(means).any():
            break
        means[means > STILL_UNLOADED * np.nanmin(means)] = np.nan
        known = np.full(means.size, (RELATIVE_ERROR * np.nanmean(means)) ** 2)
        more = dispersion.at_least(dispersion.pseudo_residuals(np.arange(float(means.size)), means, known))
        if more <= 1.0:
            break
        needed *= more
    return needed


@lru_cache(maxsize=16)
def cv_squared(timeline: Timeline) -> float | None:
    """Squared coefficient of variation of a cycle under light load; None where no distribution is known."""
    spread = timeline.iteration_durations or timeline.durations
    if spread is None or spread.upper.size == 0:
        return None
    early = np.nancumsum(spread.counts) <= max(WELL_KNOWN, 0.1 * float(np.nansum(spread.counts)))
    counts = np.nansum(spread.buckets[early], axis=0)
    if counts.sum() < 2:
        return None
    average, variance = histogram.moments(spread.lower, spread.upper, counts)
    return float(variance / average**2) if average > 0 else None


def load_ratio(timeline: Timeline) -> Floats:
    """Goodput over what N VUs would make with no queue, as a mean over SATURATED_SECONDS. Shape (n,)."""
    return centred_mean(ratio(timeline), width(SATURATED_SECONDS, timeline.step)) + 0 * timeline.vus


def ratio(timeline: Timeline) -> Floats:
    """The same bin by bin, with N taken when the replies' requests were sent; in an open load, VUs in an iteration."""
    cycle = baseline_cycle(timeline)
    good = timeline.goodput
    if cycle is None:
        return np.full(good.shape, np.nan)
    if not vus.may_idle(timeline):
        good = np.where(beside_a_fall(timeline), per_iteration.ended(timeline), good)
    n = _at_work(timeline)
    with np.errstate(invalid="ignore", divide="ignore"):
        made = np.where(n >= 1, good * cycle / n, np.nan)
    return np.fmin(made, kept(timeline))


def expected(timeline: Timeline) -> Floats:
    """The goodput that would make that ratio 1, requests/s; NaN where no VU is at work. Shape (n,)."""
    cycle = baseline_cycle(timeline)
    n = _at_work(timeline)
    with np.errstate(invalid="ignore", divide="ignore"):
        makes = np.where(n >= 1, n / (cycle or np.nan), np.nan)
        return np.fmax(makes, timeline.goodput / kept(timeline))


def _at_work(timeline: Timeline) -> Floats:
    return vus.in_iterations(timeline) if vus.may_idle(timeline) else vus.when_sent(timeline)


def kept(timeline: Timeline) -> Floats:
    """The share of what came that was not turned away, over that at light load; shape (n,). NaN where none was.

    Who is turned away at once holds no VU, so in an open load only the replies tell of them. VUs that wait in a closed
    loop tell more than failures, which may have another reason; but 429 says that more came than may.
    """
    if vus.may_idle(timeline):
        return accepted(timeline)
    limited = refusals.limited(timeline)
    return np.where(limited > 0, accepted(replace(timeline, goodput=timeline.throughput - limited)), np.nan)


def accepted(timeline: Timeline) -> Floats:
    """The share of good replies, over the share at light load; shape (n,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(timeline.throughput > 0, timeline.goodput / timeline.throughput, np.nan)
    return np.asarray(share / light_share(timeline))


def light_share(timeline: Timeline) -> float:
    """The share of good replies at light load: in the first bins that hold LIGHT_REQUESTS; NaN where none do."""
    good, every = np.nancumsum(timeline.goodput), np.nancumsum(timeline.throughput)
    enough = np.flatnonzero(every * timeline.step >= LIGHT_REQUESTS)
    return float(good[enough[0]] / every[enough[0]]) if enough.size and good[enough[0]] > 0 else np.nan
