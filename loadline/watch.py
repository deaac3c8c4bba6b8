"""Watch a Prometheus: judge each run while it goes on, publish what is known, keep the answer when it is over."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from loadline.text import one_line
from rules import runs
from rules.annotate import reconcile
from rules.answer import Answer
from rules.answers import AnswerStore
from rules.errors import LoadlineError
from rules.finding import Verdict, Window
from rules.grafana import Grafana
from rules.judge import analyze
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.signals.signal import LIVE_SECONDS
from rules.timeline import Timeline
from rules.wording import moment

log = logging.getLogger(__name__)

BUSY_SHARE = 0.2
"""Watching must not become a load of its own: at most this share of a core."""
SLOWEST_PUSH_SECONDS: Final = LIVE_SECONDS / 2
VERDICT_EVENT: Final = "verdict"

Key = tuple[str | None, float]
Judge = Callable[[Prometheus, Run], tuple[Answer, Timeline | None]]


@dataclass(frozen=True)
class Watched:
    """A run and what is known of it. ``over`` once it has been silent for LIVE_SECONDS; it may still go on."""

    run: Run
    answer: Answer
    over: bool
    behind: float = 0.0
    """Seconds by which k6's clock is behind ours, beyond what a push may take."""

    @property
    def key(self) -> Key:
        return self.run.testid, self.run.start

    @property
    def name(self) -> str:
        return self.run.testid or "untagged run"


State = dict[Key, Watched]


def cycle(now: float, client: Prometheus, state: State, judge: Judge = analyze) -> State:
    """The runs that are live or ended recently at unix time ``now``, judged again where there is news of them.

    Changes nothing but what it returns. Raises PrometheusError.
    """
    found = (_watched(now, client, run, state, judge) for run in runs.recent(client, now))
    return {one.key: one for one in found}


def news(before: State, after: State) -> Iterator[str]:
    """A line for each run that appeared, changed its verdict, or came to its end."""
    for key, one in after.items():
        previous = before.get(key)
        if one.over:
            if previous is None or not previous.over or previous.answer != one.answer:
                yield f"{one.name}: {one_line(one.answer)}"
        elif previous is None:
            yield f"{one.name}: running since {moment(one.run.start):%Y-%m-%d %H:%M:%S} UTC"
        elif previous.answer.verdict is not one.answer.verdict:
            yield f"{one.name}: so far {one_line(one.answer)}"


@dataclass
class Watch:
    """The loop around ``cycle``: tells the news, keeps answers, and reconciles Grafana's annotations.

    An error is one log line when it begins and one when it is over; what it held up is done in a later cycle.
    """

    client: Prometheus
    store: AnswerStore
    say: Callable[[str], object]
    grafana: Grafana | None = None
    clock: Callable[[], float] = time.time
    state: State = field(default_factory=dict)
    _annotated: dict[Key, Answer] = field(default_factory=dict)
    _kept: dict[Key, Answer] = field(default_factory=dict)
    _troubles: dict[str, str] = field(default_factory=dict)

    def answers(self) -> list[Answer]:
        """What is known now; safe to call from another thread."""
        return [one.answer for one in self.state.values()]

    def run(self, stop: threading.Event, interval: float) -> None:
        """Cycles every ``interval`` seconds or, where judging takes long, less often, until ``stop`` is set."""
        wait = 0.0
        while not stop.wait(wait):
            began = time.monotonic()
            self.step()
            cost = time.monotonic() - began
            wait = max(interval - cost, cost * (1 / BUSY_SHARE - 1), 0.0)

    def step(self) -> None:
        """One cycle and what follows from it; raises nothing."""
        self._guarded("Prometheus", self._look)
        self._guarded("the store", self._keep)
        if self.grafana:
            self._guarded("Grafana", partial(self._annotate, self.grafana))

    def _look(self) -> None:
        before, self.state = self.state, cycle(self.clock(), self.client, self.state, self._judge)
        for line in news(before, self.state):
            self.say(line)
        for done in (self._annotated, self._kept):
            for key in done.keys() - self.state.keys():
                del done[key]

    def _judge(self, client: Prometheus, run: Run) -> tuple[Answer, Timeline | None]:
        return analyze(client, run, plan=self.store.plan(run.testid, run.start, run.end))

    def _keep(self) -> None:
        """An answer that reaches as far stays: it may have been asked for with a limit of its own."""
        for one in self.state.values():
            if one.over and self._kept.get(one.key) != one.answer:
                there = self.store.kept(one.answer)
                if there is None or there.window.end < one.answer.window.end:
                    self.say(f"{one.name}: kept as {self.store.save(one.answer)}")
                self._kept[one.key] = one.answer

    def _annotate(self, grafana: Grafana) -> None:
        for one in self.state.values():
            if self._annotated.get(one.key) != one.answer:
                changes = reconcile(grafana, one.answer)
                self._annotated[one.key] = one.answer
                if changes.created or changes.deleted or (changes and one.over):
                    self.say(f"{one.name}: {changes}")

    def _guarded(self, subject: str, act: Callable[[], None]) -> None:
        try:
            act()
        except LoadlineError as error:
            self._trouble(subject, str(error))
        except Exception as error:  # a watcher that dies of one run's oddity helps nobody
            self._trouble(subject, f"{type(error).__name__}: {error}")
        else:
            if self._troubles.pop(subject, None):
                log.info("%s works again", subject)

    def _trouble(self, subject: str, text: str) -> None:
        if self._troubles.get(subject) != text:
            log.error("%s", text)
        self._troubles[subject] = text


def _watched(now: float, client: Prometheus, run: Run, state: State, judge: Judge) -> Watched:
    previous = state.get((run.testid, run.start))
    behind = _behind(now, run, previous)
    over = now - behind - run.end > LIVE_SECONDS
    if previous and previous.run == run and previous.over == over:
        return previous
    return Watched(run, _so_far(_answer(client, run, judge), over), over, behind)


def _behind(now: float, run: Run, previous: Watched | None) -> float:
    """Told by samples that are old already when they come; from a run that stands still nothing is learnt."""
    if previous is None or run.end <= previous.run.end:
        return previous.behind if previous else 0.0
    age = max(0.0, now - run.end - SLOWEST_PUSH_SECONDS)
    return min(previous.behind, age) if previous.behind else age


def _answer(client: Prometheus, run: Run, judge: Judge) -> Answer:
    try:
        return judge(client, run)[0]
    except LoadlineError:
        raise
    except Exception as error:  # one run's oddity must not hide the others; it is a finding, never a pass
        because = f"the analysis failed on this run: {type(error).__name__}: {error}"
        window = Window(start=moment(run.start), end=moment(run.end))
        return Answer(testid=run.testid, window=window, verdict=Verdict.INCONCLUSIVE, because=because)


def _so_far(answer: Answer, over: bool) -> Answer:
    """Without the event of the verdict while the run goes on: it would leave a trail of one mark a cycle."""
    if over:
        return answer
    return answer.model_copy(update={"events": [e for e in answer.events if e.rule != VERDICT_EVENT]})
