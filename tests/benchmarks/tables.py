"""Tables of a page, in Markdown, and the numbers in them."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown: the first column to the left, numbers to the right."""
    line = "| --- |" + " ---: |" * (len(head) - 1)
    return "\n".join(["| " + " | ".join(head) + " |", line, *("| " + " | ".join(row) + " |" for row in rows)])


def share(value: float | None, digits: int = 1, sign: bool = False) -> str:
    """A ratio in per cent; a dash where there is none."""
    if value is None:
        return "–"
    return f"{100 * value:{'+' if sign else ''},.{digits}f} %"
