"""Ctrl-C at any moment, without a process left behind.

A signal that arrives between starting a process and writing down that it was started would lose it. So SIGINT,
SIGTERM and SIGHUP are turned into KeyboardInterrupt only outside ``deferred`` sections; inside one, they wait
for its end.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Holds the signal handlers while it is entered; in the main thread only."""

    def __init__(self) -> None:
        self._depth = 0
        self._pending = False
        self._previous: dict[signal.Signals, signal.Handlers] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._previous[number] = signal.signal(number, self._on_signal)  # type: ignore[assignment]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """No KeyboardInterrupt inside; one that was due is raised at the end."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            due = self._pending and self._depth == 0
            self._pending = self._pending and not due
        if due:
            raise KeyboardInterrupt

    @contextmanager
    def ignored(self) -> Iterator[None]:
        """For cleaning up after an interrupt: a second Ctrl-C changes nothing."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            self._pending = False

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._depth:
            self._pending = True
        else:
            raise KeyboardInterrupt
