"""The line that shows a run while it goes on: redrawn on a terminal, printed now and then elsewhere."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from loadline.live import Snapshot

PLAIN_SECONDS = 10.0
"""Between two lines where there is no terminal to redraw one."""


def terminal(file: TextIO | None = None, width: int | None = None) -> Console:
    """Where a person follows a run: stderr, or ``file``; what is said there is shown as it is."""
    return Console(stderr=True, file=file, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


class Line:
    """Shows Snapshots: redrawn in place on a terminal that can, a line now and then in a pipe, as CI's logs are."""

    def __init__(self, console: Console) -> None:
        self._console = console
        redraws = console.is_terminal and not console.is_dumb_terminal  # on which Live would show the end alone
        self._live = Live(console=console, transient=True, auto_refresh=False) if redraws else None
        self._next_plain = 0.0
        self._part: str | None = None

    def __enter__(self) -> Line:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, snapshot: Snapshot) -> None:
        if self._live:
            # Wrapped on a narrow one, as the verdict is last; said here, because a console of ``terminal`` never wraps.
            self._live.update(Text(str(snapshot), no_wrap=False, overflow="fold"), refresh=True)
        elif snapshot.elapsed >= self._next_plain or snapshot.part != self._part:  # whose time begins anew
            self._console.print(Text(str(snapshot)), soft_wrap=True)
            self._part = snapshot.part
            self._next_plain = snapshot.elapsed + PLAIN_SECONDS
