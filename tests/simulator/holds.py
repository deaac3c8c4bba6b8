"""k6/hold.js against a simulated server: requests at a constant rate, as the Timeline that is read of them."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from rules.gridding import to_timeline
from rules.series import AnySeries, HistogramSeries
from rules.timeline import Timeline
from tests.simulator.run import SimulatedRun, by_name, simulate
from tests.simulator.scenario import Arrivals, Generator, Hosts, Load, Output, Scenario, Server

PUSH_SECONDS = 1.0


def held(
    server: Server,
    rate: float,
    seconds: float,
    seed: int,
    vus: int | None = None,
    generator: Generator | None = None,
    hosts: Hosts = Hosts(),  # noqa: B008  # frozen
) -> SimulatedRun:
    """``rate`` requests/s for ``seconds``, by ``vus`` VUs; enough for three seconds' wait where nobody says."""
    vus = vus or ceil(3 * rate) + 10
    arrivals = Arrivals(((0.0, rate), (seconds, rate)), vus)
    load = Load(((0.0, vus), (seconds, vus)), 0.0, graceful_stop=0.0, arrivals=arrivals)
    return simulate(Scenario(load, server, generator or Generator(), Output(PUSH_SECONDS), hosts, "hold"), seed)


def seen(run: SimulatedRun, after: float | None = None) -> Timeline:
    """What is known ``after`` so many seconds; of the whole where nobody says."""
    if after is None:
        return to_timeline(run.samples, run.testid)
    cut = (_until(one, run.start + after) for one in run.series())
    return to_timeline(by_name(one for one in cut if one.times.size), run.testid)


def _until(one: AnySeries, end: float) -> AnySeries:
    kept = one.times <= end
    if isinstance(one, HistogramSeries):
        return replace(
            one, times=one.times[kept], counts=one.counts[kept], sums=one.sums[kept], buckets=one.buckets[kept]
        )
    return replace(one, times=one.times[kept], values=one.values[kept])
