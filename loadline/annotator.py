"""Keeps Grafana's annotations what the answers say, beside the watcher: a Grafana that hangs holds up nothing else."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from loadline.cycle import Key, Watched
from loadline.grafana_login import Login
from loadline.troubles import Troubles
from rules.annotate import reconcile
from rules.errors import GrafanaBusyError, GrafanaError, GrafanaRefusedError

SUBJECT: Final = "Grafana"
PAUSES: Final = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds to the next attempt after the first, second, … that failed; the last one from there on."""
LONGEST_PAUSE: Final = 600.0
"""However long Grafana asks to be left alone."""
ELSE: Final = "Does another watcher write them, with another store or Prometheus?"
MOST_LOOKS: Final = 5
"""At one answer. Who finds it changed each time has somebody else there who says otherwise, and must not argue on."""


@dataclass
class Annotator:
    """What Grafana may not show yet is owed to it, until a look there finds nothing left to change.

    So two that annotate the same run remove each other's second ones, and what was owed while Grafana was down is
    written when it is back, also of a run that is long over.
    """

    login: Login
    say: Callable[[str], object]
    clock: Callable[[], float] = time.monotonic
    _owed: dict[Key, Watched] = field(default_factory=dict)
    _taken: dict[Key, Watched] = field(default_factory=dict)
    _looks: Counter[Key] = field(default_factory=Counter)
    _troubles: Troubles = field(default_factory=Troubles)
    _failures: int = 0
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _news: threading.Event = field(default_factory=threading.Event)

    def take(self, known: Iterable[Watched]) -> None:
        """These are the runs that are known now, with their answers so far; safe to call from another thread."""
        now = {one.key: one for one in known}
        with self._lock:
            for key, one in now.items():
                if key not in self._taken or self._taken[key].answer != one.answer:
                    self._owed[key] = one
                    self._looks[key] = 0
            self._taken = now
        self.wake()

    def run(self, stop: threading.Event, interval: float) -> None:
        """A step at each news, and each ``interval`` seconds, until ``stop`` is set."""
        while not stop.is_set():
            self._news.wait(interval)
            self._news.clear()
            self.step()

    def wake(self) -> None:
        """``run`` looks at once whether there is something to do, or it is to stop."""
        self._news.set()

    def step(self) -> None:
        """One attempt at all that is owed; nothing where there is nothing, or it is too early. Raises nothing."""
        with self._lock:
            owed = list(self._owed.values())
        if not owed or self.clock() < self._next:
            return
        with self._troubles.of(SUBJECT):
            made = self.login.made
            try:
                for one in owed:
                    self._one(one)
            except GrafanaError as error:
                pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
                asked = error.seconds if isinstance(error, GrafanaBusyError) else 0.0
                self._failures += 1
                self._next = self.clock() + min(max(pause, asked), LONGEST_PAUSE)
                raise
            if self._failures or self.login.made != made:
                self._anew()

    def _one(self, one: Watched) -> None:
        try:
            changes = self.login.ask(lambda grafana: reconcile(grafana, one.answer))
        except GrafanaRefusedError as error:
            self._troubles.tell(one.name, f"{one.name}: {error}")
            self._settled(one)  # asking again would not change it; its next answer may
            return
        if changes.created or changes.deleted or (changes and one.over):
            self.say(f"{one.name}: {changes}")
        self._looks[one.key] += 1
        if not changes:
            self._settled(one)
        elif self._looks[one.key] >= MOST_LOOKS:
            self._troubles.tell(one.name, f"{one.name}: its annotations are changed again and again. {ELSE}")
            self._settled(one)

    def _settled(self, one: Watched) -> None:
        with self._lock:
            if self._owed.get(one.key) is one:
                del self._owed[one.key], self._looks[one.key]

    def _anew(self) -> None:
        """All that is known is looked at again: a Grafana that was away may have come back with an empty database."""
        self._failures, self._next = 0, 0.0
        with self._lock:
            self._owed = {**self._taken, **self._owed}
            self._looks.clear()
