"""The load generator's pulse: the time an iteration spends outside requests, ``iteration − Σ(blocked + duration)``.

It is the script's own work and sleep. A server's limit leaves it alone; a generator that is short of CPU lengthens even
a sleep. It needs nothing but k6's own metrics.
"""

from __future__ import annotations

import numpy as np

from rules import plateau, unloaded
from rules.statistics.windows import Mask
from rules.timeline import Timeline

RISE = 0.05
"""A rise by less of the pulse is noise of the timers."""
FEWEST_ITERATIONS = 30.0
"""Under light load, to know what the pulse was before."""
CLOCKS = 0.01
"""Of a cycle: by so much the two clocks of k6 may differ; requests in parallel overlap by far more."""
LENGTHENED = 0.1
"""A cycle that grew by less shows no queue in it: fast failures, say, that hide one."""
TRANSPORT_ERRORS = 0.01
"""Above this share of requests without a reply the time outside requests is not the generator's alone."""


def share_of_growth(timeline: Timeline, found: plateau.Plateau) -> float | None:
    """Share of the cycle's growth, light load to plateau, that lies outside requests; None where it cannot be told."""
    cycle, inside = timeline.iteration_durations, timeline.durations
    if cycle is None or inside is None or timeline.iterations is None or _transport_errors(timeline):
        return None
    per_iteration = unloaded.requests_per_iteration(timeline)
    response = inside.mean() + (timeline.blocked.mean() if timeline.blocked is not None else 0.0)
    light = ~found.saturated & np.isfinite(cycle.mean()) & np.isfinite(response) & (_before(found))
    if float(np.sum(cycle.counts[light])) < FEWEST_ITERATIONS:
        return None
    outside0 = float(np.median((cycle.mean() - per_iteration * response)[light]))
    cycle0 = float(np.median(cycle.mean()[light]))
    if outside0 < -CLOCKS * cycle0:  # requests in parallel (http.batch) take longer together than the iteration
        return None
    # An iteration ends its think time after its requests did: compare it with the replies of that moment.
    earlier = np.interp(
        timeline.times - outside0, timeline.times[np.isfinite(response)], response[np.isfinite(response)]
    )
    outside = cycle.mean() - per_iteration * earlier
    top = found.bins & np.isfinite(outside)
    if top.sum() < 2:
        return None
    growth = float(np.mean(cycle.mean()[top])) - cycle0
    rise = float(np.mean(outside[top])) - outside0
    if growth < LENGTHENED * cycle0:
        return None
    return rise / growth if rise > RISE * outside0 else min(rise / growth, 0.0)


def _before(found: plateau.Plateau) -> Mask:
    first = int(np.flatnonzero(found.regime)[0])  # a moment's queue before that does not end the light load
    return np.arange(found.saturated.size) < first


def _transport_errors(timeline: Timeline) -> bool:
    requests = sum(timeline.totals.values())
    return timeline.failed_totals.get("0", 0.0) > TRANSPORT_ERRORS * max(requests, 1.0)
