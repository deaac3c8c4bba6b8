"""Rule: where does goodput stop rising while VUs still rise? That plateau is the maximum throughput."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rules import deficit, mix, part_marks, plateau, quotas, vus
from rules.answer import Event, Interval, Knee, Objective
from rules.finding import Finding, Outcome, Verdict
from rules.plateau import Plateau
from rules.regimes import after_peak, changes, regimes
from rules.signals.load import GOODPUT
from rules.sustained import SUSTAINED_SECONDS, best_sustained, surely_sustained
from rules.timeline import Timeline
from rules.wording import between, moment, number, seconds, whole

RULE = "throughput"
ROSE = 1.2
"""Load that varies by less is constant: goodput that stood still meanwhile would not be short of it (1/0.85)."""
MORE_ELSEWHERE = 1.05
"""Times the plateau: so much sustained without a queue at more load, or at as much, and it was no limit."""
AS_MUCH = 0.95
"""Of the load on the plateau: what is less by no more is as much, as it is of goodput."""
STILL_RISING = 0.5
"""Goodput that gains more than half of what VUs gain, within the stretch taken for a plateau, is still rising."""
LEAPT = (
    "For moments more was served, at fewer VUs, which the load leapt over. "
    "Hold fewer of them: what is sustained there may be more."
)
UNEVEN = 0.01
"""What evening the mix of requests changes by less is not worth a word."""
HOLD_IT = "Hold such a load for longer: a longer run (--duration), or one that gets there sooner."
RISE = "Begin with few VUs, or a low rate, and let the load rise: only that shows what it makes without a queue."
HIGHER_RATE = "Run again with a higher rate of arrivals, and with VUs enough for it (maxVUs)."
SERVED = "all that was due was served, though replies took longer"
NOTHING_GOOD = "on what looks like a plateau no reply was good: that is no level it sustains"
BY_CHANCE = "goodput fell behind the VUs by no more than chance makes of so few requests"


@dataclass(frozen=True)
class Doubt:
    """Why there is no proof of a limit, and what would help; None for more load."""

    because: str
    advice: str | None = None


@lru_cache(maxsize=16)
def judge(timeline: Timeline, _objective: Objective) -> Finding:
    """``saturated`` with value, interval and knee, or ``not_saturated`` with "at least"."""
    timeline = quotas.evened(timeline)
    found, best = plateau.find(timeline), best_sustained(timeline)
    if not best:
        because = "no goodput, so nothing to find a limit of" if best == 0.0 else "no 30 s without a gap to judge"
        if np.isnan(timeline.goodput).all() and np.isfinite(timeline.throughput).any():
            because = "good and failed replies cannot be told apart, so there is no goodput"
        return Finding(rule=RULE, verdict=Outcome.UNKNOWN, because=because, query=GOODPUT.rate("1m"))
    doubt = _doubt(timeline, found)
    if found is None or doubt is not None:
        return _at_least(timeline, surely_sustained(timeline) or 0.0, doubt or _unreached(timeline))
    estimate = found.estimate
    first, last = (int(np.flatnonzero(found.bins)[i]) for i in (0, -1))
    knee = Knee(vus=math.ceil(found.knee_vus), time=moment(_reached(timeline, found)))
    at = [timeline.vus[found.bins].min(), timeline.vus[found.bins].max()]
    because = (
        f"goodput stayed at {number(estimate.value)}/s while VUs "
        + (f"rose from {at[0]:,.0f} to {at[1]:,.0f}" if at[1] > 1.05 * at[0] else f"stood at {at[1]:,.0f}")
        + f"; with no queue, {knee.vus:,} VUs would already make that much"
    )
    window = between(timeline, first, last)
    level = Interval(value=estimate.value, low=estimate.low, high=estimate.high)
    even = mix.evened(timeline)
    because += _uneven(timeline, even, found)
    levels = regimes(even, found)
    events = [
        *changes(levels),
        Event(rule=RULE, time=window.start, end=window.end, text=f"plateau: {number(estimate.value)} requests/s"),
        Event(rule="knee", time=knee.time, text=f"knee: {knee.vus:,} VUs"),
    ]
    return Finding(
        rule=RULE,
        verdict=Outcome.OK,
        concludes=Verdict.SATURATED,
        because=because,
        advice=LEAPT if found.leapt else None,
        measured=estimate.value,
        unit="requests/s",
        window=window,
        query=GOODPUT.rate("1m"),
        answers={
            "max_throughput": level,
            "knee": knee,
            "events": events,
            "after_peak": after_peak(even, found),
            "regimes": levels,
        },
    )


def _uneven(timeline: Timeline, even: Timeline, found: Plateau) -> str:
    """What a reader of k6's own figures should know of the number."""
    came, due = (float(np.nanmean(one.goodput[found.bins])) for one in (timeline, even))
    if abs(due / came - 1.0) < UNEVEN:
        return ""
    kind = "cheap" if due < came else "dear"
    return f"; as they came they were {number(came)}/s, more of the {kind} ones than the script's turns have"


def proven(timeline: Timeline) -> Plateau | None:
    """The plateau, where it is beyond doubt."""
    timeline = quotas.evened(timeline)
    found = plateau.find(timeline)
    return found if _doubt(timeline, found) is None else None


def _at_least(timeline: Timeline, low: float, doubt: Doubt) -> Finding:
    told = {"max_throughput": Interval(low=low)}
    return Finding(
        rule=RULE,
        verdict=Outcome.WARNING,
        concludes=Verdict.NOT_SATURATED,
        because=doubt.because,
        measured=low,
        unit="requests/s",
        window=whole(timeline),
        query=GOODPUT.rate("1m"),
        answers=told,
        advice=_advice(timeline, doubt),
    )


def _advice(timeline: Timeline, doubt: Doubt) -> str:
    """What it takes to go on; of a run that steered itself, what kept it from that."""
    steered = timeline.plan.parts if timeline.plan else ()
    if doubt.advice is not None and not steered:
        return doubt.advice
    return HIGHER_RATE if vus.may_idle(timeline) and not steered else part_marks.further(steered)


def _unreached(timeline: Timeline) -> Doubt:
    """Of a run in which no stretch is saturated."""
    if not _rose(timeline):
        return Doubt("the load never rose, so it is not known whether more of it would have made more", RISE)
    more, rose = ("the rate of arrivals", "it") if vus.may_idle(timeline) else ("the VUs", "they")
    return Doubt(f"goodput rose with {more}, as far as {rose} rose")  # which need not be the end of the run


def _rose(timeline: Timeline) -> bool:
    """Whether there was clearly more load at one time than at another; what is answered lasts as long as the load."""
    load = vus.offered(timeline) if vus.may_idle(timeline) else timeline.vus
    before = load[:-1][np.isfinite(load[:-1])]
    return bool(before.size) and bool(np.nanmax(load) >= ROSE * before.min())


@lru_cache(maxsize=16)
def _doubt(timeline: Timeline, found: Plateau | None) -> Doubt | None:
    """Why the stretch found is no proof of a limit; None where it is one."""
    if found is None:
        return None
    if found.estimate.value <= 0.0:
        return Doubt(NOTHING_GOOD)
    load = vus.load(timeline)
    if not _rose(timeline):
        return Doubt("the load never rose far enough to tell what it makes without a queue", RISE)
    length = found.seconds(timeline)
    if length < SUSTAINED_SECONDS:
        said = f"goodput stood still for only {seconds(length)}; a plateau is proven by {SUSTAINED_SECONDS:.0f} s"
        return Doubt(said, HOLD_IT)
    if not deficit.is_sure(timeline, found):
        return Doubt(BY_CHANCE)
    if vus.may_idle(timeline) and deficit.is_served(timeline, found):
        return Doubt(SERVED)
    usual, last = np.nanmedian(load[found.bins]), int(np.flatnonzero(found.bins)[-1])
    with np.errstate(invalid="ignore"):
        # Later, as the system warmed up or grew; at any time, if what has no queue may have had one from the beginning.
        as_much = (load >= AS_MUCH * usual) & ((np.arange(load.size) > last) | (not _less_made_less(timeline, found)))
        more = (load > usual) | as_much
    elsewhere = best_sustained(timeline, ~found.saturated & more)
    if elsewhere is not None and elsewhere > MORE_ELSEWHERE * float(np.mean(timeline.goodput[found.bins])):
        return Doubt(f"at as much load and without a queue the run sustained more, {number(elsewhere)}/s")
    if _rising(timeline, found):
        return Doubt("goodput was still rising with the VUs, only more slowly")
    return None


def _less_made_less(timeline: Timeline, found: Plateau) -> bool:
    """Whether less load was seen to make less: else what it makes without a queue was taken from a queue itself.

    Without iteration durations that is N/X, which the begin of a ramp bends: there only bins without a queue tell.
    """
    load, level = vus.load(timeline), found.estimate.value
    with np.errstate(invalid="ignore"):
        less = (load * ROSE <= np.nanmedian(load[found.bins])) & (timeline.goodput * ROSE <= level)
    less &= ~vus.over(timeline)
    return bool((less if timeline.iteration_durations is not None else less & ~found.saturated).any())


def _rising(timeline: Timeline, found: Plateau) -> bool:
    """Elasticity of goodput to load within the plateau, by halves of its load, beyond the noise of its mean."""
    good, load = timeline.goodput[found.bins], vus.load(timeline)[found.bins]
    upper = load > np.median(load)
    if not upper.any() or upper.all():
        return False
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing may have been served in one half
        more_load = np.log(load[upper].mean() / load[~upper].mean())
        more_good = np.log(good[upper].mean() / good[~upper].mean())
    noise = 2 * found.estimate.half_width / found.estimate.value
    return bool(more_load > 0.02 and more_good > STILL_RISING * more_load and more_good > noise)


def _reached(timeline: Timeline, found: Plateau) -> float:
    """Unix seconds at which the run first had the knee's VUs."""
    at_knee = np.flatnonzero(timeline.vus >= found.knee_vus)
    first = at_knee[0] if at_knee.size else np.flatnonzero(found.bins)[0]
    return float(timeline.times[first])
