"""The user's own Prometheus, to which a run is recorded: nobody here can start it again, but it may come back."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence

from loadline.errors import PrometheusError
from loadline.stack.recorder import PATIENCE, Clock, Patience, Say, Silence, T, Unrecorded, prompt
from rules.prometheus import Prometheus
from rules.roles import BY_LABEL, Roles

LOOK_SECONDS = 1.0


class Theirs:
    """The user's Prometheus: it may come back."""

    def __init__(
        self,
        client: Prometheus,
        testid: str,
        say: Say,
        patience: Patience = PATIENCE,
        clock: Clock = time.time,
        roles: Roles = BY_LABEL,
    ) -> None:
        self.client = client
        self._name = f"Prometheus at {client.url}"
        chosen = {"--testid": testid, "--prometheus-url": client.url}
        chosen |= {"--server-selector": roles.server or "", "--generator-selector": roles.generator or ""}
        typed = " ".join(f"{option} {shlex.quote(value)}" for option, value in chosen.items() if value)
        self._later = f"To answer it later: loadline analyze {typed}"
        self._say = say
        self._patience = patience
        self._clock = clock
        self._silence = Silence(self._name, say, patience, clock)

    @property
    def missed(self) -> Sequence[Unrecorded]:
        """See Recorder."""
        return self._silence.missed

    def mind(self, trouble: PrometheusError | None) -> None:
        """See Recorder: raises when ``patience.load`` is at its end."""
        self._silence.mind(trouble)

    def read(self, ask: Callable[[], T]) -> T:
        """See Recorder: waits ``patience.end`` for it."""
        deadline, told = self._clock() + self._patience.end, False
        while not _answers(self.client):
            if self._clock() >= deadline:
                raise PrometheusError(f"{self._name} was not back {self._patience.end:.0f} s later", self._later)
            if not told:
                self._say(f"{self._name} does not answer; waiting up to {self._patience.end:.0f} s for it")
                told = True
            time.sleep(min(LOOK_SECONDS, max(0.0, deadline - self._clock())))
        try:
            return ask()
        except PrometheusError as error:
            raise PrometheusError(error.message, self._later) from error


def _answers(client: Prometheus) -> bool:
    try:
        prompt(client).instant("1", time.time())
    except PrometheusError:
        return False
    return True
