"""Numbers, times and codes as a report reads them aloud; what is not known is "unknown", never 0."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, tzinfo
from http import HTTPStatus
from typing import TypeGuard

from rules import part_marks, wording
from rules.answer import Event, Interval
from rules.known import known

UNKNOWN = "unknown"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|s|ms|min|h|VUs|requests/s)(?!\w))")


def number(value: float | None) -> str:
    """1,090 · 92.4 · unknown."""
    return wording.number(value) if _known(value) else UNKNOWN


def rate(value: float | None) -> str:
    """1,090 requests/s · unknown."""
    return f"{wording.number(value)} requests/s" if _known(value) else UNKNOWN


def share(value: float | None) -> str:
    """38 % · unknown."""
    return wording.share(value) if _known(value) else UNKNOWN


def seconds(value: float | None) -> str:
    """480 ms · 1.20 s · unknown."""
    return wording.seconds(value) if _known(value) else UNKNOWN


def measured(value: float | None, unit: str | None) -> str:
    """A finding's value in its own unit: ratios as percentages, seconds as durations."""
    if not _known(value):
        return "–"
    if unit == "ratio":
        return wording.share(value)
    return wording.seconds(value) if unit == "s" else f"{wording.number(value)} {unit or ''}".rstrip()


def best_known(interval: Interval | None, in_doubt: bool = False) -> str:
    """The value, or what is known instead: "at least", "between", "below"; ``in_doubt`` as in ``rules/known.py``."""
    return known(interval, in_doubt).said(" requests/s") if interval is not None else UNKNOWN


def bounds(interval: Interval | None) -> str:
    """1,078 to 1,102 (95 % interval); empty where an end is not known, or where there is nothing between them."""
    if interval is None or not (_known(interval.value) and _known(interval.low) and _known(interval.high)):
        return ""
    return f"{number(interval.low)} to {number(interval.high)} ({share(interval.confidence)} interval)"


def length(span: float) -> str:
    """A stretch of time: 45 s · 10 min · 2 min 5 s · 1 h 5 min."""
    whole = round(span)
    if whole < 60:
        return f"{whole} s"
    unit, parts = (3600, ("h", "min", 60)) if whole >= 3600 else (60, ("min", "s", 1))
    large, small = whole // unit, whole % unit // parts[2]
    return f"{large} {parts[0]} {small} {parts[1]}" if small else f"{large} {parts[0]}"


def elapsed(span: float) -> str:
    """Time since the start, as a stopwatch shows it: 1:58 · 1:02:03."""
    sign, whole = ("-", -round(span)) if round(span) < 0 else ("", round(span))
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{sign}{minutes}:{rest:02d}"
    return f"{sign}{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def clock(moment: datetime | None, zone: tzinfo | None = None) -> str:
    """The time of day in ``zone``, the machine's own by default: 10:01:58."""
    return f"{moment.astimezone(zone):%H:%M:%S}" if moment is not None else UNKNOWN


def day_and_clock(moment: datetime, zone: tzinfo | None = None) -> str:
    """20 November 2026, 10:00:00 UTC; the zone is named because reports travel."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M:%S %Z}"


def machine_time(moment: datetime) -> str:
    """RFC 3339 in UTC, for the ``datetime`` attribute."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def status(code: str) -> str:
    """503 Service Unavailable · no reply (k6's status 0) · status unknown (no such label)."""
    if code in ("", "0"):
        return "no reply" if code else "status unknown"
    try:
        return f"{code} {HTTPStatus(int(code)).phrase}"
    except ValueError:
        return code


def verdict(name: str) -> str:
    """generator limited, from generator_limited."""
    return name.replace("_", " ")


def sentence(clause: str) -> str:
    """A reason that stands alone: capital first, full stop last."""
    text = clause.strip()
    if not text:
        return ""
    return unbroken(text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else "."))


def happened(event: Event) -> str:
    """An event's text, with the rule that noticed it before it where it does not say that itself."""
    says = event.rule == part_marks.STOP or event.text.casefold().startswith(event.rule)
    return unbroken(event.text if says else f"{event.rule}: {event.text}")


def unbroken(text: str) -> str:
    """The text with each number held on one line with its unit, by no-break spaces."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


def _known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)
