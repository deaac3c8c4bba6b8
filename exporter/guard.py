"""The one guard around all collectors: one that fails, hangs or is slow costs the scrape nothing but itself."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from prometheus_client.core import Metric

from exporter.collector import Collector
from exporter.served import report, served
from exporter.settings import DEADLINE_SECONDS
from exporter.watched import Run, State, Watched
from exporter.workers import Workers

logger = logging.getLogger("exporter")

MARGIN_SECONDS: Final = 0.5
"""What is left of Prometheus's own time-out for writing the answer (as in blackbox_exporter)."""
TAKE_OVER_SECONDS: Final = 0.1
"""Where a scrape has waited this long for a collector, the rest goes on in another thread."""

Todo = deque[Watched]


class Guard:
    """A prometheus_client collector that runs all others.

    The collectors of a scrape run in one thread, one after the other: a thread each would cost more CPU than most
    of them do. Where one takes long the rest goes on in another thread, and what has not answered by the deadline
    is left out of that scrape. Until it comes back it is neither called again nor waited for: threads do not pile up.
    Scrapes that overlap share the calls under way. Slow sources (collector.Slow) have a thread each.

    A collector that fails, or yields what cannot be written out, contributes nothing: a gap is better than half
    the truth.
    """

    def __init__(
        self,
        collectors: Sequence[Collector],
        deadline: float = DEADLINE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``deadline`` and ``clock`` are in seconds."""
        self._all = tuple(Watched(collector) for collector in collectors)
        self._deadline = deadline
        self._clock = clock
        self._changed = threading.Condition()
        self._workers = Workers()

    def collect(self) -> Iterator[Metric]:
        """As ``scrape``, for a caller that does not say how long it waits."""
        return self.scrape()

    def scrape(self, timeout: float | None = None) -> Iterator[Metric]:
        """Every family of every collector, in their order, then the guard's own.

        ``timeout`` is what the caller itself waits at most, in seconds.
        """
        end = self._clock() + self._patience(timeout)
        todo: Todo = deque()
        with self._changed:
            for watched in self._all:
                self._begin(watched, todo)
            runs = [watched.run for watched in self._all]
            awaited = [watched.run for watched in self._all if watched.run and watched.is_waited_for()]
        started = self._hire(todo)
        with self._changed:
            in_time = self._wait(awaited, todo, end)
            # Where all that is waited for was in time, what is left are slow ones whose threads are on their way.
            while not (in_time and started) and (left := _take(todo)):
                left.run = None  # no thread came to it, so it is due again
            now = self._clock()
            seen = [served(watched, run, now, self._deadline) for watched, run in zip(self._all, runs, strict=True)]
        return report(seen)

    def states(self) -> list[tuple[str, State | None, str]]:
        """Name, state and reason of each collector as of its last call; the state is None where none has ended."""
        with self._changed:
            ends = [(watched.name, watched.last) for watched in self._all]
        return [(name, end.state, end.why) if end else (name, None, "") for name, end in ends]

    def _patience(self, timeout: float | None) -> float:
        return self._deadline if timeout is None else min(self._deadline, timeout - min(MARGIN_SECONDS, timeout / 2))

    def _begin(self, watched: Watched, todo: Todo) -> None:
        now = self._clock()
        if not watched.is_due(now):
            return
        watched.run = Run(now)
        if watched.refresh is None:
            todo.append(watched)
        else:
            todo.appendleft(watched)  # each thread takes one of these before any reaches the fast ones

    def _hire(self, todo: Todo) -> bool:
        """A thread for each slow one, and one for all others; whether any was started."""
        slow = sum(watched.refresh is not None for watched in todo)
        return sum(self._start(todo) for _ in range(slow + (len(todo) > slow))) > 0

    def _start(self, todo: Todo) -> bool:
        try:
            self._workers.run(partial(self._work, todo))
        except RuntimeError as error:  # the system gives no more threads; what no thread takes fails at the deadline
            logger.error("%s", error)
            return False
        return True

    def _work(self, todo: Todo) -> None:
        while watched := _take(todo):
            outcome = watched.call(self._clock)
            with self._changed:
                watched.end(outcome)
        with self._changed:
            self._changed.notify_all()

    def _wait(self, awaited: Sequence[Run], todo: Todo, end: float) -> bool:
        """Until all have an outcome, and whether they have.

        Nobody waits for one that has been under way for longer than the deadline.
        """
        take_over = self._clock() + TAKE_OVER_SECONDS
        while True:
            now = self._clock()
            missing = [run.began + self._deadline for run in awaited if run.outcome is None]
            if not missing or now >= (until := min(end, max(missing))):
                return not missing
            if todo and now >= take_over:
                self._start(todo)
                take_over = now + TAKE_OVER_SECONDS
            self._changed.wait(min(TAKE_OVER_SECONDS, until - now))


def _take(todo: Todo) -> Watched | None:
    try:
        return todo.popleft()
    except IndexError:
        return None
