"""Courses that a load may take: straight, in steps, held, a spike, up and down and up again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Points = tuple[tuple[float, float], ...]
"""(seconds, level), as k6's stages."""
Shape = Callable[[np.random.Generator, float, float], Points]


def ramp(rng: np.random.Generator, most: float, seconds: float) -> Points:
    """Straight from 1 to ``most`` in ``seconds``."""
    return ((0.0, 1.0), (float(seconds), float(most)))


def hold(rng: np.random.Generator, most: float, seconds: float) -> Points:
    """A ramp, and the top of it for a while."""
    reached = round(seconds * float(rng.uniform(0.15, 0.7)), 1)
    return ((0.0, 1.0), (reached, float(most)), (float(seconds), float(most)))


def stairs(rng: np.random.Generator, most: float, seconds: float) -> Points:
    """Four to ten steps."""
    steps = int(rng.integers(4, 11))
    points = [(0.0, 1.0)]
    for step in range(steps):
        level = float(round(most * (step + 1) / steps))
        begin, end = seconds * step / steps, seconds * (step + 1) / steps
        points += [(round(begin + min(2.0, 0.2 * (end - begin)), 3), level), (round(end, 3), level)]
    return tuple(points)


def spike(rng: np.random.Generator, most: float, seconds: float) -> Points:
    """Little load, then all of it within seconds and for a good part of the run, then little again."""
    low = max(1.0, round(most * float(rng.uniform(0.02, 0.12))))
    begin, end = seconds * float(rng.uniform(0.15, 0.35)), seconds * float(rng.uniform(0.7, 0.9))
    return peaked(low, most, seconds, begin, end, float(rng.uniform(2.0, 10.0)))


def waves(rng: np.random.Generator, most: float, seconds: float) -> Points:
    """Up, down and up again."""
    top, bottom = seconds * float(rng.uniform(0.3, 0.45)), seconds * float(rng.uniform(0.55, 0.65))
    low = max(1.0, round(most * float(rng.uniform(0.02, 0.2))))
    return ((0.0, 1.0), (round(top, 1), float(most)), (round(bottom, 1), low), (float(seconds), float(most)))


def peaked(low: float, most: float, seconds: float, begin: float, end: float, edge: float) -> Points:
    """``low`` but between ``begin`` and ``end``; each flank takes ``edge`` seconds."""
    inner = [(begin, low), (begin + edge, most), (end, most), (min(end + edge, seconds - 0.1), low)]
    points = [(0.0, 1.0), (min(5.0, begin / 2), low), *inner, (seconds, low)]
    return tuple((round(float(time), 2), float(level)) for time, level in points)


SHAPES: tuple[tuple[Shape, float], ...] = ((ramp, 0.28), (hold, 0.22), (stairs, 0.22), (spike, 0.12), (waves, 0.16))
"""Each with how often it is drawn."""


def shape(rng: np.random.Generator, most: float, seconds: float) -> Points:
    """One of SHAPES, to ``most`` in ``seconds``."""
    chosen, _ = SHAPES[rng.choice(len(SHAPES), p=[share for _, share in SHAPES])]
    return chosen(rng, most, seconds)
