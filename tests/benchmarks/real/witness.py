"""A server's own count of its replies, asked once a second: the witness that neither k6 nor wrk can bend."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

import numpy as np
import requests

PAUSE_SECONDS: Final = 1.0


class Witness:
    """Asks ``served`` while it is entered; a question without an answer is left out, the next one makes up for it."""

    def __init__(self, served: Callable[[], int], pause: float = PAUSE_SECONDS) -> None:
        self._served = served
        self._pause = pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.seen: list[tuple[float, int]] = []
        """Unix seconds and replies since the server's start."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._ended.is_set():
            try:
                asked, count, told = time.time(), self._served(), time.time()
            except requests.RequestException:
                pass
            else:
                self.seen.append(((asked + told) / 2.0, count))
            self._ended.wait(self._pause)


def rate_between(seen: list[tuple[float, int]], start: float, end: float) -> float | None:
    """Replies per second from ``start`` to ``end`` (unix seconds); None where the count does not reach so far."""
    if len(seen) < 2 or end <= start or start < seen[0][0] or end > seen[-1][0]:
        return None
    times, counts = np.array(seen).T
    first, last = np.interp([start, end], times, counts)
    return float((last - first) / (end - start))


def highest_rate(seen: list[tuple[float, int]], seconds: float) -> float | None:
    """The highest mean over ``seconds``, replies per second; None where the count is shorter."""
    rates = [rate for at, _ in seen if (rate := rate_between(seen, at, at + seconds)) is not None]
    return max(rates, default=None)
