"""A testid that is used again before its last run is forgotten: k6 begins anew, and so does what it counts.

Both must be seen. ``k6_vus`` comes from another process, by the clock of its samples (rules/statistics/ticks.py); that
alone is also seen after a step of the machine's clock. And no count goes on; that alone is also seen where one scenario
follows another. A k6 that a supervisor starts again goes through its plan from the begin: that is another run.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rules.prometheus import Prometheus
from rules.series import AnySeries, Series
from rules.signals.load import ITERATIONS
from rules.statistics import ticks
from rules.statistics.counters import STAMP_SLACK_SECONDS

NEAR_SECONDS: Final = 120.0
"""A count that has no sample for so long is of an iteration that is rare, and tells nothing."""


def moments(client: Prometheus, selector: str, vus: Sequence[AnySeries]) -> list[float]:
    """First samples of ``vus``, unix seconds, with which all of it is another run than before; raises PrometheusError.

    ``vus`` are the series of k6_vus that ``selector`` has. Several processes of a test, and its parts, are one series
    each, so the first that begins anew begins the run anew, and the others' first changes are of the same.
    """
    first = [ticks.changes(one.times) for one in vus]
    begun = zip_longest(*(one.times[those] for one, those in zip(vus, first, strict=True)), fillvalue=np.inf)
    others = [
        moment
        for moment in (float(min(one)) for one in begun)
        if not any(_goes_on(one, those, moment) for one, those in zip(vus, first, strict=True))
    ]
    if not others:
        return []
    # One query for all: of a k6 that is short of CPU the clock seems to change every few samples.
    read = client.raw(ITERATIONS.selector(selector), others[0] - 2 * NEAR_SECONDS, others[-1] + NEAR_SECONDS)
    ended = [one for one in read if isinstance(one, Series)]
    return [moment for moment in others if _counts_anew(ended, vus, moment)]


def _goes_on(one: AnySeries, first: NDArray[np.intp], moment: float) -> bool:
    """Whether the process that writes ``one`` is the same before and after; ``first`` samples of others are known."""
    index = int(np.searchsorted(one.times, moment))
    return 0 < index < one.times.size and index not in first


def _counts_anew(ended: Sequence[Series], vus: Sequence[AnySeries], moment: float) -> bool:
    """Whether every count of iterations near ``moment``, of those in ``ended``, fell back, or has come or gone with it.

    Before the moment, near is what comes within NEAR_SECONDS of the last sample of ``vus``.
    """
    before = max(float(one.times[one.times < moment][-1]) for one in vus if (one.times < moment).any())
    edge = before + STAMP_SLACK_SECONDS
    pairs = []
    for one in ended:
        near = (one.times >= before - NEAR_SECONDS) & (one.times <= moment + NEAR_SECONDS)
        pairs.append((one.values[near & (one.times <= edge)], one.values[near & (one.times > edge)]))
    goes_on = any(old.size and new.size and new[0] >= old[-1] for old, new in pairs)
    # Before the first iteration has ended nothing is counted that could begin anew.
    return any(old.size for old, _ in pairs) and any(new.size for _, new in pairs) and not goes_on
