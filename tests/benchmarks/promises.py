"""The SLO capacity, graded on the runs whose server never changes its speed, with a latency limit of each run's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rules.answer import Objective, SloCapacity
from rules.finding import Verdict
from rules.judge import judge
from rules.timeline import Timeline
from tests.simulator.capacity import capacity, response_time
from tests.simulator.promise import slo_capacity
from tests.simulator.run import SimulatedRun
from tests.simulator.truth import is_constant

STRICTEST, LOOSEST = 1.5, 30.0
"""The latency limit as a multiple of what a lone request takes; between them its logarithm is uniform."""
AT_THE_PLATEAU = 0.985
"""Of the capacity: an objective that is lost there was lost for a queue's sake."""


@dataclass(frozen=True)
class Promise:
    """``true``: requests/s, None where not even one VU keeps the objective. ``told``: what Loadline said."""

    capacity: float
    true: float | None
    told: SloCapacity

    @property
    def place(self) -> str:
        """Where the objective is lost in truth."""
        if self.true is None:
            return "by one VU alone"
        return "on the plateau" if self.true >= AT_THE_PLATEAU * self.capacity else "before the knee"

    @property
    def holds(self) -> bool:
        """Whether the truth lies between the bounds that were told; where there is none, no lower one must be."""
        low, high = self.told.low, self.told.high
        if self.true is None or (low is None and high is None):
            return self.true is None and low is None
        return (low is None or low <= self.true) and (high is None or self.true <= high)

    @property
    def error(self) -> float | None:
        """Relative error of the value; None where none was due or none was given."""
        return None if self.true is None or self.told.value is None else self.told.value / self.true - 1.0


def promise(run: SimulatedRun, timeline: Timeline, seed: int) -> Promise | None:
    """The run of ``seed`` asked for its SLO capacity; None where the truth has no one value or no latencies."""
    load, server = run.scenario.load, run.scenario.server
    changes = server.changes or server.scale_out or server.leak or server.outage or server.contention or server.pauses
    plain = run.truth.verdict is Verdict.SATURATED and not changes and not load.arrivals and not is_constant(load)
    if not plain or not run.scenario.output.native_histograms:
        return None
    ratio = np.exp(np.random.default_rng((seed, 1)).uniform(np.log(STRICTEST), np.log(LOOSEST)))
    objective = Objective(latency_seconds=float(f"{response_time(server) * ratio:.3g}"))
    told = judge(timeline, objective).slo_capacity
    return Promise(capacity(server, 0.0), slo_capacity(run.scenario, objective), told or SloCapacity())


def rows(promises: Sequence[Promise]) -> list[list[str]]:
    """One row a place: runs; values, bounds alone, only upper ones, nothing; median error; truth within the bounds."""
    told = []
    for place in ("on the plateau", "before the knee", "by one VU alone"):
        here = [one for one in promises if one.place == place]
        values = sum(one.told.value is not None for one in here)
        bounds = sum(one.told.value is None and one.told.low is not None for one in here)
        at_most = sum(one.told.value is None and one.told.low is None and one.told.high is not None for one in here)
        counts = [len(here), values, bounds, at_most, len(here) - values - bounds - at_most]
        errors = [abs(error) for one in here if (error := one.error) is not None]
        median = f"{100 * float(np.median(errors)):.2f} %" if errors else "–"
        holds = f"{sum(one.holds for one in here)} of {len(here)}"
        told.append([place, *map(str, counts), median, holds])
    return told
