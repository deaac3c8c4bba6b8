"""Whether the highest goodput that a run sustained was lost again because more VUs came: retrograde systems.

Gunther, *Guerrilla Capacity Planning* (2007), chapter 4: where requests that wait make each other slower, throughput
has a peak and falls beyond it. Then the maximum is that peak, held for SUSTAINED_SECONDS.
"""

from __future__ import annotations

import numpy as np

from rules import vus
from rules.series import Floats
from rules.statistics.dispersion import scatter
from rules.statistics.levels import best_level
from rules.statistics.trend import falls, slope, steps_down
from rules.statistics.windows import Mask, sustained_mean, width
from rules.sustained import SUSTAINED_SECONDS, best_sustained, noise
from rules.timeline import Timeline

TOP_REGIME = 0.15
"""Wide on purpose: pauses, neighbours and noise belong to the mean; other regimes stay out."""
LOAD_KEPT = 0.95
"""Goodput that falls in time while VUs fall by more shows less load, no loss of capacity."""
CLEARLY_MORE = 1.05
"""Times the plateau, from where on an earlier peak is another level."""
LUCKY = 4.0
"""Standard errors by which the best of many short means may be above their mean."""
LIKELY = 2.0
"""Standard errors within which a slope may be another."""
HELD = 0.9
"""Of the most VUs: as good as those."""
FLANKS_MORE = 0.03
"""Of what is served there: less more than that would change no answer."""
REPLIES_FELL = 0.5
"""Of what goodput lost: replies of all kinds that fell by less show no server that got slower."""
STEP_SECONDS = 15.0
UNSTEADY = 0.05
"""So much may be lost from one STEP_SECONDS to the next for no reason."""
STEEPEST = 1.5
"""Relative loss of goodput per relative growth of VUs. Work that grows with the queue costs about 1; what falls off
faster fell for another reason: credits, a deployment, a neighbour."""


def retrograde(timeline: Timeline, bins: Mask, saturated: Mask) -> bool:
    """Whether goodput falls with time or with VUs within the best regime, evenly; or ever more beyond it.

    With VUs too, as load that goes down and up again meets its peak anew each time. A fall in one step is a change of
    the system, and its better level counts.
    """
    good = timeline.goodput
    sent = vus.when_sent(timeline)[bins]
    half = sent.size // 2
    if sent[half:].mean() >= LOAD_KEPT * sent[:half].mean() and _falls(good[bins], timeline.step):
        return True
    if vus.may_idle(timeline):
        return False
    # What is too low for the best regime is left out of it, and without it no fall is even.
    after = _beyond(timeline, bins, saturated)
    if _falls(good[bins | after], timeline.step):
        return True
    by_vus = np.flatnonzero(bins)[np.argsort(sent, kind="stable")]
    return _falls(good[by_vus], timeline.step) or _lost_beyond(timeline, bins, after)


def _falls(values: Floats, step: float) -> bool:
    """Whether ``values`` fall evenly; a fall in one step, to a level that can be told apart, is a change of system."""
    if not falls(values):
        return False
    return not steps_down(values) or best_level(values, width(SUSTAINED_SECONDS, step)) == slice(0, values.size)


def _lost_beyond(timeline: Timeline, bins: Mask, after: Mask) -> bool:
    """Whether what was saturated ``after`` them had clearly less than ``bins``, lost step by step as VUs rose."""
    last = int(np.flatnonzero(bins)[-1])
    level = float(np.mean(timeline.goodput[bins]))
    if (
        after.sum() < width(SUSTAINED_SECONDS, timeline.step)
        or float(np.mean(timeline.goodput[after])) >= (1 - TOP_REGIME) * level
    ):
        return False
    # From just before the last of them: where load went down and up again, what is lost on the way down is no loss.
    first = max(int(np.flatnonzero(bins)[0]), last - 2 * width(STEP_SECONDS, timeline.step))
    return _step_by_step(timeline, bins, first, int(np.flatnonzero(after)[-1]))


def _beyond(timeline: Timeline, bins: Mask, saturated: Mask) -> Mask:
    """What was saturated after ``bins`` at no fewer VUs."""
    users = vus.when_sent(timeline)
    enough = users >= LOAD_KEPT * np.median(users[bins])
    later = np.arange(saturated.size) > np.flatnonzero(bins)[-1]
    return np.asarray(saturated & enough & later & np.isfinite(timeline.goodput))


def peaked_before(timeline: Timeline, bins: Mask) -> bool:
    """Whether more was sustained at fewer VUs than in ``bins``, and was lost step by step as VUs rose.

    Such a peak may have no queue to be seen: each reply takes longer only because others wait.
    """
    first = int(np.flatnonzero(bins)[0])
    wide = width(SUSTAINED_SECONDS, timeline.step)
    before = sustained_mean(timeline.goodput, wide)[:first]
    if vus.may_idle(timeline) or not np.isfinite(before).any():
        return False
    top, level = int(np.nanargmax(before)), float(np.mean(timeline.goodput[bins]))
    by_chance = LUCKY * noise(np.where(bins, timeline.goodput, np.nan), wide)
    if before[top] < CLEARLY_MORE * level or before[top] - level < by_chance:
        return False
    if before[top] < (best_sustained(timeline, bins) or 0.0):
        return False  # where pauses are what lowers the mean, other half minutes have as much
    lost = slice(top + wide, max(first, top + wide))
    if timeline.vus[top] >= np.median(timeline.vus[bins]) or not _replies_fell(timeline, lost, before[top] - level):
        return False
    return _goes_on(timeline, bins, slice(top, top + wide)) and _step_by_step(timeline, bins, top, first + wide)


def _goes_on(timeline: Timeline, bins: Mask, peak: slice) -> bool:
    """Whether goodput in ``bins`` may fall with VUs half as much at least as it fell from the ``peak`` to there.

    Of work that grows with the queue each further VU costs more: what stays as it is while VUs rise lost none to them.
    """
    good, users = timeline.goodput[bins], np.log(vus.when_sent(timeline)[bins])
    grew = float(users.mean() - np.log(timeline.vus[peak]).mean())
    if good.size < 3 or np.ptp(users) == 0.0 or grew <= 0.0:
        return True
    each, error = slope(users, good / good.mean())
    return bool(each - LIKELY * error <= np.log(good.mean() / timeline.goodput[peak].mean()) / grew / 2)


def _replies_fell(timeline: Timeline, lost: slice, less: float) -> bool:
    """Whether replies of all kinds fell over ``lost`` too, where good ones became ``less``; or others took their place.

    A rate limiter lets more through while it has tokens that were saved up, and then turns away what comes too much: it
    answers no less than before. A server that gets slower does.
    """
    brief, wide = width(STEP_SECONDS, timeline.step), width(SUSTAINED_SECONDS, timeline.step)
    then = float(np.mean(timeline.throughput[lost.start - wide : lost.start]))
    every = sustained_mean(timeline.throughput[lost.start - brief : lost.stop + brief], brief)
    return not np.isfinite(every).any() or float(np.nanmin(every)) < then - REPLIES_FELL * less


def passed_twice(timeline: Timeline, regime: Mask) -> bool:
    """Whether more was served both on the way up to the most VUs of ``regime`` and on the way down from there.

    A load that leaps past a peak shows it for a moment only, which a burst may be (tokens that were saved up, workers
    that were idle). Nothing that changes in time makes one before and after; but what was served for moments was not
    sustained, and how much would be is not in the run.
    """
    if vus.may_idle(timeline):
        return False
    where = np.flatnonzero(regime)
    sent, good = vus.when_sent(timeline)[where], timeline.goodput[where]
    held = np.flatnonzero(sent >= HELD * sent.max())
    level, by_chance = float(good[held].mean()), LUCKY * scatter(good) * (1 + 1 / held.size) ** 0.5
    more = (good > level + max(by_chance, FLANKS_MORE * level)) & (good > good[held].max())
    return bool(more[: held[0]].any() and more[held[-1] + 1 :].any())


def _step_by_step(timeline: Timeline, bins: Mask, first: int, last: int) -> bool:
    """Whether goodput between two bins was never lost faster than VUs that slow each other down can explain.

    Over a gap what was before it is compared with what came after: a fall may lie in it.
    """
    wide = width(STEP_SECONDS, timeline.step)
    span = slice(first, last + 2 * wide)
    with np.errstate(divide="ignore", invalid="ignore"):
        good = np.log(sustained_mean(timeline.goodput[span], wide))
        users = np.log(sustained_mean(vus.when_sent(timeline)[span], wide))
    seen = np.flatnonzero(np.isfinite(good) & np.isfinite(users))
    later = np.searchsorted(seen, seen + wide)
    before, after = seen[later < seen.size], seen[later[later < seen.size]]
    lost, grew = good[after] - good[before], users[after] - users[before]
    by_chance = LUCKY * scatter(timeline.goodput[bins]) / float(np.mean(timeline.goodput[bins])) * (2 / wide) ** 0.5
    limit = -STEEPEST * np.maximum(grew, 0.0) - UNSTEADY - by_chance
    return lost.size > 0 and bool(np.all(lost > limit))
