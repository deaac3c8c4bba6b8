"""The parts of a run in words: when each was, how long, under which load, and why it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rules import confirmation, parts
from rules.answer import Answer
from rules.parts import Part, Reason
from rules.wording import number, seconds

EARLY: Final = 0.95
"""Of the planned length."""
CUT_SHORT: Final = {
    "interrupted": "interrupted by Ctrl-C",
    "stopped": "stopped from outside",
    "broken": "k6 ended by its own fault",
}
"""By how the run ended: what is to be said of its last part."""
OUTCOMES: Final[Mapping[Reason | None, str]] = {
    "held": " held",
    "not_held": " did not hold",
    "failing": " did not hold",
    "generator_limited": ": cannot be told",
}
"""Of a confirmation, by why it was stopped."""
BEGINS_NEAR: Final = 5.0
"""Seconds between the begin of a confirmation and that of what is said of it."""


@dataclass(frozen=True)
class Told:
    """One part in words; "" is not known."""

    name: str
    """RUN where the run has no parts, and was stopped."""
    begin: datetime
    lasted: str
    load: str
    because: str
    """Why it was so planned."""
    ended: str


def told(answer: Answer) -> list[Told]:
    """The parts in their order; none of a run that has none and was not stopped."""
    return [
        Told(
            part.name,
            part.start,
            _lasted(part),
            _load(part),
            part.because,
            _ended(answer, part, part is answer.parts[-1]),
        )
        for part in answer.parts
        if part.name != parts.RUN or part.stop is not None
    ]


def confirmed(answer: Answer) -> tuple[str, str] | None:
    """What the confirmations came to, and the figures of the one that counts; None where there was none."""
    holds = [part for part in answer.parts if parts.kind(part.name) == parts.CONFIRMATION]
    if not holds:
        return None
    held = [part for part in holds if part.stop and part.stop.reason == "held"]
    one = held[-1] if held else holds[-1]
    rate = f"{number(one.rate)} requests/s" if one.rate is not None else "the rate"
    outcome = OUTCOMES.get(one.stop.reason if one.stop else None, ": not decided")
    return f"{rate}{outcome}", _sentence(answer, one) or (one.stop.because if one.stop else "")


def so_far(answer: Answer, began: datetime) -> str:
    """What is to be said of the confirmation that began then, and goes on; it begins some moments after k6 does."""
    seen = [one.text for one in answer.events if one.rule == confirmation.RULE and one.time >= began]
    return seen[-1].removeprefix(f"{confirmation.RULE}: ") if seen else "too early to tell"


def _lasted(part: Part) -> str:
    lasted = (part.end - part.start).total_seconds()
    planned = part.seconds if part.seconds is not None and lasted < EARLY * part.seconds else None
    return f"{lasted:.0f} s" + (f" of {seconds(planned)}" if planned is not None else "")


def _load(part: Part) -> str:
    if part.rate is not None:
        return f"{number(part.rate)} requests/s"
    return f"planned up to {part.vus:,} VUs" if part.vus is not None else ""


def _ended(answer: Answer, part: Part, last: bool) -> str:
    if part.stop is not None:
        return f"stopped: {part.stop.because}"
    ended = answer.plan.ended if answer.plan else None
    if last and ended in CUT_SHORT:
        return CUT_SHORT[ended]
    if part.seconds is None or (last and ended is None):
        return ""
    found = _sentence(answer, part)
    return f"went through its plan: {found}" if found else "went through its plan"


def _sentence(answer: Answer, part: Part) -> str:
    """What the rule for confirmations says of ``part``."""
    if parts.kind(part.name) != parts.CONFIRMATION:
        return ""
    return next(_sentences(answer, part.start), "")


def _sentences(answer: Answer, begin: datetime) -> Iterator[str]:
    for event in answer.events:
        if event.rule == confirmation.RULE and abs((event.time - begin).total_seconds()) < BEGINS_NEAR:
            yield event.text.removeprefix(f"{confirmation.RULE}: ")
