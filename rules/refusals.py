"""What the plateau's failures say of the limit: a server that turns requests away names the reason by its status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rules.series import Floats
from rules.statistics.windows import Mask
from rules.timeline import Timeline
from rules.wording import seconds, share

SHARE: Final = 0.05
"""Of the replies on the plateau; fewer are an accident beside the limit, not the limit."""
MOST: Final = 0.5
"""Of the failures there; with less no single status speaks for them."""
FAST: Final = 0.5
"""A refusal that takes less than this share of a good reply's time was not worked on."""
HANG_SECONDS: Final = 1.0
"""No reply within less is a connection refused or reset; beyond, somebody waited."""

TOO_MANY: Final = "429"
"""Of HTTP (RFC 6585, 4): the client has sent too many requests in a given amount of time."""

RATE_LIMIT: Final = "rate limit"
QUEUE: Final = "queue"
HANG: Final = "hang"
CONNECTIONS: Final = "connections"


@dataclass(frozen=True)
class Refusal:
    """``resource`` as an answer names it; ``because`` and ``advice`` are sentences' parts."""

    resource: str
    because: str
    advice: str


def limited(timeline: Timeline) -> Floats:
    """Requests/s that a rate limiter turned away; shape (n,)."""
    return timeline.failures_by_status.get(TOO_MANY, np.zeros(timeline.throughput.shape))


def refusal(timeline: Timeline, plateau: Mask) -> Refusal | None:
    """What most failures among the ``plateau`` bins mean; None where they are few, mixed or say nothing."""
    replies = float(np.nansum(timeline.throughput[plateau]))
    failed = {status: float(np.nansum(rate[plateau])) for status, rate in timeline.failures_by_status.items()}
    if not failed or replies <= 0:
        return None
    status = max(failed, key=lambda one: failed[one])
    part = failed[status] / replies
    if part < SHARE or failed[status] < MOST * sum(failed.values()):
        return None
    return _meaning(status, share(part), *_mean_seconds(timeline, plateau))


def _meaning(status: str, part: str, good: float | None, bad: float | None) -> Refusal | None:
    took = f" after {seconds(bad)} on average" if bad is not None else ""
    if status == TOO_MANY:
        return Refusal(
            RATE_LIMIT,
            f"{part} of the requests on the plateau were answered 429{took}: a rate limit",
            "Raise the rate limit, or exempt the load generator, to learn what the system itself endures.",
        )
    if status == "503" and (bad is None or good is None or bad < FAST * good):
        why = "without being worked on: a full queue" if bad is not None and good is not None else "as by a full queue"
        return Refusal(
            QUEUE,
            f"{part} of the requests on the plateau were answered 503{took}, {why}",
            "Find what drains the queue: its workers, their pool of connections, or what is behind them.",
        )
    if status == "0" and (bad is None or bad >= HANG_SECONDS):
        return Refusal(
            HANG,
            f"{part} of the requests on the plateau had no reply{took}: the server hangs",
            "Look at the server's threads meanwhile: a deadlock, an empty pool, or a call without a time-out.",
        )
    if status == "0":
        return Refusal(
            CONNECTIONS,
            f"{part} of the requests on the plateau had no reply{took}: connections were refused or reset",
            "Look for limits on connections, at the server and at what stands before it, and for processes that die.",
        )
    return None


def _mean_seconds(timeline: Timeline, plateau: Mask) -> tuple[float | None, float | None]:
    """Mean duration of expected and of other replies on the plateau; None where unknown."""
    every, good = timeline.durations, timeline.expected_durations
    if every is None or good is None:
        return None, None
    sums, counts = (float(np.nansum(values[plateau])) for values in (good.sums, good.counts))
    all_sums, all_counts = (float(np.nansum(values[plateau])) for values in (every.sums, every.counts))
    if counts < 1 or all_counts - counts < 1:
        return None, None
    return sums / counts, max(0.0, all_sums - sums) / (all_counts - counts)
