"""A run that finds its own range: a probe for the size, a ramp about the knee, and others where that fell short."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from loadline.steering import climbs
from loadline.steering.course import Leg, Look, ending, stages
from rules import parts, unloaded
from rules.answer import Answer
from rules.finding import Verdict
from rules.parts import PROBE, RAMP, Reason, Stop, kind, numbered
from rules.series import Floats
from rules.sizing import Size, size
from rules.statistics.windows import sustained_mean
from rules.sustained import SUSTAINED_SECONDS
from rules.timeline import Timeline
from rules.wording import number, seconds

FIRST_PROBE: Final = 2000
"""VUs. k6 makes all of a leg's VUs before it begins: one that is planned too high has to wait, and needs memory."""
PROBE_FACTOR, PROBE_BACK = 8, 4
"""Times the most VUs of the probe before, for one that was not enough; it begins with a quarter of those, to
grow for some seconds before the server is full, which tell what X/N is without a queue."""
NO_REPLY_SECONDS: Final = 20.0
"""Without replies to speak of, VUs must not grow on."""
DRAIN: Final = (3.0, 30.0)
"""Seconds, the least and the most."""
NEAR_RATE: Final = 0.97
"""In a probe."""
AT_RATE: Final = 0.99
AT_RATE_SECONDS: Final = SUSTAINED_SECONDS
"""In a ramp: so near, and so long, or the answer would be "at least" less than what was reached."""
ABOUT_RATE: Final = 0.9
"""At the top of a leg: with a limit of its own k6 may stay a little below it."""
MORE_VUS: Final = 1.1
"""Times those that make the highest rate allowed without a queue: k6 itself keeps the rate there."""
ENDS: Final[tuple[Reason, ...]] = ("known", "failing", "generator_limited", "max_rate")
"""After a stop for one of these nothing comes."""
TOP_SECONDS: Final = 30.0
"""At the top of a leg, until it is clear that it is not enough; where there is no more, twice as long."""
AT_TOP: Final = 0.98
BEYOND: Final = 1.6
"""Times the knee: an answer is known from 1.5 times on, and VUs seen are a little fewer than those planned."""
NO_QUEUE: Final = 0.9
"""Goodput over what so many VUs make without one."""
SURE_SECONDS: Final = 10.0


@dataclass(frozen=True)
class AutoCourse:
    """Probe, pause, ramp, and ramps further up. Keeps nothing: all it knows is in the legs and the looks."""

    think: float
    """Seconds."""
    max_vus: int
    max_rate: float | None
    """Requests/s that the load may not exceed."""
    stop: Callable[[Timeline, Answer], Stop | None]
    """Why a ramp may stop: its answer is known, or it can only waste time."""

    def begin(self) -> Leg:
        """The probe."""
        limit = "" if self.max_rate is None else f", or {number(self.max_rate)} requests/s are reached"
        return self._probe(1, 1, f"VUs grow from one on until the server is full{limit}")

    def decide(self, leg: Leg, look: Look) -> Stop | None:
        """Asked each second in a probe, where VUs double within three; every five seconds in a ramp."""
        if look.main is None:
            return None
        if kind(leg.name or "") == PROBE:
            return self._sized(look.main)
        told = self.stop(look.main, look.answer) if look.answer else None
        told = told or self._at_max_rate(leg, look.main)
        return told or (self._too_little(leg, look.main, look.answer) if look.answer else None)

    def then(self, leg: Leg, look: Look, stop: Stop | None) -> Leg | None:
        """After a probe a greater one, or the ramp; after a ramp that was too little one further up."""
        if look.main is None or (stop and stop.reason in ENDS):
            return None
        reached, number_ = leg.vus or self.max_vus, parts.number(leg.name or "")
        if kind(leg.name or "") == PROBE:
            stop = stop or self._sized(look.main)  # its last push may be what tells
            if stop is None and reached < self._most_in_probe():
                return self._probe(number_ + 1, reached // PROBE_BACK, f"{reached:,} VUs did not fill the server")
            found = size(look.main)
            # What ended the probe stands, though replies may have come back by now.
            return self._ramp(found and replace(found, crossed=found.crossed or stop is not None), look.main)
        if look.answer is None or not self._is_too_little(leg, look.answer) or reached >= self._most(look.main):
            return None
        return self._further(number_ + 1, reached, look.main)

    def _probe(self, number_: int, begin: int, because: str) -> Leg:
        most = min(self._most_in_probe(), FIRST_PROBE * PROBE_FACTOR ** (number_ - 1))
        return self._leg(numbered(PROBE, number_), climbs.probe(begin, most), because)

    def _ramp(self, found: Size | None, main: Timeline) -> Leg:
        points = climbs.ramp(found, main.most_vus or 1, self._most(main))
        if found is None:
            because, drain = "the probe had hardly a reply", DRAIN[1]
        else:
            knee = f"which {math.ceil(found.knee_vus):,} VUs make without a queue"
            told = knee if found.crossed else "and the server was not clearly full"
            because, drain = f"the probe reached {number(found.rate)} requests/s, {told}", _drain(found)
        return self._leg(RAMP, points, because, drain)

    def _further(self, number_: int, reached: int, main: Timeline) -> Leg:
        cycle = unloaded.baseline_cycle(main) or self.think
        points = climbs.further(reached, cycle, self._most(main), main.end - main.start)
        because = f"{reached:,} VUs were too few to know the limit"
        return self._leg(numbered(RAMP, number_), points, because, DRAIN[0])

    def _leg(self, name: str, points: climbs.Points, because: str, pause: float = 0.0) -> Leg:
        env: Mapping[str, str] = {"STAGES": json.dumps(stages(points))}
        if self.max_rate is not None:
            env = {**env, "K6_RPS": str(_hard_rate(self.max_rate))}
        most = max(vus for _, vus in points)
        planned = sum(length for length, _ in points)
        return Leg(name=name, env=env, seconds=planned, vus=most, pause=round(pause, 1), because=because)

    def _most_in_probe(self) -> int:
        """N VUs make N/Z requests/s at most."""
        if self.max_rate is None or not self.think:
            return self.max_vus
        return max(1, min(self.max_vus, math.floor(self.max_rate * self.think)))

    def _most(self, main: Timeline) -> int:
        """VUs of a ramp; more would only wait for k6's limit of the rate."""
        if self.max_rate is None:
            return self.max_vus
        found = size(main)
        cycle = max(self.think, found.cycle if found else 0.0)
        return max(1, min(self.max_vus, math.ceil(MORE_VUS * self.max_rate * cycle)))

    def _sized(self, main: Timeline) -> Stop | None:
        found = size(main)
        if found is None:
            if main.end - main.start < NO_REPLY_SECONDS:
                return None
            return ending("sized", main, f"hardly a reply in {seconds(main.end - main.start)}")
        if self.max_rate is not None and found.rate >= NEAR_RATE * _hard_rate(self.max_rate):
            return ending("sized", main, f"the {number(self.max_rate)} requests/s allowed are reached")
        if not found.crossed:
            return None
        because = f"the rate grew no more at {found.vus:,} VUs: the probe reached {number(found.rate)} requests/s"
        return ending("sized", main, because)

    def _at_max_rate(self, leg: Leg, main: Timeline) -> Stop | None:
        if self.max_rate is None:
            return None
        best = _best(main.throughput, max(2, math.ceil(AT_RATE_SECONDS / main.step)))
        held = _seconds_at(main, AT_TOP * (leg.vus or self.max_vus)) >= AT_RATE_SECONDS
        if not best >= (ABOUT_RATE if held else AT_RATE) * _hard_rate(self.max_rate):
            return None
        told = f"{number(best)} requests/s for {seconds(AT_RATE_SECONDS)}"
        return ending("max_rate", main, f"the load was {told}, and {number(self.max_rate)} are allowed at most")

    def _too_little(self, leg: Leg, main: Timeline, answer: Answer) -> Stop | None:
        """Why ``leg`` cannot find the limit, however long it holds its VUs."""
        if not self._is_too_little(leg, answer) or leg.vus is None:
            return None
        last = leg.vus >= self._most(main)
        lasted = _seconds_at(main, AT_TOP * leg.vus)
        if lasted >= (2 * TOP_SECONDS if last else TOP_SECONDS):
            if not last:
                return ending("sized", main, f"{leg.vus:,} VUs are too few to know the limit")
            if answer.verdict is Verdict.NOT_SATURATED:
                return ending("known", main, f"{leg.vus:,} VUs, the most there may be, do not fill the server")
            return None
        beyond = leg.name == RAMP and _seconds_at(main, 2 / climbs.TOP * leg.vus) >= SURE_SECONDS
        if beyond and not last and answer.verdict is Verdict.NOT_SATURATED and _no_queue(main):
            return ending("sized", main, "twice the VUs of the knee that the probe saw, and no queue")
        return None

    def _is_too_little(self, leg: Leg, answer: Answer) -> bool:
        if answer.verdict is Verdict.SATURATED:
            return answer.knee is not None and (leg.vus or 0) < BEYOND * answer.knee.vus
        return answer.verdict is Verdict.NOT_SATURATED


def _hard_rate(max_rate: float) -> int:
    """k6's own limit, for whole numbers only: requests wait for their turn, in all of k6's executors."""
    return max(1, math.floor(max_rate))


def _drain(found: Size) -> float:
    """Seconds in which the server has answered what the probe's VUs had asked for."""
    return min(DRAIN[1], max(DRAIN[0], found.vus / found.rate))


def _seconds_at(main: Timeline, vus: float) -> float:
    """For how long there have been so many VUs, up to now."""
    fewer = np.flatnonzero(~(main.vus >= vus))
    return main.step * float(main.vus.size - (fewer[-1] + 1 if fewer.size else 0))


def _best(rate: Floats, bins: int) -> float:
    """The highest mean of so many bins in a row; 0 where there are none."""
    means = sustained_mean(rate, bins)
    return float(np.nanmax(means)) if np.isfinite(means).any() else 0.0


def _no_queue(main: Timeline) -> bool:
    recent = unloaded.load_ratio(main)[-max(2, math.ceil(SURE_SECONDS / main.step)) :]
    return bool(np.nanmin(recent) >= NO_QUEUE) if np.isfinite(recent).any() else False
