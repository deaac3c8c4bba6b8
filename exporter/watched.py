"""What the guard knows of one collector: the call under way, how the last one ended, and the last good answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from prometheus_client.core import Metric

from exporter.collector import Bounded, Collector, Slow, check
from exporter.errors import NothingHere

logger = logging.getLogger("exporter")

KEPT_REFRESHES: Final = 5
"""The last good answer of a slow source is served until it is so many refresh intervals old; after that nothing is."""


class State(Enum):
    """How a call ended."""

    WORKS = "works"
    NOTHING_HERE = "nothing here"
    FAILS = "fails"


@dataclass(frozen=True)
class Outcome:
    """The end of one call; times are the guard's clock, ``why`` is empty where it works."""

    state: State
    began: float
    ended: float
    families: tuple[Metric, ...] = ()
    left_out: int | None = None
    why: str = ""


@dataclass
class Run:
    """One call, from the moment it is due until it has an outcome."""

    began: float
    outcome: Outcome | None = None


class Watched:
    """One collector under guard. The guard's lock is held around every method but ``call``."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.name = collector.name
        self.refresh = collector.refresh_seconds if isinstance(collector, Slow) else None
        """Seconds; None where it is called at every scrape."""
        self._bounded = collector if isinstance(collector, Bounded) else None  # asked once: it costs 15 µs
        self.run: Run | None = None
        self.last: Outcome | None = None
        self._good: Outcome | None = None
        self._told = State.WORKS

    def is_due(self, now: float) -> bool:
        """Whether to call it: no call is under way, and the last answer of a slow source is old enough."""
        if self.run is not None:
            return False
        return self.refresh is None or self.last is None or now - self.last.began >= self.refresh

    def is_waited_for(self) -> bool:
        """Whether a scrape waits for the call under way: not where a slow source has answered before."""
        return self.run is not None and (self.refresh is None or self.last is None)

    def call(self, clock: Callable[[], float]) -> Outcome:
        """Calls it, and never raises."""
        began = clock()
        try:
            families = tuple(self.collector.collect())
            check(families)
            left_out = self._bounded.left_out if self._bounded else None
        except NothingHere as reason:
            return Outcome(State.NOTHING_HERE, began, clock(), why=str(reason))
        except Exception as error:
            return Outcome(State.FAILS, began, clock(), why=f"{type(error).__name__}: {error}")
        return Outcome(State.WORKS, began, clock(), families, left_out)

    def end(self, outcome: Outcome) -> None:
        """Takes the outcome of the call under way."""
        if self.run is not None:
            self.run.outcome = outcome
        self.run, self.last = None, outcome
        if outcome.state is not State.FAILS:
            self._good = outcome
        self.tell(outcome.state, outcome.why)

    def kept(self, now: float) -> Outcome | None:
        """The last answer of a slow source that was no failure, while it is not too old."""
        if self.refresh is None or self._good is None or now - self._good.began > KEPT_REFRESHES * self.refresh:
            return None
        return self._good

    def tell(self, state: State, why: str) -> None:
        """One log line when it begins to fail, has nothing here, or works again; none while that lasts."""
        if state is self._told:
            return
        self._told = state
        match state:
            case State.WORKS:
                logger.info("collector %s works again", self.name)
            case State.NOTHING_HERE:
                logger.info("collector %s is left out: %s", self.name, why)
            case State.FAILS:
                logger.error("collector %s failed: %s", self.name, " ".join(why.split()))
