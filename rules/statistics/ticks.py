"""Whose clock stamped these samples? k6 looks at its VUs once a second, counted from its own start.

So the stamps of ``k6_vus`` have the same fraction of a second all through the life of one process: within 40 ms on a
machine of 2 cores with 14 tasks waiting (k6 1.1.0 and 1.8.1). A look that comes late is alone; the next is in time.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rules.series import Floats

SECONDS: Final = 1.0
SLACK_SECONDS: Final = 0.1
"""So much may a look come late without being another process's."""
FEWEST_TURNS: Final = 3
"""And so many stamps of each process."""
OFTEN: Final = 1 / 3
"""Of the steps from one stamp to the next; of two that push alike all go from one to the other."""
MOSTLY: Final = 0.75
"""And so many of the steps are alike where one writes them, as pushes may be lost; of two, half at most."""


def interleaved(times: Floats) -> bool:
    """Whether stamps ``times`` (n,), rising unix seconds, are by turns of several processes."""
    if times.size < 2 or _evenly_spaced(times):
        return False
    clocks = _clocks(times)
    turns = int((np.diff(clocks) != 0).sum())
    # Looks that come late at random, of a k6 that is short of CPU, have fractions all over the second.
    each = [_apart(times[clocks == one] - times[clocks == one][0]) for one in np.unique(clocks)]
    in_time = all(one.size >= FEWEST_TURNS and np.ptp(one) <= SLACK_SECONDS for one in each)
    return in_time and turns >= max(FEWEST_TURNS, OFTEN * (times.size - 1))


def _evenly_spaced(times: Floats) -> bool:
    """Whether most steps are alike: a store's own stamps, every 2.5 s say, which are no look's; or of two processes
    those that push half an interval apart, which nothing tells from them.
    """
    steps = np.diff(times)
    return bool(np.mean(np.abs(steps - np.median(steps)) <= SLACK_SECONDS) > MOSTLY)


def changes(times: Floats) -> NDArray[np.intp]:
    """Indices (k,) of the stamps with which another process begins: those after have its fraction of a second, those
    before another one.
    """
    steps = np.abs(_apart(np.diff(times))) > SLACK_SECONDS
    steady = ~np.concatenate([[False], steps, [False]])  # beyond the ends nothing is known
    return np.flatnonzero(steps & steady[:-2] & steady[2:]) + 1


def _clocks(times: Floats) -> NDArray[np.intp]:
    """Which process stamped each, by its fraction of a second: numbers that mean nothing else; shape (n,)."""
    fractions = times % SECONDS
    order = np.argsort(fractions)
    numbers = np.concatenate([[0], np.cumsum(np.diff(fractions[order]) > SLACK_SECONDS)])
    if fractions[order[0]] + SECONDS - fractions[order[-1]] <= SLACK_SECONDS:  # a second has no begin and no end
        numbers[numbers == numbers[-1]] = 0
    found = np.empty_like(numbers)
    found[order] = numbers
    return found


def _apart(seconds: Floats) -> Floats:
    """The same to the next whole second, -0.5 to 0.5."""
    return (seconds + SECONDS / 2) % SECONDS - SECONDS / 2
