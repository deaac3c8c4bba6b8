"""When a run may end: its answer is known, or it can only waste time. A pure function of what was seen so far.

Where the numbers are from, and how often the rule is wrong, is in docs/stopping.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules import generator, plateau, vus
from rules.answer import Answer, Objective
from rules.earlier import until
from rules.finding import Verdict
from rules.parts import Stop
from rules.statistics.windows import sustained_mean, width
from rules.throughput import proven
from rules.timeline import Timeline
from rules.wording import moment, number, seconds, share

WASTED_SECONDS = 30.0
"""So long nothing of use was seen, or the generator was the limit: no server that is slow to warm up, no noisy look."""
DEAD_SECONDS = 60.0
"""A server that did work is given so long to come back, as after a restart."""
FEWEST_REPLIES = 100.0
"""Of which none, or hardly one, is good: a server that answers one in ten does so by chance in one of 40 cases."""
NOW_SECONDS, LATELY_SECONDS = 10.0, 30.0
STABLE_SECONDS = (15.0, 30.0)
"""So long ago the answer must have been the same, within half of what is asked of its interval. Whoever looks again and
again until an interval is narrow stops when it is so by luck (Chow & Robbins 1965); and a stumble is soon over. No
longer than 30 s: of the 60 s of a plateau the first 30 prove it."""


@dataclass(frozen=True)
class Asked:
    """When an answer is good enough."""

    plateau_seconds: float = 60.0
    half_width: float = 0.02
    """Of the maximum throughput's interval, as a share of its value."""
    knee_multiple: float = 1.5
    """Load now over that at the knee; how it is counted is said at ``multiple``."""
    scaler_reaction: float | None = None
    """Seconds that whatever adds servers takes to do so; the plateau must last that long too. None is no scaler."""


def decide(timeline: Timeline, answer: Answer, asked: Asked = Asked()) -> Stop | None:  # frozen
    """Why the load may stop at the end of ``timeline``, to which ``answer`` is the answer; None is to go on."""
    if answer.verdict is Verdict.SATURATED:
        known = _known(timeline, answer, asked)
        if known is not None:
            return known
    if answer.verdict is Verdict.GENERATOR_LIMITED:
        return _limited(timeline, answer)
    return _failing(timeline, answer)


def multiple(timeline: Timeline, answer: Answer) -> float | None:
    """The load now over the load at the knee; None where there is no knee.

    In a closed loop that is VUs over VUs. In an open model VUs are no load: those at work follow the replies.
    There it is the requests that are due over those that are served, or the VUs held in an iteration over those that
    the knee would hold, whichever is more: by Little's law the latter is by how much a round got longer, and that is
    what VUs over VUs are in a closed loop too.
    """
    knee, top = answer.knee, answer.max_throughput.value
    if knee is None or not top:
        return None
    if not vus.may_idle(timeline):
        return _now(timeline, timeline.vus) / knee.vus
    due = _now(timeline, vus.offered(timeline)) / top
    held = 0.0 if timeline.iteration_durations is None else _now(timeline, vus.in_iterations(timeline)) / knee.vus
    return max(due, held)


def _known(timeline: Timeline, answer: Answer, asked: Asked) -> Stop | None:
    found, top, load = plateau.find(timeline), answer.max_throughput, multiple(timeline, answer)
    if found is None or load is None or top.value is None or top.low is None or top.high is None:
        return None
    lasted, half = _lasted(timeline, found), (top.high - top.low) / 2 / top.value
    enough = lasted >= max(asked.plateau_seconds, asked.scaler_reaction or 0.0)
    if not enough or half > asked.half_width or load < asked.knee_multiple or _suspicious(answer):
        return None
    if not all(_was(timeline, ago, top.value, asked.half_width / 2) for ago in STABLE_SECONDS):
        return None
    if found.falling and _regained(timeline, top.low):
        return None
    times = "the load it serves" if vus.may_idle(timeline) else "the knee's VUs"
    until_when = "at this size" if asked.scaler_reaction is None else f"for {_whole(asked.scaler_reaction)}"
    return Stop(
        reason="known",
        time=moment(timeline.end),
        because=f"{seconds(lasted)} of plateau, known to ±{share(half)} {until_when}, at {load:.1f} times {times}",
        plateau_seconds=lasted,
        half_width=half,
        knee_multiple=load,
    )


def _was(timeline: Timeline, ago: float, value: float, within: float) -> bool:
    """Whether the maximum was proven so many seconds ago, and ``value`` within that share of it."""
    before = proven(until(timeline, timeline.end - ago))
    return before is not None and abs(before.estimate.value / value - 1) <= within


def _regained(timeline: Timeline, level: float) -> bool:
    """Whether goodput was at ``level`` again just now: then no peak was passed, and the fall was a dip."""
    lately = timeline.goodput[-width(LATELY_SECONDS, timeline.step) :]
    means = sustained_mean(lately, width(NOW_SECONDS, timeline.step))
    return bool((means[np.isfinite(means)] >= level).any())


def _lasted(timeline: Timeline, found: plateau.Plateau) -> float:
    """Seconds without a break, of those that the estimate is taken from; of a peak, while more VUs made no more."""
    seen = found.seconds(timeline)
    return seen if found.falling else min(seen, float(found.bins.sum()) * timeline.step)


def _suspicious(answer: Answer) -> bool:
    """Nothing clears the generator, and something speaks against it, though it proves nothing."""
    told = answer.generator
    nearly = told.cpu_ratio is not None  # its CPU is known, and clears it not
    against = told.dropped_iterations or told.unsent_requests or told.shared_machine or nearly
    return told.verdict == "unknown" and bool(against)


def _limited(timeline: Timeline, answer: Answer) -> Stop | None:
    """It was the limit for long, not by one look: a plateau of its own, or work that it drops or cannot send."""
    found, told = plateau.find(timeline), answer.generator
    lasted = 0.0 if found is None else found.seconds(timeline)
    lacks = bool(told.dropped_iterations) and _lacks_vus(timeline)
    if lasted < WASTED_SECONDS and not lacks and not told.unsent_requests:
        return None
    because, others_alone = answer.because, bool(told.dropped_iterations) and not lacks
    if others_alone:  # VUs that it may still make excuse what it drops, and nothing else
        said = generator.beside_drops(timeline)
        if not said:
            return None
        because = f"the load generator was the limit: {said}"
    for ago in (WASTED_SECONDS / 2, WASTED_SECONDS):
        then = until(timeline, timeline.end - ago)
        limited = generator.judge(then, Objective()).concludes is Verdict.GENERATOR_LIMITED
        if not limited or (others_alone and not generator.beside_drops(then)):
            return None
    return Stop(
        reason="generator_limited", time=moment(timeline.end), because=f"for {seconds(WASTED_SECONDS)} {because}"
    )


def _lacks_vus(timeline: Timeline) -> bool:
    """Whether k6 drops iterations on and on, and has not had more VUs at work of late than ever before.

    One that it drops for want of a VU makes it make one, up to maxVUs: until then it is not known to have too few, and
    once it drops none it has enough.
    """
    bins = max(2, round(WASTED_SECONDS / timeline.step))
    before, lately = timeline.vus[:-bins], timeline.vus[-bins:]
    if timeline.dropped_iterations is None or not np.isfinite(before).any() or not np.isfinite(lately).any():
        return False
    halves = np.split(timeline.dropped_iterations[-bins:], [bins // 2])
    more = float(np.nanmax(lately)) > float(np.nanmax(before)) + vus.ONE_MORE
    return not more and all(np.nansum(half) > 0 for half in halves)


def _failing(timeline: Timeline, answer: Answer) -> Stop | None:
    """Nothing worked from the first reply on, or nothing has for long; what is not known is not held against it."""
    never = answer.verdict is Verdict.FAILING
    patience = WASTED_SECONDS if never else DEAD_SECONDS
    if never:
        since = int(np.argmax(timeline.throughput > 0))
    else:
        since = int(np.flatnonzero(np.append(True, timeline.goodput != 0))[-1])
    lasted = (timeline.vus.size - since) * timeline.step
    replies = float(np.nansum(timeline.throughput[since:])) * timeline.step
    if lasted < patience or replies < FEWEST_REPLIES:
        return None
    said = answer.because if never else f"none of the last {number(replies)} replies was good"
    return Stop(reason="failing", time=moment(timeline.end), because=f"for {seconds(lasted)}: {said}")


def _now(timeline: Timeline, values: np.ndarray) -> float:
    """The median of the last NOW_SECONDS that were seen; the last bin may hold the end of a push that is not whole."""
    seen = values[np.isfinite(values)][-max(2, round(NOW_SECONDS / timeline.step)) :]
    return float(np.median(seen)) if seen.size else 0.0


def _whole(value: float) -> str:
    """180 s as 3m, 90 s as 90s: the way it is asked for."""
    return f"{value / 60:.0f}m" if value % 60 == 0 else f"{value:.0f}s"
