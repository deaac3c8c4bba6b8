"""When a k6 process was started again, as all of its counters tell together.

Its totals then begin anew. A series tells so only by its first sample after that: one of failures that had ceased may
come again minutes later, and alone would leave all that time in doubt. What others of its process tell narrows it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from rules.series import Floats, Series
from rules.statistics import counters

ALIKE = 0.5
"""Of the shorter of two spans, what they have in common at least if they tell of the same restart: the stamps of a push
differ, but by less than pushes do."""


@dataclass(frozen=True)
class Restart:
    """Unix seconds between which it was: the last sample before, and the first one after."""

    after: float
    by: float

    @property
    def seconds(self) -> float:
        return self.by - self.after

    def is_of(self, other: Restart) -> bool:
        """Whether both tell of one."""
        return min(self.by, other.by) - max(self.after, other.after) >= ALIKE * min(self.seconds, other.seconds)


def restarts(series: Iterable[Series]) -> tuple[Restart, ...]:
    """Those of one process, by what all of its ``series`` tell."""
    found: list[Restart] = []
    told = (spans(one.times, counters.unwrap(one.values)[1]) for one in series)
    for span in sorted(set(chain.from_iterable(told)), key=lambda one: (one.seconds, one.by)):
        same = [one for one in found if one.is_of(span)]
        if not same:
            found.append(span)
        elif len(same) == 1:
            found.remove(same[0])
            found.append(Restart(max(span.after, same[0].after), min(span.by, same[0].by)))
    return tuple(sorted(found, key=lambda one: one.by))


def spans(times: Floats, fell: Iterable[int]) -> list[Restart]:
    """Those that one series tells of alone, whose samples ``fell`` (indices) are less than those before."""
    return [Restart(float(times[i - 1]), float(times[i])) for i in fell]


def joined(known: Sequence[Restart], alone: Iterable[Restart]) -> list[Restart]:
    """Those ``known`` of a process, in order, and of those ``alone``, what one series tells, the others."""
    begins, ends = [one.after for one in known], [one.by for one in known]
    others = []
    for fall in alone:
        about = known[bisect_right(ends, fall.after) : bisect_left(begins, fall.by)]
        if not any(one.is_of(fall) for one in about):
            others.append(fall)
    return [*known, *others]
