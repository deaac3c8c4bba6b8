"""The parts of a run that steers itself, each a k6 process of its own under one testid, told apart by the tag ``part``.

A probe finds the order of magnitude, a ramp collects the evidence, a confirmation holds the rate that was found. Where
a ramp has to go on, or a confirmation has to step down, the next one is numbered: ``ramp-2``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

PROBE: Final = "probe"
RAMP: Final = "ramp"
CONFIRMATION: Final = "confirmation"
RUN: Final = "run"
"""The one part of a run that is one k6 process, which has no such tag."""

Reason = Literal["sized", "known", "failing", "generator_limited", "max_rate", "held", "not_held"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Stop(_Model):
    """Why load was stopped before the end of its plan, with the evidence at that moment; null is not known."""

    reason: Reason
    time: datetime
    because: str
    plateau_seconds: float | None = None
    half_width: float | None = None
    """Of the maximum throughput's interval, as a share of its value."""
    knee_multiple: float | None = None
    """VUs at that moment over those at the knee."""


class Part(_Model):
    """One part: what it was to do, and what became of it."""

    name: str
    start: datetime
    end: datetime
    vus: int | None = None
    """The most that were planned."""
    rate: float | None = None
    """Requests/s, of a part with a constant arrival rate."""
    seconds: float | None = None
    """As planned."""
    because: str = ""
    """Why it was so planned."""
    stop: Stop | None = None


def kind(name: str) -> str:
    """PROBE, RAMP, CONFIRMATION or RUN."""
    return name.partition("-")[0]


def numbered(kind: str, number: int) -> str:
    """The name of the so-and-so-manieth part of a kind, from 1 on."""
    return kind if number == 1 else f"{kind}-{number}"


def number(name: str) -> int:
    """Which of its kind a part is, from 1 on."""
    return int(name.partition("-")[2] or 1)
