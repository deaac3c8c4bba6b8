"""The course of a run: its legs one after another, and when a leg is to end. Decided here; carried out elsewhere.

A Course sees Prometheus through a Look and nothing else, so that the same decisions drive real runs and simulated ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rules.answer import Answer
from rules.parts import Reason, Stop
from rules.timeline import Timeline
from rules.wording import moment


@dataclass(frozen=True)
class Leg:
    """One k6 run to be. ``name`` is the part's (rules/parts.py); None is the only one of its run, without a tag."""

    name: str | None = None
    script: str = "ramp.js"
    """Of ours, under k6/; the user's own stands above it."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables for the script, on top of those of the request."""
    seconds: float | None = None
    vus: int | None = None
    """The most at once."""
    rate: float | None = None
    """Requests/s, where iterations begin at a constant rate."""
    pause: float = 0.0
    """Seconds before it begins, for the server to answer what is left of the leg before."""
    because: str = ""


@dataclass(frozen=True)
class Look:
    """What is known of a run at one moment; None is nothing yet."""

    answer: Answer | None
    """To what was loaded so far, confirmations included."""
    main: Timeline | None
    """Of the ramps, all of them; of the probe as long as there is no ramp; of the whole run where it has no parts."""
    hold: Timeline | None = None
    """Of the confirmation that runs, or ran last."""


class Course(Protocol):
    """Which legs a run has. Nothing here waits or asks; each method is called by whoever drives k6."""

    def begin(self) -> Leg:
        """The first leg."""

    def decide(self, leg: Leg, look: Look) -> Stop | None:
        """Whether ``leg``, which runs, is to end now. Asked every few seconds."""

    def then(self, leg: Leg, look: Look, stop: Stop | None) -> Leg | None:
        """What comes after ``leg``, which has ended, by ``stop`` or by itself; None where the run is over."""


def ending(reason: Reason, seen: Timeline, because: str) -> Stop:
    """The decision to end a leg by what was ``seen`` of it so far."""
    return Stop(reason=reason, time=moment(seen.end), because=because)


def stages(points: tuple[tuple[float, int], ...]) -> list[dict[str, object]]:
    """``points`` of (seconds since the last one, VUs) as k6's ``stages``."""
    return [{"duration": f"{round(1000 * seconds)}ms", "target": vus} for seconds, vus in points]
