"""The stages of a run that finds its own range: points of (seconds since the last one, VUs), for course.stages.

k6 makes all VUs of its stages before it begins, and cannot change them while it runs, so each leg is planned whole.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from rules.sizing import Size

Points = tuple[tuple[float, int], ...]

LONE_SECONDS: Final = 2.0
"""One VU alone first: of a server without think time it may be half of all."""
DOUBLING_SECONDS: Final = 3.0
"""A look each second sees the fall a doubling or two after it began: then VUs are a few times what fills the server."""
FEW, FEW_SECONDS = 8, 1.5
"""So many VUs are few for any server: until then they double that fast."""
SHORTEST_PROBE: Final = 12.0
"""Seconds: the first of them are k6's own, and few VUs have few replies."""
BEGINS_WITHIN: Final = 3.0
"""Seconds in which a leg comes to the VUs that it begins with."""
FEWEST_VUS: Final = 4
"""As a knee to plan for: fewer have no light load."""
CLIMB_SECONDS, CYCLES, REPLIES, LONGEST_CLIMB = 45.0, 12.0, 2400.0, 240.0
"""For as many VUs as the knee has, or longer where a VU's cycle is long, or replies are few: until half of the knee an
eighth of REPLIES come, which tell the cycle of an unloaded server to some per cent."""
SLOWEST_CLIMB: Final = 120.0
"""As long at most for want of replies."""
SOFT: Final = 2.0
"""Times the root of the knee's VUs, by which those that are not waiting vary: so many more fill the server for good."""
TOP: Final = 3.0
"""Times the knee: beyond it nothing is learnt, and a server may suffer."""
LIGHT: Final = 0.2
"""Times the knee: what a ramp begins with. Less tells hardly more of a server without a queue."""
FURTHER: Final = 4.0
"""Times the VUs of a leg that did not fill the server."""
FURTHER_SECONDS: Final = 60.0
EVIDENCE_SECONDS: Final = 550.0
"""All ramps last no longer, and with the probe about ten minutes: the end is held until the answer is known."""
LEAST_HELD: Final = 120.0
"""So long the end of a ramp is held in any case, where it was not the first."""


def probe(begin: int, most: int) -> Points:
    """From ``begin`` VUs to ``most``, growing by the same factor all the time, in straight lines of half a doubling.

    Few VUs are held until it has lasted SHORTEST_PROBE.
    """
    points = [(LONE_SECONDS, 1)] if begin <= 1 else [(BEGINS_WITHIN, min(begin, most))]
    at = float(points[0][1])
    while points[-1][1] < most:
        at *= math.sqrt(2.0)
        points.append(((FEW_SECONDS if at <= FEW else DOUBLING_SECONDS) / 2, min(round(at), most)))
    lasts = sum(length for length, _ in points)
    return (*points, *([(SHORTEST_PROBE - lasts, most)] if lasts < SHORTEST_PROBE else []))


def ramp(size: Size | None, vus: int, most: int) -> Points:
    """From light load through the knee of ``size`` to TOP times as much, and on at the top; ``most`` VUs at most.

    Where no knee was seen with the ``vus`` of a probe, it is taken to be just there; at a quarter of them where
    hardly a reply came.
    """
    seen = vus / 4 if size is None else size.knee_vus if size.crossed else vus
    knee = max(float(FEWEST_VUS), seen + SOFT * math.sqrt(seen))
    slowest = 0.0 if size is None else min(SLOWEST_CLIMB, REPLIES / size.rate)
    climb = min(LONGEST_CLIMB, max(CLIMB_SECONDS, slowest, CYCLES * (size.cycle if size else 0.0)))
    at_knee = BEGINS_WITHIN + (1.0 - LIGHT) * climb
    twice, top = at_knee + climb, at_knee + climb + max(60.0, climb)
    line = [(0.0, 0.0), (BEGINS_WITHIN, LIGHT * knee), (at_knee, knee), (twice, 2 * knee), (top, TOP * knee)]
    return _held(line, min(most, math.ceil(TOP * knee)), EVIDENCE_SECONDS)


def further(vus: int, cycle: float, most: int, gone: float) -> Points:
    """On from ``vus``, which did not fill the server, to FURTHER times as many; ``most`` VUs at most.

    ``gone``: seconds that the ramps took so far.
    """
    seconds = min(LONGEST_CLIMB, max(FURTHER_SECONDS, CYCLES * cycle))
    begin = min(0.75 * vus, float(most))
    line = [(0.0, 0.0), (BEGINS_WITHIN, begin), (BEGINS_WITHIN + seconds, FURTHER * vus)]
    until = max(BEGINS_WITHIN + seconds + LEAST_HELD, EVIDENCE_SECONDS - gone)
    return _held(line, min(most, math.ceil(FURTHER * vus)), until)


def _held(line: list[tuple[float, float]], top: int, until: float) -> Points:
    """``line`` of (seconds since the begin, VUs) up to ``top``, which is then held ``until`` so many are over."""
    points, last = [], 0.0
    for (before, low), (at, high) in pairwise(line):
        reached = before + (at - before) * min(1.0, (top - low) / (high - low))
        points.append((reached - last, min(round(high), top)))
        last = reached
        if high >= top:
            break
    return (*points, (max(LEAST_HELD, until - last), top))
