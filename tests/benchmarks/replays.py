"""One simulated run, judged again and again while it goes on, until it is stopped; and what was true at that moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from rules.answer import Interval
from rules.finding import Verdict
from rules.gridding import NoSamplesError, to_timeline
from rules.judge import judge
from rules.parts import Stop
from rules.stopping import decide
from rules.timeline import Timeline
from tests.benchmarks.summary import WITHIN
from tests.simulator import Scenario, SimulatedRun, Truth, random_scenario, simulate
from tests.simulator.as_of import as_of, shorter, unchanged
from tests.simulator.truth import offered, planned_vus, truth_of

MAX_REQUESTS = 250_000
"""Of a run; few enough for hundreds of them to be replayed in minutes."""
EVERY_SECONDS, EVERY_SHARE = 5.0, 0.01
"""A run is judged so often, or so many times in all where it is longer than 500 s."""
USELESS = 0.05
"""A share of good replies below this is no useful work (rules/failures.py)."""


@dataclass(frozen=True)
class Replay:
    """What became of one run; times are seconds since it began."""

    seed: int
    kind: str
    seconds: float
    """Its length, had nobody stopped it."""
    truth: Truth
    """Of the whole run."""
    end: Interval
    """The answer to the whole run, where it has a number."""
    requests: float
    """Of the whole run."""
    stop: Stop | None = None
    at: float = 0.0
    told: Interval = field(default_factory=Interval)
    """The answer at the stop."""
    then: Truth | None = None
    """What was true at the stop."""
    knee: float | None = None
    """When the load passed the knee of that truth."""
    spared: float = 0.0
    """Requests that came after the stop."""
    useful: float = 0.0
    """The share of those whose replies were good."""

    @property
    def reason(self) -> str | None:
        return self.stop.reason if self.stop else None

    @property
    def error(self) -> float | None:
        """Of the number at the stop, relative; None where none was told or none was true."""
        return _error(self.told, self.then)

    @property
    def error_at_end(self) -> float | None:
        return _error(self.end, self.truth)

    @property
    def covered(self) -> bool | None:
        """Whether the interval at the stop holds what was true then."""
        return _covers(self.told, self.then)

    @property
    def covered_at_end(self) -> bool | None:
        return _covers(self.end, self.truth)

    @property
    def changed(self) -> bool:
        """Whether the server was to do clearly more, after the stop."""
        later, now = self.truth.max_throughput, self.then.max_throughput if self.then else None
        return later is not None and now is not None and later > (1 + WITHIN) * now

    @property
    def wrong(self) -> bool:
        """Stopped for a reason that is not so, or with a number that is off by more than WITHIN."""
        if self.reason == "known":
            return self.error is None or abs(self.error) > WITHIN
        if self.reason == "failing":
            return self.useful >= USELESS
        return self.reason == "generator_limited" and self.truth.verdict is not Verdict.GENERATOR_LIMITED


def replay(seed: int) -> Replay:
    """Draw the run of ``seed``, simulate it, and judge it as it goes on until it is stopped."""
    scenario = random_scenario(np.random.default_rng(seed), MAX_REQUESTS)
    run = simulate(scenario, seed)
    whole, length = to_timeline(run.samples, run.testid), run.end - run.start
    every, step = _made(whole), max(EVERY_SECONDS, EVERY_SHARE * length)
    told = Replay(seed, scenario.name, length, run.truth, judge(whole).max_throughput, every)
    for at in np.arange(step, length, step).tolist():
        if (found := _stopped(run, at)) is not None:
            stop, then_told, timeline = found
            then, spared = truth_at(scenario, at), every - _made(timeline)
            return replace(
                told,
                stop=stop,
                at=at,
                told=then_told,
                then=then,
                knee=knee_passed(scenario, then),
                spared=spared,
                useful=(_good(whole) - _good(timeline)) / max(spared, 1.0),
            )
    return told


def truth_at(scenario: Scenario, seconds: float) -> Truth:
    """What was true of a run that ended after ``seconds``; of its server as it was by then, under the whole load, where
    the simulator does not call so little load saturated beyond dispute.
    """
    cut = truth_of(shorter(scenario, seconds))
    return cut if cut.max_throughput is not None else truth_of(unchanged(scenario, seconds))


def knee_passed(scenario: Scenario, truth: Truth) -> float | None:
    """Seconds at which the load first reached the knee of ``truth``, in its best regime; None where it has none."""
    if truth.knee_vus is None or truth.max_throughput is None:
        return None
    grid, vus = planned_vus(scenario.load)
    best = max((one for one in truth.regimes if one.saturated), key=lambda one: one.capacity)
    enough = offered(scenario.load, grid) >= truth.max_throughput if scenario.load.arrivals else vus >= truth.knee_vus
    past = np.flatnonzero(enough & (grid >= best.start))
    return float(grid[past[0]]) if past.size else None


def _stopped(run: SimulatedRun, at: float) -> tuple[Stop, Interval, Timeline] | None:
    try:
        timeline = to_timeline(as_of(run, at), run.testid)
    except NoSamplesError:  # before the second push
        return None
    answer = judge(timeline)
    stop = decide(timeline, answer)
    return None if stop is None else (stop, answer.max_throughput, timeline)


def _made(timeline: Timeline) -> float:
    return float(sum(timeline.totals.values()))


def _good(timeline: Timeline) -> float:
    return _made(timeline) - float(sum(timeline.failed_totals.values()))


def _error(told: Interval, truth: Truth | None) -> float | None:
    true = truth.max_throughput if truth else None
    return None if told.value is None or true is None else told.value / true - 1.0


def _covers(told: Interval, truth: Truth | None) -> bool | None:
    true = truth.max_throughput if truth else None
    if true is None or told.low is None or told.high is None:
        return None
    return told.low <= true <= told.high
