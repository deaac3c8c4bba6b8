"""The bench a run is built on: a temporary folder and every process started for it, cleared away at the end."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from loadline.errors import BrokenError
from loadline.interrupts import NEVER, Interrupts
from loadline.stack.process import Child


class Bench:
    """Enter it in the main thread; whatever happens inside, leaving ends the processes, newest first.

    Raises BrokenError where there is no room for its folder.
    """

    def __init__(self) -> None:
        self.interrupts = Interrupts()
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        self.interrupts.__enter__()
        with self.interrupts.deferred():
            self.folder = self._made()
            atexit.register(self._clear)  # for a signal that falls between the block and __exit__, and skips that
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.interrupts.patience = NEVER
        self._clear()
        atexit.unregister(self._clear)
        self.interrupts.__exit__(kind, error, at)

    def _made(self) -> Path:
        try:
            return Path(tempfile.mkdtemp(prefix="loadline-"))
        except OSError as error:
            self.interrupts.__exit__(None, None, None)
            raise BrokenError(
                f"no folder for temporary files can be made ({error.strerror or error})",
                "Make room where they are, or name another place by TMPDIR",
            ) from error

    def adopt(self, child: Child) -> None:
        """From here on the bench ends ``child``."""
        self._children.append(child)

    def _clear(self) -> None:
        while self._children:
            self._children[-1].stop()
            self._children.pop()
        shutil.rmtree(self.folder, ignore_errors=True)
