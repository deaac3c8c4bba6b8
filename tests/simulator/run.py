"""One simulated run: the series as Prometheus would hold them, and the truth about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from rules.series import AnySeries, Samples
from tests.simulator import closed_loop, hosts, k6
from tests.simulator.capacity import capacity
from tests.simulator.closed_loop import Requests
from tests.simulator.play import play
from tests.simulator.scenario import Scenario
from tests.simulator.truth import Truth, truth_of

ZERO = 1_700_000_000.0
"""Unix seconds at which a simulated test begins unless it is shifted."""
AMPLE = 3.0
"""A generator with this many times the CPU that the server can make it spend is never waited for."""


@dataclass(frozen=True, eq=False)
class SimulatedRun:
    """``start`` and ``end`` are the unix seconds of the load's begin and of its last sample."""

    scenario: Scenario
    seed: int
    testid: str
    start: float
    end: float
    samples: Samples = field(repr=False)
    truth: Truth

    def series(self) -> Iterator[AnySeries]:
        """Every series, with its name in the label ``__name__``."""
        for group in self.samples.values():
            yield from group

    def shifted(self, seconds: float) -> SimulatedRun:
        """The same run that many seconds later."""
        moved = [replace(one, times=np.round(one.times + seconds, 3)) for one in self.series()]
        return replace(self, start=self.start + seconds, end=self.end + seconds, samples=by_name(moved))


def simulate(scenario: Scenario, seed: int, testid: str | None = None) -> SimulatedRun:
    """Run ``scenario``. The same scenario and seed give the same samples, whatever ran before."""
    rng = np.random.default_rng(seed)
    return recorded(scenario, played(scenario, rng), seed, testid, rng)


def recorded(
    scenario: Scenario,
    requests: Requests,
    seed: int,
    testid: str | None = None,
    rng: np.random.Generator | None = None,
) -> SimulatedRun:
    """What is known of ``requests`` that were made already: as the scenario's output pushes them, and its hosts show.

    The same requests can so be recorded in several ways.
    """
    rng = rng or np.random.default_rng(seed)
    testid = testid or f"{scenario.name}-{seed}"
    written = k6.written(requests, scenario.load, scenario.server, scenario.output, testid, ZERO, rng)
    samples = by_name([*written, *hosts.scraped(scenario, requests, ZERO, rng)])
    end = max(float(one.times[-1]) for group in samples.values() for one in group)
    return SimulatedRun(scenario, seed, testid, ZERO, end, samples, truth_of(scenario))


def played(scenario: Scenario, rng: np.random.Generator) -> Requests:
    """Every request of the run."""
    load, generator = scenario.load, scenario.generator
    _, stops = closed_loop.starts_and_stops(load)
    stops = sorted([*stops, *_dying(scenario)])
    fastest = max(capacity(scenario.server, mark) for mark in (0.0, load.seconds))
    waited_for = generator if generator.capacity < AMPLE * fastest else None
    return play(load, scenario.server, waited_for, stops, rng)


def _dying(scenario: Scenario) -> list[float]:
    """One time for each VU that goes down with its k6 process."""
    at = scenario.output.last_dies_at
    if at is None:
        return []
    now = np.interp(at, [t for t, _ in scenario.load.points], [n for _, n in scenario.load.points])
    return [at] * int(now / scenario.output.processes)


def by_name(series: Iterable[AnySeries]) -> dict[str, list[AnySeries]]:
    """Series by the label ``__name__``, which they keep, as Prometheus returns them."""
    found: dict[str, list[AnySeries]] = {}
    for one in series:
        found.setdefault(one.labels["__name__"], []).append(one)
    return found
