"""A Comparison for a terminal: what was not the same first, then the verdict, then each figure."""

from __future__ import annotations

from collections.abc import Iterator

from rules.comparison import Change, Comparison
from rules.wording import share

WIDEST = 40


def render(comparison: Comparison) -> str:
    """Every line stands on its own, so that it can be read aloud and grepped."""
    return "\n".join(map(_printable, _lines(comparison))) + "\n"


def _lines(told: Comparison) -> Iterator[str]:
    yield f"{', '.join(told.candidate)} beside {', '.join(told.baseline)}"
    for one in told.differences:
        yield f"  not the same  {one.condition}: {one.baseline} before, {one.candidate} after"
    yield ""
    yield f"  {told.verdict.words}"
    yield ""
    named = [(one.figure, one) for one in told.deciding]
    named += [(f"endpoint {one.figure}", one) for one in told.endpoints]
    width = min(WIDEST, max(len(name) for name, _ in named))
    yield from (_figure(name.ljust(width), one) for name, one in named)
    if told.share_between_runs is not None:
        yield f"  {between(told.share_between_runs)}"
    yield ""
    yield f"  a difference below {share(told.margin)} counts as none"
    yield from (f"  note: {note}" for note in told.notes)


def between(part: float) -> str:
    """How much of the spread one run could not have shown."""
    if round(part, 2) == 0:
        return "the runs differ by no more than each says of itself"
    return f"about {share(part)} of the runs' variance is between runs, and no single run shows it"


def _printable(line: str) -> str:
    """The names of requests are the target's own, and a terminal obeys some characters."""
    return "".join(c if c.isprintable() else "\ufffd" for c in line)


def _figure(name: str, one: Change) -> str:
    size = f"{one.size}: " if one.compared else ""
    return f"  {name}  {one.verdict.words:<11}  {size}{one.because}"
