"""A course and then its proof: the rate that was found is held by the clock, and a lower one where it does not hold.

The first rate is the low end of the SLO capacity's interval, not its value: docs/confirm.md says why.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from loadline.steering import held
from loadline.steering.course import Course, Leg, Look
from rules import holding, parts
from rules.answer import Objective
from rules.finding import Verdict
from rules.parts import CONFIRMATION, Stop
from rules.timeline import Timeline
from rules.wording import number

SECONDS: Final = 180.0
"""A hold that is not decided by then is not kept."""
STEP: Final = 0.95
STEPS: Final = 4
"""Down, at most."""
LIMITS_LONG: Final = 2.0
"""VUs for a wait of so many latency limits: a request that finds none free would have been bad by far. More would take
time to make, and memory (1 ms of CPU and 160 kB each, with k6 1.1 and 1.8)."""
SPARE_VUS: Final = 10
MOST_VUS: Final = 20_000
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
NEAR_SECONDS: Final = 5.0
"""A part and its Timeline begin no further apart; two confirmations do, as one begins and a pause is between them."""
DRAINS: Final = 2.0
"""Times as long as its last replies took a server may need to answer what it was left with."""


class Confirming:
    """``inner`` and then its confirmations; nothing more where it found no SLO capacity, or the generator's limit."""

    def __init__(self, inner: Course, objective: Objective, most_vus: int = MOST_VUS) -> None:
        self.inner, self.objective, self.most_vus = inner, objective, most_vus

    def begin(self) -> Leg:
        return self.inner.begin()

    def decide(self, leg: Leg, look: Look) -> Stop | None:
        if not _confirms(leg):
            return self.inner.decide(leg, look)
        hold = _of(leg, look)
        return None if hold is None else held.decide(hold, leg, self.objective)

    def then(self, leg: Leg, look: Look, stop: Stop | None) -> Leg | None:
        if not _confirms(leg):
            return self.inner.then(leg, look, stop) or self._first(look)
        return self._lower(leg, look, stop)

    def _first(self, look: Look) -> Leg | None:
        found = look.answer.slo_capacity if look.answer else None
        if found is None or not found.low:
            return None
        if look.answer and look.answer.verdict is Verdict.GENERATOR_LIMITED:
            return None  # what k6 could not make with VUs it cannot make by the clock, and the server would be blamed
        what = "the low end of the SLO capacity" if found.high else "what the SLO capacity is at least"
        rate = found.low
        if found.value is not None and STEP * found.value > rate:
            what, rate = "5 % below the SLO capacity, whose low end is lower still", STEP * found.value
        return self._leg(1, rate, look.main, f"{what}, at a constant rate")

    def _lower(self, leg: Leg, look: Look, stop: Stop | None) -> Leg | None:
        """5 % less, where ``leg`` was not held; None where it was, or more of them would tell nothing."""
        hold = _of(leg, look)
        tried = held.look(hold, leg, self.objective, stop) if hold is not None else None
        lost = tried is not None and tried.said in ("not_held", "undecided")
        ends = stop is not None and stop.reason != "not_held"
        count = parts.number(leg.name or "")
        if not lost or ends or leg.rate is None or count > STEPS:
            return None
        lost_how = "did not hold" if tried and tried.said == "not_held" else "was not decided in time"
        because = f"5 % below {number(leg.rate)} requests/s, which {lost_how}"
        return self._leg(count + 1, STEP * leg.rate, hold, because)

    def _leg(self, count: int, rate: float, before: Timeline | None, because: str) -> Leg:
        rate = float(f"{rate:.4g}")
        vus = min(math.ceil(LIMITS_LONG * self.objective.latency_seconds * rate) + SPARE_VUS, self.most_vus)
        return Leg(
            name=parts.numbered(CONFIRMATION, count),
            script="hold.js",
            env={"RATE": f"{rate:.10g}", "DURATION": f"{SECONDS:.0f}s", "VUS": str(vus)},
            seconds=SECONDS,
            vus=vus,
            rate=rate,
            pause=_pause(before),
            because=because,
        )


def _confirms(leg: Leg) -> bool:
    return leg.name is not None and parts.kind(leg.name) == CONFIRMATION


def _of(leg: Leg, look: Look) -> Timeline | None:
    """What is seen of ``leg``; None as long as what was seen last is the confirmation before it."""
    seen = [part for part in (look.answer.parts if look.answer else []) if part.name == leg.name]
    if look.hold is None or not seen:
        return None
    return look.hold if abs(look.hold.start - seen[-1].start.timestamp()) < NEAR_SECONDS else None


def _pause(before: Timeline | None) -> float:
    """Seconds for the server to answer what the load before has left."""
    took = holding.waits(before) if before is not None else np.empty(0)
    seen = took[np.isfinite(took)]
    return float(np.clip(DRAINS * seen[-1] if seen.size else 0.0, SHORTEST_PAUSE, LONGEST_PAUSE))
