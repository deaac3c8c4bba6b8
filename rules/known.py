"""Which of a value, "at least", "between" and "below" an ``Interval`` tells: decided here for all that say it.

A value with a low end and none above it is a rate that was held: nobody knows how much more would be. A high end alone
is the lowest of several rates that were not held, or what the least load was served: nobody knows how much less would
be. Where nothing tells whether k6 was the limit, no end above counts, as in ``rules/proof.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import isfinite

from rules.answer import Interval
from rules.wording import number


class Kind(Enum):
    """How a person is told, with places for the figures and their unit."""

    VALUE = "{0}{unit}"
    AT_LEAST = "at least {0}{unit}"
    BETWEEN = "between {0} and {1}{unit}"
    BELOW = "below {0}{unit}"
    NOTHING = "unknown"


@dataclass(frozen=True)
class Known:
    """``figures`` in requests/s: two where it is between them, none where nothing is known, else one."""

    kind: Kind
    figures: tuple[float, ...] = ()

    def said(self, unit: str = "") -> str:
        """In words; ``unit`` follows the last figure as it is, so a space before it is its own."""
        return self.kind.value.format(*map(number, self.figures), unit=unit)


def known(interval: Interval, in_doubt: bool = False) -> Known:
    """What ``interval`` tells; what is not finite is not known. ``in_doubt``: its limit may be k6's own."""
    value, low, high = map(_finite, (interval.value, interval.low, interval.high))
    if value is not None:
        held = low is not None and high is None
        return Known(Kind.AT_LEAST if held or in_doubt else Kind.VALUE, (value,))
    if in_doubt:
        high = None
    if low is not None:
        return Known(Kind.AT_LEAST, (low,)) if high is None else Known(Kind.BETWEEN, (low, high))
    return Known(Kind.BELOW, (high,)) if high is not None else Known(Kind.NOTHING)


def _finite(one: float | None) -> float | None:
    return one if one is not None and isfinite(one) else None
