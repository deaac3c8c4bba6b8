"""Threads that run what may hang, and are kept for the next time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

IDLE_SECONDS: Final = 90.0
"""A thread without work ends after this long; it is more than the usual intervals between scrapes."""
MOST_IDLE: Final = 2
"""Threads that wait for work at most; a rush leaves no more behind."""

Job = Callable[[], None]


class Workers:
    """As many threads as there is work at once.

    concurrent.futures would do, if the process did not wait at its end for threads that hang. A new thread for each
    scrape would do too; it takes a third of a millisecond more CPU, and a millisecond until it runs on a busy host.
    """

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._idle = 0
        """Threads that wait, and that no job in the queue is meant for."""
        self._lock = threading.Lock()

    def run(self, job: Job) -> None:
        """Have it run at once in a thread of its own; RuntimeError where the system gives no more threads."""
        with self._lock:
            waiting = self._idle > 0
            self._idle -= waiting
        if waiting:
            self._jobs.put(job)
        else:
            threading.Thread(target=self._work, args=(job,), name="worker", daemon=True).start()

    def _work(self, job: Job | None) -> None:
        while job:
            job()
            job = self._next()

    def _next(self) -> Job | None:
        with self._lock:
            if self._idle >= MOST_IDLE:
                return None
            self._idle += 1
        try:
            return self._jobs.get(timeout=self._idle_seconds)
        except Empty:
            with self._lock:
                if self._idle > 0:
                    self._idle -= 1
                    return None
        return self._jobs.get()  # one was meant for this thread at the last moment
