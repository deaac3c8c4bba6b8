"""What the parts of a run and its stops add to the answer: events, and what its reason must not leave unsaid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rules import parts
from rules.answer import Event
from rules.finding import Verdict
from rules.parts import Part, Stop
from rules.wording import seconds

PART: Final = "part"
STOP: Final = "stop"


def events(of_run: Iterable[Part]) -> Iterator[Event]:
    """A stretch for each part, and a point where load was stopped, with the evidence at that moment.

    The one part of a run without parts is the run itself, which has its own event.
    """
    for part in of_run:
        if part.name != parts.RUN:
            text = f"{part.name}: {part.because}" if part.because else part.name
            yield Event(rule=PART, time=part.start, end=part.end, part=part.name, text=text)
        if part.stop is not None:
            text = f"{part.name} stopped: {part.stop.because}"
            yield Event(rule=STOP, time=part.stop.time, part=part.name, text=text)


def proviso(verdict: Verdict, of_run: Sequence[Part]) -> str:
    """What the load that was not made leaves open, to be added to the reason of ``verdict``; "" where nothing.

    A plateau that was left as soon as it was known says nothing of a later scale-out; and a run that may not load
    further ends with "at least" by what was allowed, not by the system.
    """
    last = _last(of_run)
    if last is None:
        return ""
    if last.reason == "max_rate":
        return f"; --max-rate ended it: {last.because}"
    if last.reason != "known":
        return ""
    if verdict is Verdict.NOT_SATURATED:
        return f"; --max-vus, or what this machine can make, ended it: {last.because}"
    if verdict is Verdict.SATURATED:
        after = f"after {seconds(last.plateau_seconds)} of plateau" if last.plateau_seconds else "when it was known"
        return f"; this is the answer at this size: load was stopped {after}, and servers added later are not seen"
    return ""


def further(of_run: Sequence[Part]) -> str:
    """Advice where the load did not reach the limit: what kept it from going on."""
    last = _last(of_run)
    if last is not None and last.reason == "max_rate":
        return "Run again with a higher --max-rate, or without one."
    if last is not None and last.reason == "known":
        more = "more VUs (--max-vus, or a machine that can make them)"
        return f"Run again with {more}, or with less think time (--think-time)."
    return "Run again with more VUs (--vus), or with less think time (--think-time)."


def _last(of_run: Sequence[Part]) -> Stop | None:
    """Of what the maximum is read from."""
    found = [part.stop for part in of_run if part.stop and parts.kind(part.name) != parts.CONFIRMATION]
    return found[-1] if found else None
