"""The Prometheus of a run, minded while k6 writes to it: one that goes away is told, and waited for or started again.

k6's counters are cumulative, so that seconds without a Prometheus are a gap in the data and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from loadline.errors import PrometheusError
from rules.prometheus import Prometheus

T = TypeVar("T")
Say = Callable[[str], None]
Clock = Callable[[], float]

PROMPT_TIMEOUT, PROMPT_RETRIES = (3.05, 10.0), 0
"""For whoever must not wait long: a look while the run goes on, and whether anybody answers at all."""


def prompt(client: Prometheus) -> Prometheus:
    """The same Prometheus, asked without patience."""
    return Prometheus(client.url, timeout=PROMPT_TIMEOUT, retries=PROMPT_RETRIES)


@dataclass(frozen=True)
class Patience:
    """Seconds for which a Prometheus that does not answer, or does not record, is waited for."""

    told: float = 3.0
    """Before a word is said: one look that failed is no news."""
    load: float = 120.0
    """While k6 runs. Load that nobody records is load for nothing; a restart with much to read again takes a minute."""
    end: float = 60.0
    """When the load is over."""


PATIENCE: Final = Patience()


class Recorder(Protocol):
    """Where a run is recorded."""

    client: Prometheus

    def mind(self, trouble: PrometheusError | None) -> None:
        """To be called about once a second while k6 runs, with what the latest look at it said.

        Raises PrometheusError where the run is not to go on, because nothing of it would be recorded.
        """

    def read(self, ask: Callable[[], T]) -> T:
        """What ``ask`` reads from it when the load is over; raises PrometheusError with what to do."""


class Silence:
    """How long a Prometheus has told nothing new: told when it begins and when it is over, bounded by ``patience``."""

    def __init__(self, name: str, say: Say, patience: Patience, clock: Clock) -> None:
        self._name = name
        self._say = say
        self._patience = patience
        self._clock = clock
        self._since: float | None = None
        self._told = False

    def mind(self, trouble: PrometheusError | None) -> None:
        """What the latest look said; raises PrometheusError when ``patience.load`` is at its end."""
        if trouble is None:
            if self._told and self._since is not None:
                self._say(f"{self._name} records again after {self._clock() - self._since:.0f} s: a gap in the data")
            self._since, self._told = None, False
            return
        self._since = self._clock() if self._since is None else self._since
        silent = self._clock() - self._since
        if silent > self._patience.load:
            raise PrometheusError(f"{self._name} has recorded nothing for {self._patience.load:.0f} s")
        if silent >= self._patience.told and not self._told:
            self._say(f"{trouble.message}; k6 goes on, and is stopped if that lasts {self._patience.load:.0f} s")
            self._told = True

    def expected(self) -> None:
        """It begins now, and has been told already."""
        self._since, self._told = self._clock(), True
