"""Rule: did requests fail, when, and how? And did the system do useful work at all?"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rules import unsent
from rules.answer import Event, Failures, Objective
from rules.finding import Finding, Outcome, Verdict
from rules.peak import LUCKY
from rules.signals.failures import FAILED_BY_STATUS
from rules.statistics.windows import sustained_mean, width
from rules.sustained import SUSTAINED_SECONDS
from rules.timeline import Timeline
from rules.wording import moment, number, share, whole

RULE = "failures"
USEFUL_SHARE = 0.05
"""In no 30 s did 5 % of the replies succeed: that is no useful work. Over the whole run the share would misread a
hard rate limit, which answers far more 429s than requests it lets through."""


@lru_cache(maxsize=16)
def judge(timeline: Timeline, _objective: Objective) -> Finding:
    """``failing``, or how many requests failed and when the first did."""
    requests, failed = sum(timeline.totals.values()), sum(timeline.failed_totals.values())
    query = FAILED_BY_STATUS.rate("1m")
    if not requests or np.isnan(timeline.goodput).all():
        return Finding(
            rule=RULE,
            verdict=Outcome.UNKNOWN,
            because="no request whose success is known, so no failure rate",
            query=query,
        )
    ratio = failed / requests
    first = _first(timeline) if failed else None
    by_status = {status: round(count) for status, count in timeline.failed_totals.items() if count}
    events = [Event(rule=RULE, time=moment(first), text=_what(by_status))] if first is not None else []
    told = {
        "failures": Failures(
            count=round(failed),
            ratio=ratio,
            first=None if first is None else moment(first),
            by_status=by_status,
        ),
        "events": events,
    }
    seen, useful = _best_share(timeline)
    if useful < USEFUL_SHARE:
        least = f"{share(USEFUL_SHARE)} of requests"
        said = f"in no {SUSTAINED_SECONDS:.0f} s did {least} succeed{' but by chance' if seen >= USEFUL_SHARE else ''}"
        return Finding(
            rule=RULE,
            verdict=Outcome.FAILED,
            concludes=Verdict.FAILING,
            because=f"{said}: {_what(by_status)}",
            advice="Try one request by hand (curl -i URL): address, path, method, credentials?",
            measured=useful,
            limit=USEFUL_SHARE,
            unit="ratio",
            window=whole(timeline),
            query=query,
            answers=told,
        )
    said = f"{number(failed)} of {number(requests)} requests failed ({share(ratio)})"
    return Finding(
        rule=RULE,
        verdict=Outcome.WARNING if failed else Outcome.OK,
        because=f"{said}: {_what(by_status)}" if failed else f"none of {number(requests)} requests failed",
        measured=ratio,
        unit="ratio",
        window=whole(timeline),
        query=query,
        answers=told,
    )


def _what(by_status: dict[str, int]) -> str:
    named = {"0": "no reply", "": "status unknown"}
    parts = [f"{named.get(status, status)} ×{count:,}" for status, count in by_status.items()]
    return ", ".join(parts) or "no failure"


def _first(timeline: Timeline) -> float:
    """Start of the first bin with a failure, unix seconds; the run's start where it was before the first push."""
    total = np.zeros_like(timeline.vus)
    for rate in timeline.failures_by_status.values():
        total += np.nan_to_num(rate)
    hit = np.flatnonzero(total > 0)
    return timeline.start + (float(hit[0]) * timeline.step if hit.size else 0.0)


def _best_share(timeline: Timeline) -> tuple[float, float]:
    """The largest share of expected replies in any window, over the whole run where none is whole; and the same, where
    a window counts only if its share is above that of the run by more than chance makes of so few requests.

    Of the requests that were sent: those that never left the generator are not the system's failure.
    """
    bins = width(SUSTAINED_SECONDS, timeline.step)
    sent = timeline.throughput - unsent.rate(timeline)
    good, replies = (sustained_mean(x, bins) for x in (timeline.goodput, sent))
    seen = np.isfinite(replies) & (replies > 0)
    if not seen.any():
        requests, failed = sum(timeline.totals.values()), sum(timeline.failed_totals.values())
        alone = (requests - failed) / max(requests - float(np.nansum(unsent.rate(timeline))) * timeline.step, 1.0)
        return alone, alone
    both = np.isfinite(timeline.goodput) & np.isfinite(sent)
    usual = min(1.0, max(0.0, float(timeline.goodput[both].sum() / sent[both].sum())))
    shares = good[seen] / replies[seen]
    by_chance = LUCKY * np.sqrt(usual * (1.0 - usual) / (replies[seen] * bins * timeline.step))
    return float(shares.max()), float(np.where(shares > usual + by_chance, shares, usual).max())
