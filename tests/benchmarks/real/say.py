"""Where the benchmark says what it does: stderr, for stdout is the page's."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
