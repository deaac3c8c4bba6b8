"""Requests that never left the generator, because it could not open a connection: no free port, no free file.

k6 gives a connection that fails for a reason of its own machine the error code 1213; refused, timed out, reset and
unresolved ones have others (k6: lib/netext/httpext/error_codes.go). The label ``error``, where a script keeps it, holds
the operating system's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from rules import names
from rules.series import Floats, Series
from rules.statistics.windows import Mask
from rules.timeline import Timeline

DIAL_FAILED: Final = "1213"
NO_REPLY: Final = "0"
PORTS: Final = "local ports"
FILES: Final = "open files"
EITHER: Final = "local ports or open files"
WORDS: Final[Mapping[str, str]] = {"cannot assign requested address": PORTS, "too many open files": FILES}
"""Of EADDRNOTAVAIL, EMFILE and ENFILE. No route to the host, say, is none of the generator's limits."""


def by_lack(failed: Iterable[Series]) -> dict[str, list[Series]] | None:
    """The series of ``failed`` that never left, by what was lacking; None where the tags do not tell which did."""
    groups: dict[str, list[Series]] = {}
    for one in failed:
        if one.labels.get(names.STATUS, NO_REPLY) != NO_REPLY:
            continue
        code = one.labels.get(names.ERROR_CODE)
        if code is None:
            return None
        what = _lack(one.labels.get(names.ERROR)) if code == DIAL_FAILED else None
        if what is not None:
            groups.setdefault(what, []).append(one)
    return groups


def _lack(error: str | None) -> str | None:
    if not error:
        return EITHER
    return next((lack for words, lack in WORDS.items() if words in error), None)


def rate(timeline: Timeline) -> Floats:
    """All of them per second, shape (n,); zero where nobody tells."""
    rates = list((timeline.unsent or {}).values())
    return np.asarray(np.sum(rates, axis=0)) if rates else np.zeros_like(timeline.throughput)


def share(timeline: Timeline, bins: Mask) -> float:
    """Of the requests that k6 counted in ``bins``."""
    counted = float(np.nansum(timeline.throughput[bins]))
    return float(np.nansum(rate(timeline)[bins])) / counted if counted > 0 else 0.0


def most_lacking(timeline: Timeline) -> str:
    """What most of them were lacking; empty where there are none."""
    sums = {what: float(np.nansum(rates)) for what, rates in (timeline.unsent or {}).items()}
    return max(sums, key=lambda what: sums[what], default="")
