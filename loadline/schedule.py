"""From a script's options, as ``k6 inspect --execution-requirements`` prints them, to what it plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rules.answer import Plan
from rules.durations import go_seconds


@dataclass(frozen=True)
class _Scenario:
    """One scenario's schedule, without the time that k6 gives VUs to stop, which none of them need take."""

    points: tuple[tuple[float, float], ...] = ()
    """(seconds, VUs), straight lines between them and no VUs outside; one where only the begin is known, none where
    arrivals decide how many."""
    end: float | None = None
    """Seconds; None where iterations decide."""

    def vus(self, at: float, before: bool) -> float:
        """VUs just before or just after that moment: where they jump, or scenarios take turns, these differ."""
        for (t0, n0), (t1, n1) in pairwise(self.points):
            if (t0 < at <= t1) if before else (t0 <= at < t1):
                return n0 + (n1 - n0) * (at - t0) / (t1 - t0)
        only_begins = self.end is None and not before and at == self.points[0][0]
        return self.points[0][1] if only_begins else 0.0


def planned(options: Mapping[str, Any]) -> Plan:
    """The plan. Of k6's own figures only ``maxVUs`` is taken: its others count the time to stop as load."""
    told = list((options.get("scenarios") or {}).values())
    scenarios = [_scenario(one) for one in told]
    ends = [one.end for one in scenarios if one.end is not None]
    return Plan(
        vus=None if options.get("executionSegment") else _most(scenarios),
        max_vus=options.get("maxVUs"),
        seconds=max(ends) if ends and len(ends) == len(scenarios) else None,
        executors=[str(one.get("executor")) for one in told] or None,
    )


def _most(scenarios: list[_Scenario]) -> int | None:
    if not scenarios or not all(one.points for one in scenarios):
        return None
    bends = {t for one in scenarios for t, _ in one.points}
    return round(max(sum(one.vus(t, before) for one in scenarios) for t in bends for before in (True, False)))


def _scenario(options: Mapping[str, Any]) -> _Scenario:
    """By executor (k6: lib/executor); of one that is unknown, as of ``externally-controlled``, nothing is known."""
    start, vus = _seconds(options.get("startTime")), float(options.get("vus") or 1)
    match options.get("executor"):
        case "constant-vus":
            end = start + _seconds(options.get("duration"))
            return _Scenario(((start, vus), (end, vus)), end)
        case "ramping-vus":
            first = options.get("startVUs")
            points = [(start, 1.0 if first is None else float(first))]
            for stage in options.get("stages") or ():
                points.append((points[-1][0] + _seconds(stage["duration"]), float(stage["target"])))
            return _Scenario(tuple(points), points[-1][0])
        case "per-vu-iterations" | "shared-iterations":
            return _Scenario(((start, vus),))
        case "constant-arrival-rate":
            return _Scenario(end=start + _seconds(options.get("duration")))
        case "ramping-arrival-rate":
            return _Scenario(end=start + sum(_seconds(stage["duration"]) for stage in options.get("stages") or ()))
        case _:
            return _Scenario()


def _seconds(text: str | None) -> float:
    return go_seconds(text or "") or 0.0
