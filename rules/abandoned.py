"""Replies that nobody counts: what a k6 process that ended early had asked for is still served, and told by no one.

While several processes go on, one that died leaves its requests in the server's queue. The server works on them for
another response time, and goodput as it is seen dips though nothing was wrong with the server. The same after every
process was killed and started anew. Such stretches tell nothing of the capacity and are cut out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from rules.series import Floats
from rules.statistics.windows import Mask

DRAINED: Final = 1.5
"""Times the mean response time until the last of the abandoned requests has left the server: some wait longer."""


def ended_early(last_pushes: Sequence[float], end: float, silence: float) -> list[float]:
    """The last pushes (unix seconds) of processes that fell silent more than ``silence`` seconds before the ``end``."""
    return sorted(last for last in last_pushes if last < end - silence)


def abandoned(edges: Floats, deaths: Iterable[float], push_interval: float, response: Floats) -> Mask:
    """Bins between ``edges`` (n + 1,) in which replies were lost to each process that ended at ``deaths``; shape (n,).

    From its last push on: up to a push later it still had replies that it told nobody, and then its requests are
    served in vain. ``response`` (n,) is the mean response time per bin in seconds, NaN where unknown.
    """
    lost = np.zeros(edges.size - 1, bool)
    for death in deaths:
        before = response[edges[1:] <= death]
        known = before[np.isfinite(before)]
        until = death + push_interval + (DRAINED * float(known[-1]) if known.size else 0.0)
        lost |= (edges[:-1] < until) & (edges[1:] > death)
    return lost
