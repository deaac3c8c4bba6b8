"""What a run's requests were, beside pages: hops of redirects, and what setup() and teardown() sent.

k6 follows redirects by itself (``maxRedirects``, 10 unless the script says otherwise) and counts each hop as a request,
expected, under the name of its own URL or the one name that the script gave. Goodput keeps them: each is a request that
the system had to serve, and no tag tells a hop that was followed from a redirect that was the reply asked for.
"""

from __future__ import annotations

from typing import Final

from rules import per_iteration
from rules.answer import RequestCounts
from rules.timeline import Timeline
from rules.wording import number, share

REDIRECTS: Final = ("301", "302", "303", "307", "308")
"""RFC 9110, 15.4: those with a Location that clients follow by themselves."""
WORTH_TELLING: Final = 0.01
"""Of the requests."""


def counts(timeline: Timeline) -> RequestCounts | None:
    """The counts of the whole run; None where it has no request."""
    total = sum(timeline.totals.values())
    if not total:
        return None
    hops = sum(timeline.totals.get(status, 0.0) - timeline.failed_totals.get(status, 0.0) for status in REDIRECTS)
    return RequestCounts(
        count=round(total),
        per_iteration=None if timeline.iteration_durations is None else per_iteration.requests(timeline),
        redirects=None if set(timeline.totals) == {""} else round(hops),
        setup=round(timeline.setup_requests),
    )


def redirected(told: RequestCounts | None) -> str | None:
    """That redirects are counted, where they are more than a few."""
    if told is None or not told.redirects or told.redirects < WORTH_TELLING * told.count:
        return None
    part = told.redirects / told.count
    of_them = f"{number(told.redirects)} of {number(told.count)} requests were redirects ({share(part)})"
    return f"{of_them}, and goodput counts each hop: without them it is {share(1 - part)} of that"


def set_up(told: RequestCounts | None) -> str | None:
    """That requests were left out."""
    if told is None or not told.setup:
        return None
    requests = "1 request" if told.setup == 1 else f"{number(told.setup)} requests"
    return f"{requests} of setup() and teardown() are left out, as they are no load"
