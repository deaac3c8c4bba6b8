"""Rule: which resource ran out? By Gregg's USE method, the utilisation law, and what refusals say.

It concludes no verdict: a plateau is one whatever made it. It names a resource only on evidence that began with the
load; where there is none, what was not watched must be the limit, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rules import evidence, failures, generator, plateau, resources, steal, throughput, use
from rules.answer import Bottleneck, Objective
from rules.finding import Finding, Outcome, Verdict
from rules.names import ROLE_BOTH, ROLE_SERVER
from rules.plateau import Plateau
from rules.refusals import RATE_LIMIT, Refusal, refusal
from rules.sharing import SHARED
from rules.signals.failures import FAILED_BY_STATUS
from rules.signals.host import SERVER, cpu_ratio
from rules.sustained import best_sustained
from rules.timeline import Host, Timeline
from rules.use import Measured, Phases
from rules.wording import between, number, share, whole

RULE = "bottleneck"
CONCLUDING = (evidence.judge, failures.judge, generator.judge, throughput.judge)
"""The rules that say what the run proves; there is a bottleneck only of what was saturated. Each keeps its finding."""
UNWATCHED = "unwatched"
"""The resource of an answer where none that is watched was exhausted."""
DEARER = 1.15
"""A forecast so far above the plateau, of a resource that is full: a request costs more there than at light load."""
NEAR_ENOUGH = 0.1
"""Used less than this, a resource is too far from full for the utilisation law to forecast when it will be."""
ONE_CORE = (0.9, 1.15)
"""Cores' worth of work that one thread, wandering from core to core, makes beside what else runs."""
SUGGESTS = "that suggests a lock, a connection pool, or a service behind this one"
NO_LIMIT = "no useful work, or no sound data, so there is no limit to find the reason of"
SEES_NOTHING = "no machine of the server was scraped, so no resource could be seen to run out"
WATCH_IT = "Run `loadline exporter` (or node_exporter) on the server, and add --server HOST:PORT."


def judge(timeline: Timeline, objective: Objective) -> Finding:
    """The resource that was exhausted on the plateau; before one, when the first will be."""
    proven = {rule(timeline, objective).concludes for rule in CONCLUDING}
    if not proven.isdisjoint((Verdict.FAILING, Verdict.INCONCLUSIVE)):
        return Finding(rule=RULE, verdict=Outcome.UNKNOWN, because=NO_LIMIT, window=whole(timeline))
    found = plateau.find(timeline)
    servers = [host for host in timeline.hosts if host.role in (ROLE_SERVER, ROLE_BOTH)]
    if Verdict.GENERATOR_LIMITED in proven:
        return _forecast(timeline, servers, "the load generator was the limit")
    if found is None or Verdict.SATURATED not in proven:
        return _forecast(timeline, servers, "the run did not reach the server's limit")
    parts = use.phases(timeline, found)
    measured = [one for host in servers for one in use.measure(timeline, host, parts)]
    worst = _worst(measured)
    refused = refusal(timeline, found.bins)
    if refused and (worst is None or refused.resource == RATE_LIMIT):
        return _refused(timeline, found, refused, worst)
    if worst is not None:
        return _exhausted(timeline, found, worst, refused)
    if not measured:
        return _unseen(timeline, found)
    return _unwatched(timeline, found, measured)


def _worst(measured: Sequence[Measured]) -> Measured | None:
    """What is fullest; where nothing is, the first that fails or makes wait, for errors mostly follow what is full."""
    exhausted = [one for one in measured if one.exhausted]
    return max(exhausted, key=lambda one: (one.used.plateau or 0.0) if one.full else -1.0, default=None)


def _exhausted(timeline: Timeline, found: Plateau, worst: Measured, refused: Refusal | None) -> Finding:
    stolen = steal.stolen(worst.host, found.bins) if worst.watched.name == resources.CPU else None
    because = [_evidence(worst), stolen.because if stolen else "", _law(worst), refused.because if refused else ""]
    measured, limit = worst.proof
    return Finding(
        **_common(timeline, found),
        verdict=Outcome.OK,
        because=_sentence(because, [worst.host]),
        measured=measured,
        limit=limit,
        unit="ratio",
        query=worst.watched.query,
        advice=(stolen or worst.watched).advice,
        answers=_answer(stolen.resource if stolen else worst.watched.name, because, worst),
    )


def _refused(timeline: Timeline, found: Plateau, refused: Refusal, worst: Measured | None) -> Finding:
    because = [refused.because, f"though {_evidence(worst)}" if worst else ""]
    return Finding(
        **_common(timeline, found),
        verdict=Outcome.OK,
        because=_sentence(because, []),
        query=FAILED_BY_STATUS.rate("1m"),
        advice=refused.advice,
        answers=_answer(refused.resource, because, None),
    )


def _unwatched(timeline: Timeline, found: Plateau, measured: Sequence[Measured]) -> Finding:
    """Nothing watched ran out. What is busiest tells how far away it was, and its forecast that it is not the limit."""
    because = ["no watched resource was exhausted"]
    busiest = max(
        (one for one in measured if one.watched.full is not None and one.used.plateau is not None),
        key=lambda one: one.used.plateau or 0.0,
        default=None,
    )
    because += [_evidence(busiest), *_suggestion(busiest, found)] if busiest else [SUGGESTS]
    because += [f"{_evidence(one)}, {_waited(one)}" for one in measured if _filled_up(one)]
    return Finding(
        **_common(timeline, found),
        verdict=Outcome.WARNING,
        because=_sentence(because, [one.host for one in measured]),
        measured=busiest.used.plateau if busiest else None,
        limit=busiest.watched.full if busiest else None,
        unit="ratio",
        query=busiest.watched.query if busiest else None,
        advice="Look at where requests wait: pool sizes, locks, and the latency of databases and other services. "
        f"Watched were: {', '.join(dict.fromkeys(one.watched.said for one in measured))}.",
        answers=_answer(UNWATCHED, because, None),
    )


def _filled_up(one: Measured) -> bool:
    """Whether it came near its limit with the load: worth a word, though nobody waited."""
    return one.watched.near is not None and one.near and one.used.rose(use.ROSE, unseen=False)


def _waited(one: Measured) -> str:
    known = one.waited.plateau is not None or one.erred.plateau is not None
    return "but tasks did not wait for it" if known else "and nobody tells whether tasks waited for it"


def _unseen(timeline: Timeline, found: Plateau) -> Finding:
    return Finding(
        **_common(timeline, found),
        verdict=Outcome.UNKNOWN,
        because=SEES_NOTHING,
        query=cpu_ratio("1m", SERVER),
        advice=WATCH_IT,
    )


def _forecast(timeline: Timeline, servers: Sequence[Host], lead: str) -> Finding:
    """Without a plateau of the server's: which resource would be full first, by the utilisation law."""
    best = best_sustained(timeline) or 0.0
    with np.errstate(invalid="ignore"):
        top = timeline.goodput >= 0.9 * best
        light = timeline.goodput <= 0.5 * best
    parts = Phases(light, np.zeros_like(top), top, unqueued=np.ones_like(top), goodput=best)
    measured = [one for host in servers for one in use.measure(timeline, host, parts)]
    common: dict[str, Any] = {"rule": RULE, "window": whole(timeline), "query": cpu_ratio("1m", SERVER)}
    if not measured:
        return Finding(**common, verdict=Outcome.UNKNOWN, because=SEES_NOTHING, advice=WATCH_IT)
    told = [one for one in measured if one.watched.full is not None and one.used.plateau is not None]
    if not told:  # what is only known by its errors tells nothing before there are some
        return Finding(**common, verdict=Outcome.OK, because=_sentence([lead], [one.host for one in measured]))
    said = [lead]
    near = [one for one in told if one.allowed is not None and _used(one) >= NEAR_ENOUGH]
    first = min(near, key=lambda one: one.allowed or np.inf, default=max(told, key=_used))
    said.append(f"the {_of(first)} was at {share(_used(first))} at {number(best)}/s")
    if first in near and first.allowed is not None:
        said.append(f"by the utilisation law it would be full at about {number(first.allowed)}/s")
    return Finding(
        **common,
        verdict=Outcome.OK,
        because=_sentence(said, [first.host]),
        measured=_used(first),
        limit=first.watched.full,
        unit="ratio",
    )


def _used(one: Measured) -> float:
    return one.used.plateau or 0.0 if one.watched.full is not None else 0.0


def _evidence(one: Measured) -> str:
    """What was seen of the resource, from light load to the plateau."""
    used = share(one.used.plateau or 0.0)
    beside = f", and it was at {used} of its limit" if one.watched.near is not None else ""
    if one.failed and not one.full and one.erred.plateau is not None:
        return f"{one.watched.erring} {_of(one)}, {number(one.erred.plateau)} for each request on the plateau{beside}"
    if one.queued and not one.full and one.waited.plateau is not None:
        return f"tasks waited for the {_of(one)} during {share(one.waited.plateau)} of the time on the plateau{beside}"
    told = f"the {_of(one)} was at {used}{' of its limit' if beside else ''} on the plateau"
    before = [
        f"{share(level)} {where}"
        for level, where in ((one.used.light, "at light load"), (one.used.knee, "around the knee"))
        if level is not None
    ]
    return f"{told}, from {' and '.join(before)}" if before else told


def _law(one: Measured) -> str:
    """The utilisation law's forecast beside the plateau; empty where the run allows none."""
    if one.allowed is None or _used(one) < NEAR_ENOUGH:
        return ""
    allowed, plateau_is = number(one.allowed), number(one.goodput)
    told = f"by its use before the knee it would allow {allowed}/s, and the plateau is {plateau_is}/s"
    if one.allowed <= DEARER * one.goodput:
        return told
    return told + (
        ": a request costs more of it under load" if one.full else f", so the limit is not the {one.watched.said}"
    )


def _suggestion(busiest: Measured, found: Plateau) -> list[str]:
    """What may be the limit where the busiest resource is not."""
    host = busiest.host
    cores_busy = (use.level(host.cpu, found.bins) or 0.0) * host.cores
    if busiest.watched.full is not None and _used(busiest) >= busiest.watched.full:
        if busiest.used.light is None:
            return [f"nobody saw the {busiest.watched.said} under light load, so something else may use it"]
        return [f"the {busiest.watched.said} was as busy before the load came: something else uses it"]
    if host.cores > 1 and ONE_CORE[0] <= cores_busy <= ONE_CORE[1]:
        return [f"its work would fill one core of {host.cores}: that suggests a server of one thread"]
    return [_law(busiest), SUGGESTS]


def _of(one: Measured) -> str:
    return " ".join(part for part in (one.watched.said, one.of, "of", one.host.instance) if part)


def _sentence(parts: Sequence[str], hosts: Sequence[Host]) -> str:
    shared = SHARED if any(h.role == ROLE_BOTH for h in hosts) else ""
    return "; ".join(part for part in (*parts, shared) if part)


def _answer(resource: str, because: Sequence[str], one: Measured | None) -> dict[str, Any]:
    told = Bottleneck(
        resource=resource,
        instance=one.host.instance if one else None,
        utilisation=one.used.plateau if one else None,
        because=_sentence(because, [one.host] if one else []),
    )
    return {"bottleneck": told}


def _common(timeline: Timeline, found: Plateau) -> dict[str, Any]:
    first, last = (int(np.flatnonzero(found.bins)[i]) for i in (0, -1))
    return {"rule": RULE, "window": between(timeline, first, last)}
