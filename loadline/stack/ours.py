"""The Prometheus that was started for a run: one that dies is started again on the same data, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from loadline.errors import BrokenError, PrometheusError
from loadline.stack.prometheus import Native
from loadline.stack.recorder import PATIENCE, Clock, Patience, Say, Silence, T, Unrecorded


class Ours:
    """One that was started for the run: where it ends, it is started again on the same data, once."""

    LOST = (
        "Make room where temporary files are (TMPDIR names the folder) and in memory, or let a Prometheus of yours "
        "record (--prometheus-url), and run again"
    )

    def __init__(self, native: Native, say: Say, patience: Patience = PATIENCE, clock: Clock = time.time) -> None:
        self.client = native.client
        self._native = native
        self._say = say
        self._silence = Silence("Prometheus", say, patience, clock)
        self._again = False

    @property
    def missed(self) -> Sequence[Unrecorded]:
        """See Recorder."""
        return self._silence.missed

    def mind(self, trouble: PrometheusError | None) -> None:
        """See Recorder: raises when it ends a second time, or cannot be started again."""
        fate = self._native.fate
        if fate is None:
            self._silence.mind(trouble)
            return
        self._silence.begin(fate)
        if self._again:
            raise PrometheusError(fate)
        self._again = True
        self._say(f"{fate}; starting it again on the same data, and k6 goes on")
        try:
            self._native.launch()
        except BrokenError as error:
            raise PrometheusError(error.message) from error

    def read(self, ask: Callable[[], T]) -> T:
        """See Recorder: starts it for the reading where it does not run, and once more where it ends of that."""
        if self._native.fate is not None:
            self._say("starting Prometheus again, to read the run")
        attempts = 2
        while True:
            try:
                self._native.ready()
                return ask()
            except PrometheusError as error:
                fate, attempts = self._native.fate, attempts - 1
                if fate is None:
                    raise
                if not attempts:
                    raise PrometheusError(f"the run cannot be read: {fate}", self.LOST) from error
