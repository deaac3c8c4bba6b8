"""Where Linux keeps its numbers, and how its files are read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from exporter.errors import NothingHere

PROC: Final = Path("/proc") if sys.platform == "linux" else None
"""The production default of every collector that reads /proc; None on systems that have none: psutil is asked."""
SYS: Final = Path("/sys") if sys.platform == "linux" else None
"""As PROC, for /sys."""


def read(folder: Path | str | None, name: str) -> str:
    """The text of a file under /proc or /sys, all at one time.

    Raises NothingHere on a system that has no such folder, and OSError where the file cannot be read.
    """
    if folder is None:
        raise NothingHere("this system has no /proc and /sys")
    # Unbuffered, and no Path for the file: half the CPU of Path.read_text, twenty times a scrape.
    with open(f"{folder}/{name}", "rb", 0) as file:
        return file.read().decode()


def read_if_there(folder: Path | str | None, name: str) -> str | None:
    """As ``read``; None where there is no such file."""
    try:
        return read(folder, name)
    except FileNotFoundError:
        return None
