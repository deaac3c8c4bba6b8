"""What was measured of a case beside what must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.finding import Verdict
from tests.benchmarks.real.cases import Case
from tests.benchmarks.real.measure import Told
from tests.benchmarks.real.wrk import Measured
from tests.benchmarks.summary import WITHIN


@dataclass(frozen=True)
class Row:
    """One k6 run of one case."""

    case: Case
    k6: str
    """Its version."""
    told: Told
    wrk: Measured

    def off(self, rate: float | None) -> float | None:
        """The answer's relative error against ``rate`` (requests/s); None where either is missing."""
        value = self.told.answer.max_throughput.value
        return None if value is None or not rate else value / rate - 1.0

    def faults(self) -> Iterator[str]:
        """Each thing that is wrong with the answer, as the end of a sentence about it."""
        answer, case = self.told.answer, self.case
        if answer.verdict is not case.verdict:
            yield f"called `{answer.verdict}`, and is `{case.verdict}`"
        for rate, witness in (
            (case.capacity, "the truth"),
            (self.wrk.rate if case.verdict is Verdict.SATURATED else None, "wrk"),
            (self.told.own_rate, "the server's own count"),
        ):
            off = self.off(rate)
            if off is not None and abs(off) > WITHIN:
                yield f"{100 * off:+.1f} % from {witness}"
        yield from self._bounds()
        if answer.bottleneck is not None and answer.bottleneck.resource == "cpu":
            yield "names the CPU, which every server here leaves idle"

    def _bounds(self) -> Iterator[str]:
        top = self.told.answer.max_throughput
        if self.case.capacity is None:
            if top.low is not None and top.low > self.wrk.rate:
                yield "its “at least” is more than wrk reached"
        elif top.low is not None and top.high is not None and not top.low <= self.case.capacity <= top.high:
            yield "its interval does not hold the truth"
