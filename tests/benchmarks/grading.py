"""One simulated run, answered and compared with its truth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rules.finding import Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from tests.benchmarks.baselines import baselines
from tests.benchmarks.promises import Promise, promise
from tests.simulator import Truth, random_scenario, simulate

ENOUGH = 2.0
"""A plateau with twice the information that ±3 % takes (docs/answer.md); with less the run's own noise is larger."""


@dataclass(frozen=True)
class Told:
    """What a method said: a verdict, and numbers in requests/s where it gave any."""

    verdict: Verdict
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Graded:
    """A run's truth, and what each method said of it; ``told["Loadline"]`` is ours."""

    seed: int
    kind: str
    truth: Truth
    told: dict[str, Told] = field(default_factory=dict)
    because: str = ""
    promise: Promise | None = None
    """The same run asked for its SLO capacity; None where that has no one true value."""

    @property
    def enough(self) -> bool:
        """Whether the run holds what an answer within 3 % takes; always so where there is no number to find."""
        return self.truth.verdict is not Verdict.SATURATED or (self.truth.information or 0.0) >= ENOUGH

    def right(self, method: str) -> bool:
        return self.truth.allows(self.told[method].verdict)

    def error(self, method: str) -> float | None:
        """Relative error of the number; None where none was due or none was given."""
        true, value = self.truth.max_throughput, self.told[method].value
        return None if true is None or value is None else value / true - 1.0

    def covered(self, method: str) -> bool | None:
        """Whether the interval holds the truth; None where there is no interval or no truth."""
        true, told = self.truth.max_throughput, self.told[method]
        if true is None or told.value is None or told.low is None or told.high is None:
            return None
        return told.low <= true <= told.high


OURS = "Loadline"


def grade(seed: int) -> Graded:
    """Draw the run of ``seed``, simulate it, and ask every method."""
    run = simulate(random_scenario(np.random.default_rng(seed)), seed)
    timeline = to_timeline(run.samples, run.testid)
    answer = judge(timeline)
    top = answer.max_throughput
    told = {OURS: Told(answer.verdict, top.value, top.low, top.high)}
    for name, method in baselines().items():
        value = method(timeline)
        told[name] = Told(Verdict.INCONCLUSIVE if value is None else Verdict.SATURATED, value)
    return Graded(seed, run.scenario.name, run.truth, told, answer.because, promise(run, timeline, seed))
