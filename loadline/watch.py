"""Watch a Prometheus: judge each run while it goes on, publish what is known, keep the answer when it is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from loadline.annotator import Annotator
from loadline.cycle import ASKING_SHARE, Key, Spent, State, Watched, cycle, news, spent_here
from loadline.troubles import Troubles
from rules.answer import Answer, Objective
from rules.answers import AnswerStore
from rules.judge import analyze
from rules.prometheus import Prometheus
from rules.roles import BY_LABEL, Roles
from rules.runs import Run
from rules.timeline import Timeline


@dataclass
class Watch:
    """The loop around ``cycle``: tells the news, keeps answers, and hands them to the annotator.

    An error is one log line when it begins and one when it is over; what it held up is done in a later cycle.
    """

    client: Prometheus
    store: AnswerStore
    say: Callable[[str], object]
    annotator: Annotator | None = None
    clock: Callable[[], float] = time.time
    objective: Objective = field(default_factory=Objective)
    roles: Roles = BY_LABEL
    spent: Spent = spent_here
    state: State = field(default_factory=dict)
    _unkept: dict[Key, Watched] = field(default_factory=dict)
    _looked: float | None = None
    _troubles: Troubles = field(default_factory=Troubles)

    def answers(self) -> list[Answer]:
        """What is known now; safe to call from another thread."""
        return [one.answer for one in self.state.values()]

    def run(self, stop: threading.Event, interval: float) -> None:
        """Cycles every ``interval`` seconds, with a pause of that after one that took long, until ``stop`` is set."""
        wait = 0.0
        while not stop.wait(wait):
            began = time.monotonic()
            self.step()
            cost = time.monotonic() - began
            wait = max(interval - cost, min(interval, cost * (1 / ASKING_SHARE - 1)))

    def step(self) -> None:
        """One cycle and what follows from it; raises nothing."""
        with self._troubles.of("Prometheus"):
            self._look()
        if self._unkept:
            with self._troubles.of("the store"):
                self._keep()

    def _look(self) -> None:
        now, before = self.clock(), self.state
        self.state = cycle(now, self.client, before, self._judge, self._looked, self.spent)
        self._looked = now
        for line in news(before, self.state):
            self.say(line)
        for key, one in self.state.items():
            if one.over and (key not in before or before[key] != one):
                self._unkept[key] = one
        if self.annotator:
            self.annotator.take(self.state.values())

    def _judge(self, client: Prometheus, run: Run) -> tuple[Answer, Timeline | None]:
        plan = self.store.plan(run.testid, run.start, run.end)
        return analyze(client, replace(run, roles=self.roles), self.objective, plan)

    def _keep(self) -> None:
        """An answer that reaches as far stays: it may have been asked for with a limit of its own."""
        for key, one in list(self._unkept.items()):
            there = self.store.kept(one.answer)
            if there is None or there.window.end < one.answer.window.end:
                self.say(f"{one.name}: kept as {self.store.save(one.answer)}")
            del self._unkept[key]
