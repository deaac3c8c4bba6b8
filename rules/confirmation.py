"""Rule: does the SLO capacity, read from VUs that wait for their replies, hold where requests arrive by the clock?

Each confirmation holds one rate (rules/holding.py). The highest one that held is the SLO capacity of the open model,
which is the one that users make, who come whether or not those before them were served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from rules import parts, slo_capacity, throughput
from rules.answer import Event, Interval, Objective, SloCapacity
from rules.finding import Finding, Outcome
from rules.generator_evidence import LARGER
from rules.hold_doubt import doubt
from rules.holding import Hold, measure
from rules.parts import Part
from rules.sharing import SHARED, shared
from rules.signals.latency import EXPECTED_DURATION
from rules.statistics.batch_means import Mean
from rules.timeline import Timeline
from rules.wording import moment, number, seconds, share, whole

RULE: Final = "confirmation"
HELD_SECONDS: Final = 50.0
"""After the settling, and so a minute in all."""
NEARLY: Final = 0.95
"""Of the planned time: k6 takes a moment to begin, and its last push to arrive."""

Said = Literal["held", "not_held", "undecided", "cannot_tell"]


@dataclass(frozen=True)
class Tried:
    """One confirmation and what is to be said of it; ``doubt`` says what the generator was short of."""

    timeline: Timeline
    hold: Hold
    said: Said
    doubt: str | None = None


def judge(timeline: Timeline, objective: Objective) -> Finding | None:
    """What the confirmations of the run say; None where it has none."""
    planned = [(hold, _part(timeline, hold)) for hold in timeline.holds]
    tried = [one for hold, part in planned if (one := look(hold, objective, part, _over(hold, part))) is not None]
    if not tried:
        return _too_little(timeline) if timeline.holds else None
    held = [one for one in tried if one.said == "held"]
    best = max(held, key=lambda one: one.hold.goodput.value, default=None)
    shown = best or tried[-1]
    return Finding(
        rule=RULE,
        verdict=_outcome(tried, best),
        because="; ".join([*(sentence(one, objective) for one in tried), *_sharing(tried)]),
        measured=shown.hold.share.value,
        limit=objective.objective,
        unit="ratio",
        advice=LARGER if any(one.said == "cannot_tell" for one in tried) else None,
        window=whole(shown.timeline),
        query=EXPECTED_DURATION.share_below(f"{objective.latency_seconds:g}", "1m"),
        answers=_answers(timeline, objective, tried, best),
    )


def look(timeline: Timeline, objective: Objective, part: Part | None, over: bool = True) -> Tried | None:
    """What the confirmation ``timeline`` says, which was to be ``part``; None where it is too short to say anything.

    What was decided while it ran stands, where all of it does not prove the contrary. ``over`` is whether it has had
    its time: what was undecided till then is lost if the system did not keep up.
    """
    hold = measure(timeline, objective, part.rate if part else None, part.seconds if part else None)
    if hold is None:
        return None
    decided = part.stop.reason if part and part.stop else None
    lost = hold.outcome == "not_held" or (hold.outcome == "undecided" and over and not hold.keeps_up)
    if hold.outcome != "not_held" and decided == "held":
        return Tried(timeline, hold, "held")
    if hold.outcome == "held" and (hold.seconds >= HELD_SECONDS):
        return Tried(timeline, hold, "held")
    if not lost and decided not in ("not_held", "failing", "generator_limited"):
        return Tried(timeline, hold, "undecided")
    lacking = doubt(timeline, hold, objective)
    if lacking is None and decided == "generator_limited" and part and part.stop:
        lacking = part.stop.because
    return Tried(timeline, hold, "cannot_tell" if lacking else "not_held", lacking)


def sentence(tried: Tried, objective: Objective) -> str:
    """What is to be said of one confirmation, with its figures."""
    hold, rate = tried.hold, f"{number(tried.hold.rate)} requests/s"
    figures = f"{_between(hold.share)} within {seconds(objective.latency_seconds)}"
    match tried.said:
        case "held":
            return f"{rate} held for {seconds(hold.seconds)}: {figures}"
        case "cannot_tell":
            return f"whether {rate} hold cannot be told, the load generator was the limit: {tried.doubt}"
        case "undecided":
            return f"whether {rate} hold is not decided after {seconds(hold.seconds)}: {figures}{_queue(hold)}"
    return f"{rate} did not hold: {figures}{_queue(hold)}"


def _too_little(timeline: Timeline) -> Finding:
    because = "a confirmation was too short, or has too many gaps, to tell"
    if all(one.durations is None for one in timeline.holds):
        because = "k6 told of no reply in a confirmation, or not how long it took"
    return Finding(rule=RULE, verdict=Outcome.UNKNOWN, because=because, window=whole(timeline.holds[-1]))


def _sharing(tried: Sequence[Tried]) -> list[str]:
    """What k6 takes of a machine, the server has not; that it is no doubt by itself is known from the ramp."""
    lost = [one for one in tried if one.said in ("not_held", "undecided")]
    return [SHARED] if any(shared(one.timeline) for one in lost) else []


def _queue(hold: Hold) -> str:
    told = []
    if hold.dropped > 0:
        told.append(f"{share(hold.dropped)} found no VU free")
    if hold.answered < 1.0 and not hold.keeps_up:
        told.append(f"{share(hold.answered)} of what was due was answered")
    if hold.growth:
        told.append(f"replies took {seconds(hold.growth)} longer in its last third than in the one before")
    return "".join(f", {one}" for one in told)


def _between(told: Mean) -> str:
    """With a decimal, as an objective is missed by one."""
    value, low, high = (f"{100 * one:.1f} %" for one in (told.value, told.low, told.high))
    return f"{value} ({low} to {high})"


def _part(timeline: Timeline, hold: Timeline) -> Part | None:
    """What ``hold`` was planned to be: of the confirmations the one that began nearest to it."""
    planned = [one for one in (timeline.plan.parts if timeline.plan else []) if parts.kind(one.name) == RULE]
    return min(planned, key=lambda one: abs(one.start.timestamp() - hold.start), default=None)


def _over(hold: Timeline, part: Part | None) -> bool:
    """Whether it had all its time; who ends it sooner says why, or is the user."""
    return part is None or part.seconds is None or hold.end - hold.start >= NEARLY * part.seconds


def _outcome(tried: Sequence[Tried], best: Tried | None) -> Outcome:
    if best is None and all(one.said in ("undecided", "cannot_tell") for one in tried):
        return Outcome.UNKNOWN
    return Outcome.OK if all(one.said == "held" for one in tried) else Outcome.WARNING


def _answers(timeline: Timeline, objective: Objective, tried: Sequence[Tried], best: Tried | None) -> dict[str, Any]:
    events = [
        Event(
            rule=RULE,
            time=moment(one.timeline.start),
            end=moment(one.timeline.end),
            text=f"confirmation: {sentence(one, objective)}",
        )
        for one in tried
    ]
    lost = [one.hold.rate for one in tried if one.said == "not_held"]
    if best is None and not lost:
        return {"events": events}
    goodput = best.hold.goodput if best else None
    above = [rate for rate in lost if goodput is None or rate > goodput.value]
    high = min(above) if above else _closed(timeline, objective).high
    level = SloCapacity(
        value=goodput.value if goodput else None,
        low=goodput.low if goodput else None,
        high=max(high, goodput.value) if goodput and high is not None else high,
        limits=objective,
        model="open",
    )
    return {"events": events, "slo_capacity": level}


def _closed(timeline: Timeline, objective: Objective) -> Interval:
    """The SLO capacity as VUs that wait for their replies found it."""
    seen = slo_capacity.windows(timeline, objective)
    if seen is None:
        return Interval()
    return slo_capacity.capacity(timeline, throughput.proven(timeline), seen, objective).interval
