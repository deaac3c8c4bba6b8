"""Rule: was the load generator the limit?

First its pulse (rules/pulse.py), which needs no host metric and is proof either way; then what its machine and k6 had
in use, and what k6 could not send, start or make (rules/generator_evidence.py). Where it was the limit, what was
measured is its own rate, and the system's capacity is "at least" that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np

from rules import plateau, pulse, refusals, unloaded, unsent, vus
from rules.answer import Event, Generator, Objective
from rules.finding import Finding, Outcome, Verdict
from rules.generator_evidence import CPU_LIMIT, SERVER_TOO, Limit, Measured, known, limits, remarks
from rules.generator_usage import Usage, usage
from rules.planned import shortfall
from rules.proof import PROVE_IT
from rules.sharing import SHARED, shared
from rules.signals.host import GENERATOR, cpu_ratio
from rules.statistics.windows import Mask
from rules.timeline import Timeline
from rules.wording import moment, whole

RULE = "generator"


@lru_cache(maxsize=16)
def judge(timeline: Timeline, _objective: Objective) -> Finding:
    """``generator_limited`` where the pulse, what was in use, or what was not sent, started or made says so."""
    found, bins = _looked_at(timeline)
    seen = _measured(timeline, found, bins)
    against, for_it, beside = list(limits(seen)), list(known(seen)), list(remarks(seen))
    said = _said(against)
    return Finding(
        rule=RULE,
        verdict=_outcome(against, for_it, beside),
        concludes=Verdict.GENERATOR_LIMITED if against else None,
        because=_sentence(said, for_it, beside, timeline, seen.usage.cpu is not None),
        advice=_advice(against, for_it),
        measured=_cpu(seen.usage) if seen.pulse is None else seen.pulse.share,
        limit=CPU_LIMIT if seen.pulse is None else pulse.LIMIT,
        unit="ratio",
        window=whole(timeline),
        query=cpu_ratio("1m", GENERATOR),
        answers={
            "generator": _answer(timeline, seen, "limited" if against else "ok" if for_it else "unknown"),
            "events": [Event(rule=RULE, time=moment(_first(timeline, bins)), text=said)] if against else [],
        },
    )


def beside_drops(timeline: Timeline) -> str:
    """What says that the generator was the limit, dropped iterations aside; empty where nothing else does."""
    seen = _measured(timeline, *_looked_at(timeline))
    return _said(list(limits(replace(seen, dropped=None))))


def _looked_at(timeline: Timeline) -> tuple[plateau.Plateau | None, Mask]:
    """The plateau, and its bins; without one those of the run in which it would be."""
    found = plateau.find(timeline)
    return found, found.bins if found else _last_third(timeline)


def _said(against: Sequence[Limit]) -> str:
    return "; ".join(limit.because for limit in against)


def _measured(timeline: Timeline, found: plateau.Plateau | None, bins: Mask) -> Measured:
    turned_away = found is not None and _turned_away(timeline, bins)
    return Measured(
        pulse=_pulse(timeline, found),
        usage=usage(timeline, bins),
        dropped=0.0 if turned_away else _dropped(timeline, found),
        unsent=unsent.share(timeline, bins),
        lacking=unsent.most_lacking(timeline),
        shared=shared(timeline) is True,
        saturated=found is not None,
        turned_away=turned_away,
        refused=turned_away and _refused(timeline, bins),
        shortfall=shortfall(timeline),
    )


def _pulse(timeline: Timeline, found: plateau.Plateau | None) -> pulse.Pulse | None:
    """Of a stretch too short for a plateau too, as long as no moment's noise makes it."""
    seen = found is not None and found.seconds(timeline) >= unloaded.SATURATED_SECONDS
    return pulse.measure(timeline, found) if found and seen else None


def _turned_away(timeline: Timeline, bins: Mask) -> bool:
    """Whether clearly fewer of the replies were good than at light load, though k6 sent more."""
    kept = unloaded.accepted(timeline)[bins]
    return bool(np.isfinite(kept).any()) and float(np.nanmean(kept)) < unloaded.SATURATED_BELOW


def _refused(timeline: Timeline, bins: Mask) -> bool:
    """Whether the system said so itself: by 429, or by 503 at once. No reply at all may be the generator's doing."""
    why = refusals.refusal(timeline, bins)
    return why is not None and why.resource in (refusals.RATE_LIMIT, refusals.QUEUE)


def _answer(timeline: Timeline, seen: Measured, verdict: Literal["ok", "limited", "unknown"]) -> Generator:
    unsent_requests = float(np.nansum(unsent.rate(timeline))) * timeline.step
    return Generator(
        verdict=verdict,
        cpu_ratio=_cpu(seen.usage),
        dropped_iterations=_dropped_count(timeline),
        vus=timeline.most_vus,
        vus_ready=timeline.vus_ready,
        unsent_requests=None if timeline.unsent is None else round(unsent_requests),
        ports_ratio=seen.usage.ports,
        shared_machine=shared(timeline),
        k6=seen.usage.k6,
    )


def _cpu(used: Usage) -> float | None:
    """Of its machine; where that was not scraped, of the cores that k6 may use."""
    return used.cpu if used.cpu is not None else used.own_cpu


def _outcome(against: Sequence[Limit], for_it: Sequence[str], beside: Sequence[str]) -> Outcome:
    if against:
        return Outcome.FAILED
    if not for_it:
        return Outcome.UNKNOWN
    return Outcome.WARNING if beside else Outcome.OK


def _sentence(said: str, for_it: Sequence[str], beside: Sequence[str], timeline: Timeline, scraped: bool) -> str:
    if said:
        told = f"the load generator was the limit: {said}"
    elif for_it:
        told = f"the generator kept up: {', '.join(for_it)}"
    elif scraped:
        told = "nothing clears the load generator"
    elif timeline.iteration_durations is None:
        told = "k6 sent no native histograms and the machine that makes the load was not scraped"
    else:
        told = "its pulse cannot be told in this run, and the machine that makes the load was not scraped"
    sharing = [SHARED] if shared(timeline) and SERVER_TOO not in told else []
    return "; ".join([told, *beside, *sharing])


def _advice(against: Sequence[Limit], for_it: Sequence[str]) -> str | None:
    if against:
        return " ".join(dict.fromkeys(limit.advice for limit in against))
    return None if for_it else PROVE_IT


def _last_third(timeline: Timeline) -> Mask:
    """Where a ramp is highest."""
    return np.arange(timeline.vus.size) >= timeline.vus.size * 2 // 3


def _first(timeline: Timeline, bins: Mask) -> float:
    where = np.flatnonzero(bins)
    return timeline.start + (float(where[0]) if where.size else 0.0) * timeline.step


def _dropped_count(timeline: Timeline) -> int | None:
    if timeline.dropped_total is not None:
        return round(timeline.dropped_total)
    if timeline.dropped_iterations is None:
        return None
    return round(float(np.nansum(timeline.dropped_iterations)) * timeline.step)


def _dropped(timeline: Timeline, found: plateau.Plateau | None) -> float | None:
    """Dropped iterations as a share of those that were due; none, if most were dropped while the system had a queue.

    VUs run out there because the system holds them (N = X·(R + Z)): it is the limit, and more VUs would only wait.
    Without k6's count of iterations they are as many as requests, at most, so the share is this at least; where there
    is a queue then, nothing tells whose it is.
    """
    if timeline.dropped_iterations is None or (timeline.iterations is None and found is not None):
        return None
    if not vus.may_idle(timeline):  # what VUs with a number of iterations to make had no time for
        return 0.0
    ended = timeline.throughput if timeline.iterations is None else timeline.iterations
    dropped, ran = float(np.nansum(timeline.dropped_iterations)), float(np.nansum(ended))
    if dropped + ran <= 0:
        return None
    queueing, known = 0.0, float(np.nansum(timeline.dropped_iterations[:-1]))  # the last bin's queue is not known yet
    if found is not None and timeline.iteration_durations is not None:  # else VUs that idle look like VUs that wait
        queueing = float(np.nansum(timeline.dropped_iterations[found.saturated]))
    return 0.0 if queueing > known / 2 else dropped / (dropped + ran)
