"""What others wrote, fit to be shown on a terminal, which obeys some characters."""

from __future__ import annotations


def in_one_line(said: str) -> str:
    """``said`` on one line, with a space for what cannot be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())
