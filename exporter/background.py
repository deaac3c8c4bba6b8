"""One question that may take long, asked in a thread of its own by whoever needs a part of the answer at once.

The guard does the same for whole collectors (collector.Slow). This is for one that reads fast figures of things
which something slow has to name first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Answers with what was heard last, and asks again once that is old."""

    def __init__(
        self,
        ask: Callable[[], T],
        refresh: float,
        keep: float,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """All in seconds: asked again after ``refresh``; the last good answer serves for ``keep``, whatever came of
        the questions since; the first answer is waited for as long as ``patience``.
        """
        self._ask = ask
        self._refresh = refresh
        self._keep = keep
        self._patience = patience
        self._clock = clock
        self._ended = threading.Condition()
        self._asking = False
        self._asked = float("-inf")
        self._good: tuple[float, T] | None = None
        self._failure: Exception | None = None

    def get(self) -> T:
        """The last good answer. Raises what the question raised where there is none, or it is too old; TimeoutError
        where the question has not ended.
        """
        with self._ended:
            now = self._clock()
            if not self._asking and now - self._asked >= self._refresh:
                self._asking, self._asked = True, now
                threading.Thread(target=self._run, name="background", daemon=True).start()
            if self._good is None:
                self._ended.wait_for(lambda: not self._asking, self._patience)
            if self._good is not None and self._clock() - self._good[0] <= self._keep:
                return self._good[1]
            if self._failure is not None:
                raise type(self._failure)(*self._failure.args)
            raise TimeoutError(f"no answer for {self._clock() - self._asked:.0f} s")

    def _run(self) -> None:
        asked = self._clock()
        try:
            answer, failure = (asked, self._ask()), None
        except Exception as error:
            answer, failure = None, error
        with self._ended:
            self._asking, self._failure = False, failure
            self._good = answer or self._good
            self._ended.notify_all()
