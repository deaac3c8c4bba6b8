"""Ctrl-C at any moment, without a process left behind and without an answer lost.

SIGINT, SIGTERM and SIGHUP become a KeyboardInterrupt, with two exceptions. A signal that arrives between starting a
process and writing down that it was started would lose the process, so inside ``deferred`` sections signals wait for
the end. And people press Ctrl-C twice, so after the first, and while an answer is being made, it takes as many as
``patience`` says.
"""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Final, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PROMPT: Final = 1
PATIENT: Final = 3
"""A double Ctrl-C still gives the answer; whoever insists is let out without it."""
NEVER: Final = math.inf


class Interrupts:
    """Holds the signal handlers while it is entered; in the main thread only."""

    def __init__(self) -> None:
        self.patience: float = PROMPT
        """How many signals from now the next KeyboardInterrupt takes."""
        self.raised = False
        """Whether a KeyboardInterrupt was raised since it was entered."""
        self._depth = 0
        self._pending = False
        self._previous: dict[signal.Signals, signal.Handlers] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, and jobs of a script, mean it
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
            self._interrupt()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.patience -= 1
        if self.patience > 0:
            return
        if self._depth:
            self._pending = True
        else:
            self._interrupt()

    def _interrupt(self) -> None:
        self.raised = True
        self.patience = PATIENT
        raise KeyboardInterrupt
