"""From data to drawing units, and where an axis carries its numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
"""Seconds between two marks of a time axis that people count in."""


@dataclass(frozen=True)
class Linear:
    """``low`` to ``high`` in the data's unit is drawn from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of ``value``, held inside the drawing."""
        part = (value - self.low) / (self.high - self.low)
        return self.start + min(max(part, 0.0), 1.0) * (self.end - self.start)


def nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that cuts ``span`` > 0 into at most ``most`` parts."""
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))


def nice_ticks(high: float, most: int = 6) -> list[float]:
    """Round numbers from 0 until ``high`` is passed or met; 0 and 1 where ``high`` is no number above 0."""
    if not (math.isfinite(high) and high > 0):
        return [0.0, 1.0]
    step = nice_step(high, most)
    count = math.ceil(high / step * (1 - 1e-9))
    return [round(index * step, 12) for index in range(count + 1)]


def time_ticks(high: float, most: int = 8) -> list[float]:
    """Whole seconds from 0 up to ``high`` at a pace that people count in; beyond days, whole days."""
    days = math.ceil(high / most / TIME_STEPS[-1]) * TIME_STEPS[-1]
    step = next((step for step in TIME_STEPS if step * most >= high), days)
    return [float(index * step) for index in range(math.floor(high / step) + 1)]
