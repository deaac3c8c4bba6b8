"""Rule: may this run be judged at all? Length, gaps, restarts, and Little's law."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rules import vus
from rules.answer import Objective
from rules.arrivals import LITTLE_HIGH, LITTLE_LOW
from rules.finding import Finding, Outcome, Verdict
from rules.timeline import Timeline
from rules.wording import number, seconds, share, whole

RULE = "evidence"
SHORTEST_SECONDS = 40.0
"""Thirty seconds make a plateau "sustained"; some time before it must show what light load looks like."""
LARGEST_GAP_SHARE = 0.4
ONLY_HTTP = (
    "Requests of k6/http alone are counted: no WebSocket message, gRPC call or page of a browser is one. "
    "Does the script send any?"
)
ONE_TAG_EACH = (
    "Choose one by --selector, --from and --to; give each run its own --tag testid=…, and each k6 process of one run a "
    "tag of its own beside it (--tag instance_id=1)."
)


@lru_cache(maxsize=16)
def judge(timeline: Timeline, _objective: Objective) -> Finding:
    """Inconclusive, with each reason by name, where the data allow no judgement."""
    reasons = [(said, ONE_TAG_EACH) for said in timeline.conflicts] or [*_too_little(timeline), *_little(timeline)]
    if reasons:
        return Finding(
            rule=RULE,
            verdict=Outcome.FAILED,
            concludes=Verdict.INCONCLUSIVE,
            because="; ".join(reason for reason, _ in reasons),
            advice=" ".join(advice for _, advice in reasons),
            measured=_observed_seconds(timeline),
            limit=SHORTEST_SECONDS,
            unit="s",
            window=whole(timeline),
        )
    remarks = [*timeline.notes, *_gaps(timeline)]
    if timeline.resets:
        remarks.append(f"k6 was started again {len(timeline.resets)} times under the same labels")
    if timeline.deaths:
        remarks.append(f"{len(timeline.deaths)} of the k6 processes ended before the others")
    observed = _observed_seconds(timeline)
    said = f"{seconds(observed)} of samples, one push every {seconds(timeline.push_interval)}"
    return Finding(
        rule=RULE,
        verdict=Outcome.WARNING if remarks else Outcome.OK,
        because="; ".join([said, *remarks]),
        measured=observed,
        limit=SHORTEST_SECONDS,
        unit="s",
        window=whole(timeline),
    )


def _observed_seconds(timeline: Timeline) -> float:
    return float(np.isfinite(timeline.throughput).sum()) * timeline.step


def _too_little(timeline: Timeline) -> list[tuple[str, str]]:
    found = []
    observed, length = _observed_seconds(timeline), timeline.vus.size * timeline.step
    if not timeline.totals:
        found.append(("there is not one HTTP request in it", ONLY_HTTP))
    elif np.isnan(timeline.goodput).all() and timeline.notes:
        found.append((timeline.notes[0], "Leave expected_response in k6's --system-tags."))
    if length - observed > LARGEST_GAP_SHARE * max(length, timeline.step):
        found.append(
            (f"{share((length - observed) / length)} of it is gaps", "Look for remote-write errors in k6's log.")
        )
    elif observed < SHORTEST_SECONDS:
        found.append((f"it is too short: {seconds(observed)} of samples", _longer(timeline)))
    return found


def _longer(timeline: Timeline) -> str:
    if timeline.plan is not None and timeline.plan.ended == "interrupted":
        return "Let it go on to its end."
    if timeline.parts:  # it planned its own time, so --duration alone would be refused
        return "Say how much load to give, and for how long: --vus N --duration 2m, or more."
    return "Run it for two minutes or more (--duration 2m)."


def _gaps(timeline: Timeline) -> list[str]:
    lost = sum(gap.end - gap.start for gap in timeline.gaps)
    count = len(timeline.gaps)
    return [f"{count} {'gap' if count == 1 else 'gaps'} of {seconds(lost)} in all"] if count else []


def _little(timeline: Timeline) -> list[tuple[str, str]]:
    """N = X·(R + Z): the VU-seconds of finished iterations against the VU-seconds that ran (Little 1961)."""
    spent = timeline.iteration_durations
    if spent is None or timeline.iterations is None:
        return []
    both = np.isfinite(spent.sums) & np.isfinite(timeline.vus)
    ran = float(timeline.vus[both].sum()) * timeline.step
    count, finished = float(spent.counts[both].sum()), float(spent.sums[both].sum())
    if count < 100 or ran <= 0:
        return []
    open_at_end = float(timeline.vus[both][-1]) * finished / count  # each VU has one iteration unfinished
    low = finished / ran
    high = (finished + open_at_end) / ran
    if vus.may_idle(timeline):  # begun evenly, and counted once a second: each time one fewer than on average, at most
        high, low = np.inf, finished / (ran + float(both.sum()) * timeline.step)
    if high < LITTLE_LOW or low > LITTLE_HIGH:
        said = f"Little's law is broken: iterations account for {number(finished)} of {number(ran)} VU-seconds"
        return [(said, "Load that is not driven by VUs, or several k6 processes that write the same series?")]
    return []
