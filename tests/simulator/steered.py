"""A simulated server under a run that steers itself: its legs one after another, each as long as the course lets it.

The server goes on between legs: what was asked for and not yet answered is still worked on, and what changes it changes
at its time of the whole run. Decisions see what had been pushed a second before, and take some time to be carried out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from loadline.steering.course import Course, Leg, Look
from rules import names
from rules.answer import Answer
from rules.gridding import NoSamplesError, to_timeline
from rules.judge import judge
from rules.parts import PROBE, Stop, kind
from rules.series import AnySeries, HistogramSeries, Samples, Series
from rules.timeline import Timeline
from tests.simulator import closed_loop, hosts, journeys, k6, server
from tests.simulator.capacity import capacity
from tests.simulator.closed_loop import Requests
from tests.simulator.run import AMPLE, ZERO, by_name
from tests.simulator.scenario import Load, Output, Scenario
from tests.simulator.shapes import Points

PROBE_LOOK, RAMP_LOOK = 1.0, 5.0
"""Seconds from look to look."""
SEEN_AFTER = 1.0
"""Seconds from a push until it can be read; the push itself has what the second before it brought."""
ENDS_AFTER = 2.0
"""From a decision until k6 has stopped."""
STARTS_WITHIN, MAKES_A_VU = 0.5, 0.0006
"""Seconds that a k6 process takes to begin, and to make each of a leg's VUs: 0.6 ms of CPU, as measured with k6 1.1."""
HORIZON = 7200.0
"""Pauses of the server are drawn for so long."""
PUSHED = Output(push_interval=1.0)


@dataclass(frozen=True)
class Done:
    """A leg that is over: when it began and ended, in seconds since the run began, and its course in that time."""

    leg: Leg
    begin: float
    end: float
    points: Points
    stop: Stop | None


@dataclass(frozen=True)
class Steered:
    """A run that came to its end."""

    legs: tuple[Done, ...]
    answer: Answer | None
    requests: int
    scenario: Scenario
    """With the load that it really was, for the truth."""

    @property
    def seconds(self) -> float:
        """From the first request to the stop."""
        return self.legs[-1].end


def steer(course: Course, scenario: Scenario, seed: int) -> Steered:
    """Run ``course`` against the server of ``scenario``, whose load is only asked for think time and requests."""
    done: list[Done] = []
    samples: list[list[AnySeries]] = []
    leg: Leg | None = course.begin()
    look = Look(None, None)
    while leg is not None:
        begin = done[-1].end + leg.pause + STARTS_WITHIN + MAKES_A_VU * (leg.vus or 0) if done else 0.0
        points = _planned(leg, begin)
        made = _played(scenario, [*(one.points for one in done), points], seed)
        pushed = list(_written(scenario, made[-1], leg, begin, points, (seed, len(done))))
        machines = list(_machines(scenario, made, [*(one.points for one in done), points], seed))
        stop, end = None, points[-1][0]
        every = PROBE_LOOK if kind(leg.name or "") == PROBE else RAMP_LOOK
        ramps = [] if kind(leg.name or "") == PROBE else _of_ramps(done, samples)
        for now in np.arange(begin + every, end, every):
            look = _look([*ramps, *_until(pushed, now - SEEN_AFTER)], _until(machines, now - SEEN_AFTER))
            stop = course.decide(leg, look)
            if stop:
                end = min(end, now + ENDS_AFTER)
                break
        kept = _until(pushed, end)
        look = _look([*ramps, *kept], _until(machines, end))
        done.append(Done(leg, begin, end, _cut(points, end), stop))
        samples.append(kept)
        leg = course.then(leg, look, stop)
    sent = sum(one.sent.size for one in _played(scenario, [one.points for one in done], seed))
    whole = replace(scenario, load=replace(scenario.load, points=_joined([one.points for one in done])))
    return Steered(tuple(done), look.answer, sent, whole)


def _planned(leg: Leg, begin: float) -> Points:
    """The stages of ``leg``, from ``begin`` on; k6 has one VU at once."""
    at, points = begin + 1e-3, [(begin, 0.0), (begin + 1e-3, 1.0)]
    for stage in json.loads(leg.env["STAGES"]):
        at += float(stage["duration"].removesuffix("ms")) / 1000.0
        points.append((at, float(stage["target"])))
    return tuple(points)


def _cut(points: Points, end: float) -> Points:
    times, levels = zip(*points, strict=True)
    return (*(point for point in points if point[0] < end), (end, float(np.interp(end, times, levels))))


def _joined(legs: list[Points]) -> Points:
    """All legs in one, with nobody in between."""
    return tuple(point for points in legs for point in (*points, (points[-1][0] + 1e-3, 0.0)))


def _played(scenario: Scenario, legs: list[Points], seed: int) -> list[Requests]:
    """Every request of each leg. Service times are drawn in the order of requests, so that a cut leg is the same."""
    system, generator = scenario.server, scenario.generator
    serves = server.opened(system, HORIZON, np.random.default_rng((seed, 0)))
    fastest = max(capacity(system, mark) for mark in (0.0, legs[-1][-1][0]))
    slow = generator if generator.capacity < AMPLE * fastest else None
    found = []
    for number, points in enumerate(legs):
        load, rng = replace(scenario.load, points=points), np.random.default_rng((seed, 1, number))
        if slow or len(load.requests) > 1 or len(serves) > 1:
            found.append(journeys.loop(load, slow, serves, [], rng))
        else:
            found.append(closed_loop.loop(load, serves[0], [], rng))
    return found


def _written(
    scenario: Scenario, made: Requests, leg: Leg, begin: float, points: Points, seed: tuple[int, int]
) -> Iterator[AnySeries]:
    moved = replace(
        made,
        sent=made.sent - begin,
        begun=made.begun - begin,
        replied=made.replied - begin,
        iteration_ends=made.iteration_ends - begin,
        busy=made.busy - begin,
        first=made.first - begin,
    )
    load: Load = replace(scenario.load, points=tuple((at - begin, vus) for at, vus in points))
    rng = np.random.default_rng((*seed, 2))
    for one in k6.written(moved, load, scenario.server, PUSHED, "steered", ZERO + begin, rng):
        yield replace(one, labels={**one.labels, names.PART: leg.name or ""})


def _machines(scenario: Scenario, made: list[Requests], legs: list[Points], seed: int) -> Iterator[AnySeries]:
    whole = replace(scenario, load=replace(scenario.load, points=_joined(legs)))
    every = made[0]
    for after in made[1:]:
        both = {name: np.concatenate([getattr(every, name), getattr(after, name)]) for name in _SHOWN}
        every = replace(every, **both)
    yield from hosts.scraped(whole, every, ZERO, np.random.default_rng((seed, 3)))


_SHOWN = ("sent", "begun", "replied", "status", "turn")


def _until(series: list[AnySeries], at: float) -> list[AnySeries]:
    found: list[AnySeries] = []
    for one in series:
        count = int(np.searchsorted(one.times, ZERO + at, side="right"))
        if not count:
            continue
        if isinstance(one, Series):
            found.append(replace(one, times=one.times[:count], values=one.values[:count]))
        elif isinstance(one, HistogramSeries):
            cut = {name: getattr(one, name)[:count] for name in ("times", "counts", "sums", "buckets")}
            found.append(replace(one, **cut))
    return found


def _of_ramps(done: list[Done], samples: list[list[AnySeries]]) -> list[AnySeries]:
    pairs = zip(done, samples, strict=True)
    return [one for leg, kept in pairs if kind(leg.leg.name or "") != PROBE for one in kept]


def _look(load: list[AnySeries], machines: list[AnySeries]) -> Look:
    samples: Samples = by_name([*load, *machines])
    try:
        main: Timeline = to_timeline(samples, "steered")
    except NoSamplesError:
        return Look(None, None)
    return Look(judge(main), main) if main.vus.size > 1 else Look(None, None)
