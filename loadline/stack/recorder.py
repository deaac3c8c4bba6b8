"""The Prometheus of a run, minded while k6 writes to it: one that goes away is told, and waited for or started again.

k6's counters are cumulative, so that seconds without a Prometheus are a gap in the data and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

from loadline.errors import PrometheusError
from rules.prometheus import Prometheus

T = TypeVar("T")
Say = Callable[[str], None]
Clock = Callable[[], float]
"""Unix seconds: what was missed is put beside samples."""

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


@dataclass(frozen=True)
class Unrecorded:
    """A stretch of the run, in unix seconds, in which nothing was recorded; ``end`` None is to the end of the load."""

    because: str
    start: float
    end: float | None = None


class Recorder(Protocol):
    """Where a run is recorded."""

    client: Prometheus

    @property
    def missed(self) -> Sequence[Unrecorded]:
        """What has been told of while k6 ran."""

    def mind(self, trouble: PrometheusError | None) -> None:
        """To be called about once a second while k6 runs, with what the latest look at it said.

        Raises PrometheusError where the run is not to go on, because nothing of it would be recorded.
        """

    def read(self, ask: Callable[[], T]) -> T:
        """What ``ask`` reads from it when the load is over; raises PrometheusError with what to do."""


class Silence:
    """How long a Prometheus has told nothing new: said when it begins and when it is over, bounded by ``patience``."""

    def __init__(self, name: str, say: Say, patience: Patience, clock: Clock) -> None:
        self._name = name
        self._say = say
        self._patience = patience
        self._clock = clock
        self._since: float | None = None
        self._said = False
        self.missed: list[Unrecorded] = []

    def mind(self, trouble: PrometheusError | None) -> None:
        """What the latest look said; raises PrometheusError when ``patience.load`` is at its end."""
        now = self._clock()
        if trouble is None:
            self._end(now)
            return
        self._since = now if self._since is None else self._since
        silent = now - self._since
        if silent > self._patience.load:
            raise PrometheusError(f"{self._name} has recorded nothing for {self._patience.load:.0f} s")
        if silent >= self._patience.told and not self._said:
            self.begin(trouble.message, self._since)
            self._say(f"{trouble.message}; k6 goes on, and is stopped if that lasts {self._patience.load:.0f} s")

    def begin(self, because: str, since: float | None = None) -> None:
        """It begins at ``since``, or now; whoever calls this says so."""
        self._since, self._said = self._clock() if since is None else since, True
        self.missed.append(Unrecorded(because, self._since))

    def _end(self, now: float) -> None:
        if self._said:
            self.missed[-1] = replace(self.missed[-1], end=now)
            self._say(f"{self._name} records again after {now - self.missed[-1].start:.0f} s: a gap in the data")
        self._since, self._said = None, False
