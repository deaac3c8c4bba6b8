"""Rule: how long did requests take, and what is the highest goodput that still meets the objective?"""

from __future__ import annotations

import numpy as np

from rules import plateau
from rules.answer import Event, Interval, Latency, Objective, SloCapacity
from rules.finding import Finding, Outcome
from rules.phases import WINDOW_SECONDS, phases, quantiles, share_of_good
from rules.plateau import Plateau
from rules.series import Floats
from rules.signals.latency import EXPECTED_DURATION
from rules.statistics.batch_means import mean
from rules.statistics.trend import detrended
from rules.statistics.windows import Mask, sustained_mean, width
from rules.timeline import Timeline
from rules.wording import moment, number, seconds, share, whole

RULE = "latency"


def judge(timeline: Timeline, objective: Objective) -> Finding:
    """Latency before, at and after the knee, and the SLO capacity."""
    query = EXPECTED_DURATION.share_below(f"{objective.latency_seconds:g}", "1m")
    if timeline.expected_durations is None:
        return _unknown(timeline, query)
    found = plateau.find(timeline)
    good_share = share_of_good(
        timeline.expected_durations, timeline.throughput * timeline.step, objective.latency_seconds, timeline.step
    )
    capacity, crossing, because = _capacity(timeline, found, good_share, objective)
    text = f"SLO lost: fewer than {share(objective.objective)} within {seconds(objective.latency_seconds)}"
    events = [Event(rule="slo", time=moment(crossing), text=text)] if crossing is not None else []
    known = bool(np.isfinite(good_share).any())
    lowest = float(np.nanmin(good_share)) if known else None
    outcome = Outcome.OK if crossing is None else Outcome.WARNING
    return Finding(
        rule=RULE,
        verdict=outcome if known else Outcome.UNKNOWN,
        because=because,
        measured=lowest,
        limit=objective.objective,
        unit="ratio",
        window=whole(timeline),
        query=query,
        answers={"latency": _latency(timeline, found), "slo_capacity": capacity, "events": events},
    )


def _unknown(timeline: Timeline, query: str) -> Finding:
    because, advice = "not one reply was as expected, so there is no latency to speak of", None
    if timeline.durations is None:
        because = "k6 sent no native histograms: its trend gauges are cumulative over the whole run"
        advice = "Set K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM=true (loadline run does)."
    return Finding(rule=RULE, verdict=Outcome.UNKNOWN, because=because, advice=advice, query=query)


def _capacity(
    timeline: Timeline, found: Plateau | None, good_share: Floats, objective: Objective
) -> tuple[SloCapacity, float | None, str]:
    """The SLO capacity, the unix second at which the objective was lost for good, and a sentence."""
    bins = width(WINDOW_SECONDS, timeline.step)
    rates = sustained_mean(timeline.goodput, bins)
    met = good_share >= objective.objective
    promise = f"{share(objective.objective)} within {seconds(objective.latency_seconds)}"
    if not np.isfinite(good_share).any():
        return SloCapacity(limits=objective), None, "no 30 s without a gap, so no share of good requests"
    if not met.any():
        return SloCapacity(limits=objective), timeline.start, f"not even at light load were {promise}"
    lost = not met[np.isfinite(good_share)][-1]
    last = int(np.flatnonzero(met)[-1])
    crossing = timeline.start + (last + bins) * timeline.step if lost else None
    level = _level(timeline, found, met, rates, last)
    told = SloCapacity(value=level.value, low=level.low, high=level.high, limits=objective)
    if not lost and found is None:
        return told, None, f"{promise} to the end; the run did not go far enough to lose it"
    at = number(level.value) if level.value is not None else f"at least {number(level.low or 0.0)}"
    return told, crossing, f"{promise} up to {at} requests/s"


def _level(timeline: Timeline, found: Plateau | None, met: Mask, rates: Floats, last: int) -> Interval:
    """Goodput where the objective was last met: the plateau's, or between that window and the next."""
    best = float(np.nanmax(rates[met]))
    if found is not None and found.saturated[last : last + width(WINDOW_SECONDS, timeline.step)].all():
        return Interval(value=found.estimate.value, low=found.estimate.low, high=found.estimate.high)
    if last + 1 >= met.size:
        return Interval(low=best)
    after = min(last + width(WINDOW_SECONDS, timeline.step), rates.size - 1)  # shares no bin with the last
    span = timeline.goodput[last : last + width(WINDOW_SECONDS, timeline.step) + 1]
    noise = mean(detrended(span)).half_width if np.isfinite(span).sum() > 2 else 0.0
    there = float(rates[last])
    following = float(rates[after]) if np.isfinite(rates[after]) else there
    low, high = min(there, following) - noise, max(there, following) + noise
    return Interval(value=(low + high) / 2, low=low, high=high)


def _latency(timeline: Timeline, found: Plateau | None) -> Latency:
    parts = phases(timeline, found)
    return Latency(
        light_load=quantiles(timeline.expected_durations, parts.light_load),
        at_knee=quantiles(timeline.expected_durations, parts.at_knee),
        at_end=quantiles(timeline.expected_durations, parts.at_end),
    )
