"""Rule: which endpoint breaks first? Throughput, latency and failures of each request name."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from rules import plateau
from rules.answer import Endpoint, Event, Objective
from rules.finding import Finding, Outcome
from rules.names import REQUEST_NAME
from rules.phases import WINDOW_SECONDS, phases, quantiles, share_of_good
from rules.request_counts import counts, redirected, set_up
from rules.signals.failures import FAILED_BY_NAME
from rules.statistics.batch_means import mean
from rules.statistics.windows import sustained_mean, width
from rules.timeline import Requests, Timeline
from rules.wording import moment, whole

RULE = "endpoints"
MANY_NAMES = 200
"""Each is a dozen series in Prometheus; more than this is nearly always an id in the URL."""

FINAL_URL = "To count pages alone, give the script the address that the redirects lead to."


def judge(timeline: Timeline, objective: Objective) -> Finding:
    """One line for each request name, the one that lost the objective first, and a warning for URLs with ids."""
    told = [_endpoint(timeline, name, requests, objective) for name, requests in timeline.by_name.items()]
    lost = [(one.slo_lost, one.name) for one in told if one.slo_lost is not None]
    first = min(lost, default=None)
    because, advice, outcome = _sentence(timeline, first[1] if first else None)
    requests = counts(timeline)
    hops, left_out = redirected(requests), set_up(requests)
    if hops:
        advice = " ".join(part for part in (advice, FINAL_URL) if part)
        outcome = Outcome.WARNING
    events = [Event(rule=RULE, time=first[0], text=f"first to lose the objective: {first[1]}")] if first else []
    return Finding(
        rule=RULE,
        verdict=outcome,
        because="; ".join(part for part in (because, hops, left_out) if part),
        advice=advice,
        measured=float(timeline.names) if timeline.names else None,
        limit=MANY_NAMES,
        unit="request names",
        window=whole(timeline),
        query=FAILED_BY_NAME.rate("1m"),
        answers={"requests": requests, "endpoints": told, "events": events},
    )


def _sentence(timeline: Timeline, first: str | None) -> tuple[str, str | None, Outcome]:
    if timeline.names > MANY_NAMES:
        because = f"{timeline.names:,} request names, so most are one URL with an id in it; the busiest are listed"
        advice = f"Give them one name in the script: http.get(url, {{tags: {{{REQUEST_NAME}: '/boards/:id'}}}})."
        return because, advice, Outcome.WARNING
    if not timeline.totals:
        return "no HTTP request, so no endpoint", None, Outcome.UNKNOWN
    if timeline.names == 0:
        return (
            f"the tag {REQUEST_NAME} is missing, so endpoints cannot be told apart",
            None,
            Outcome.UNKNOWN,
        )
    if timeline.names == 1:
        return "one request name, so the answer is its own", None, Outcome.OK
    if first is None:
        return f"none of {timeline.names} request names lost the objective on its own", None, Outcome.OK
    return f"of {timeline.names} request names, {first} was the first to lose the objective", None, Outcome.WARNING


def _endpoint(timeline: Timeline, name: str, requests: Requests, objective: Objective) -> Endpoint:
    found = plateau.find(timeline)
    parts = phases(timeline, found)
    bins = found.bins if found else np.isfinite(requests.goodput)
    served = requests.goodput[bins]
    seen = np.isfinite(served)
    level = mean(served) if found and seen.sum() > 1 else None
    answered, good = float(np.nansum(requests.throughput)), float(np.nansum(requests.goodput))
    return Endpoint(
        name=name,
        requests=round(requests.total),
        goodput=float(served[seen].mean()) if seen.any() else None,
        low=max(0.0, level.low) if level else None,
        high=level.high if level else None,
        failure_ratio=max(0.0, 1 - good / answered) if answered > 0 else 0.0,
        light_load=quantiles(requests.expected_durations, parts.light_load),
        at_end=quantiles(requests.expected_durations, parts.at_end),
        slo_lost=_lost(timeline, requests, objective),
    )


def _lost(timeline: Timeline, requests: Requests, objective: Objective) -> datetime | None:
    """When the share of good requests of this name fell below the objective for good; None if it did not.

    Where nobody knows how long they took, that is when too many of them failed: those are not good in any time.
    """
    bins = width(WINDOW_SECONDS, timeline.step)
    if requests.expected_durations is None:
        good, every = (sustained_mean(rate, bins) for rate in (requests.goodput, requests.throughput))
        shares = np.divide(good, every, out=np.full(every.shape, np.nan), where=every > 0)
    else:
        replies = requests.throughput * timeline.step
        shares = share_of_good(requests.expected_durations, replies, objective.latency_seconds, bins)
    known = np.flatnonzero(np.isfinite(shares))
    if known.size == 0 or shares[known[-1]] >= objective.objective:
        return None
    met = np.flatnonzero(shares >= objective.objective)
    return moment(timeline.start + (int(met[-1]) + bins if met.size else 0) * timeline.step)
