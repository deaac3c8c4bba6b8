"""Rule: how long did requests take, and what is the highest goodput that still meets the objective?"""

from __future__ import annotations

from typing import Literal

import numpy as np

from rules import plateau, slo_capacity, throughput, vus
from rules.answer import Event, Interval, Latency, Objective, SloCapacity
from rules.finding import Finding, Outcome
from rules.phases import phases, quantiles
from rules.plateau import Plateau
from rules.signals.latency import EXPECTED_DURATION
from rules.timeline import Timeline
from rules.wording import moment, number, seconds, share, whole

RULE = "latency"
ONLY_HELD = "up to where for good, only a rate that is held can tell"


def judge(timeline: Timeline, objective: Objective) -> Finding:
    """Latency before, at and after the knee, and the SLO capacity."""
    query = EXPECTED_DURATION.share_below(f"{objective.latency_seconds:g}", "1m")
    found, seen = throughput.proven(timeline), slo_capacity.windows(timeline, objective)
    if seen is None:
        return _unknown(timeline, query)
    known = bool(np.isfinite(seen.share).any())
    since = slo_capacity.lost_at(timeline, seen, objective)
    told = slo_capacity.capacity(timeline, found, seen, objective) if known else slo_capacity.Told(Interval())
    model: Literal["open", "closed"] = "open" if vus.may_idle(timeline) else "closed"
    level = told.interval
    capacity = SloCapacity(value=level.value, low=level.low, high=level.high, limits=objective, model=model)
    text = f"SLO lost: fewer than {share(objective.objective)} within {seconds(objective.latency_seconds)}"
    events = [Event(rule="slo", time=moment(since), text=text)] if since is not None else []
    lowest = float(np.nanmin(seen.share)) if known else None
    outcome = Outcome.OK if since is None and not told.lost else Outcome.WARNING
    return Finding(
        rule=RULE,
        verdict=outcome if known else Outcome.UNKNOWN,
        because=_sentence(capacity, known, told.lost, missed=since is not None),
        measured=lowest,
        limit=objective.objective,
        unit="ratio",
        window=whole(timeline),
        query=query,
        answers={"latency": _latency(timeline, found), "slo_capacity": capacity, "events": events},
    )


def _unknown(timeline: Timeline, query: str) -> Finding:
    because, advice = "not one reply was as expected, so there is no latency to speak of", None
    if not timeline.totals:
        because = "no HTTP request, so there is no latency to speak of"
    elif np.isnan(timeline.goodput).all():
        because = "good and failed replies cannot be told apart, so neither can their latencies"
    elif timeline.durations is None:
        because = "k6 sent no native histograms: its trend gauges are cumulative over the whole run"
        advice = "Set K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM=true (loadline run does)."
    return Finding(rule=RULE, verdict=Outcome.UNKNOWN, because=because, advice=advice, query=query)


def _sentence(told: SloCapacity, known: bool, lost: bool, missed: bool) -> str:
    """``lost``: as the load grew. ``missed``: for a while, whatever the load was."""
    promise = f"{share(told.limits.objective)} within {seconds(told.limits.latency_seconds)}"
    if not known:
        return "no stretch without a gap, so no share of good requests"
    if told.low is None:
        if told.high is None:
            return f"too little was seen to know under which load {promise}"
        return f"not even at light load is it sure that {promise}: below {number(told.high)} requests/s, if at all"
    if told.high is None and lost:
        least = f"at least {number(told.low)} requests/s"
        return f"{promise} up to {least}; then it was lost: too little was seen to know where"
    if told.high is None:
        to_the_end = f"{promise} to the end; the run did not go far enough to lose it"
        return f"{to_the_end}, but for a while that its load does not explain" if missed else to_the_end
    if told.value is None:
        between = f"{number(told.low)} and {number(told.high)} requests/s"
        unsure = "too little was seen near it" if told.model == "closed" else ONLY_HELD
        return f"{promise} up to somewhere between {between}: {unsure}"
    return f"{promise} up to {number(told.value)} requests/s"


def _latency(timeline: Timeline, found: Plateau | None) -> Latency:
    parts = phases(timeline, found)
    light = phases(timeline, plateau.find(timeline)).light_load  # also where there was a queue, but for too short
    return Latency(
        light_load=quantiles(timeline.expected_durations, light),
        at_knee=quantiles(timeline.expected_durations, parts.at_knee),
        at_end=quantiles(timeline.expected_durations, parts.at_end),
    )
