"""A Comparison as Markdown, for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loadline.comparison.text import between
from rules.comparison import Change, Comparison
from rules.proof import level
from rules.wording import share


def render(comparison: Comparison) -> str:
    """A heading, what was not the same, and one table; names of endpoints and hosts are escaped."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(told: Comparison) -> Iterator[str]:
    yield f"### Loadline: {told.verdict.words}"
    yield ""
    if told.differences:
        yield "**Not the same on both sides:**"
        yield ""
        for one in told.differences:
            yield f"- {escape(one.condition)}: {escape(one.baseline)} before, {escape(one.candidate)} after"
        yield ""
    yield escape(told.because)
    yield ""
    yield "| figure | verdict | change, 95 % interval | before | after |"
    yield "| --- | --- | ---: | ---: | ---: |"
    yield from (_row(one) for one in (*told.deciding, *told.endpoints))
    yield ""
    yield f"Baseline: {escape(', '.join(told.baseline))}. Candidate: {escape(', '.join(told.candidate))}."
    yield f"A difference below {share(told.margin)} counts as none."
    if told.share_between_runs is not None:
        said = between(told.share_between_runs)
        yield f"{said[0].upper()}{said[1:]}."
    yield from (f"Note: {escape(note)}." for note in told.notes)


def escape(text: str) -> str:
    """``text`` on one line, and with no meaning to Markdown or HTML."""
    shown = "".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in text)
    plain = " ".join(shown.split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_|\[\]@#~])", r"\\\1", plain)


def _row(one: Change) -> str:
    cells = [one.figure, one.verdict.words, one.size, level(one.baseline), level(one.candidate)]
    return "| " + " | ".join(map(escape, cells)) + " |"
