"""Exit codes: 0 answered, 1 broken, 2 wrong usage, 3 a lower bound, 4 no judgement, 5 a gate failed, 130 Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # for --help, the numbers are enough
    from rules.answer import Answer, Interval
    from rules.comparison import Comparison
    from rules.repeated import Repeated

BROKEN: Final = 1
LOWER_BOUND: Final = 3
NO_JUDGEMENT: Final = 4
GATE_FAILED: Final = 5
INTERRUPTED: Final = 130

_BY_VERDICT: Final = {
    "saturated": 0,
    "not_saturated": LOWER_BOUND,
    "generator_limited": LOWER_BOUND,
    "failing": NO_JUDGEMENT,
    "inconclusive": NO_JUDGEMENT,
}


def code(answer: Answer, require: float | None = None, by_slo: bool = False) -> int:
    """The exit code of ``answer``; ``require`` is a gate in requests/s, on the SLO capacity if ``by_slo``.

    The gate is held when the interval's low end reaches it (a lower bound suffices) and failed when its high end
    does not, unless that may be k6's own limit; between, the verdict's own code stands, or 3 where that would read as
    held.
    """
    from rules.proof import max_throughput, slo_capacity

    return _gated(_BY_VERDICT[answer.verdict], slo_capacity(answer) if by_slo else max_throughput(answer), require)


def of_repeated(told: Repeated, require: float | None = None, by_slo: bool = False) -> int:
    """As ``code``, by the interval over runs; without a gate, the first of 4, 3 and 0 that any run has."""
    from rules.answer import Interval
    from rules.proof import slo_unproven, unproven

    plain = max(_BY_VERDICT[answer.verdict] for answer in told.answers)
    level = told.slo_capacity if by_slo else told.max_throughput
    if level is not None and any(map(slo_unproven if by_slo else unproven, told.answers)):
        level = Interval(low=level.low)
    return _gated(plain, level, require)


def of_comparison(told: Comparison) -> int:
    """5 for a proven regression, 4 where nothing could be compared, else 0."""
    if told.verdict.value == "worse":
        return GATE_FAILED
    return 0 if told.comparable else NO_JUDGEMENT


def _gated(plain: int, level: Interval | None, require: float | None) -> int:
    if require is None:
        return plain
    if level is None:
        return plain or LOWER_BOUND
    if level.low is not None and level.low >= require:
        return 0
    if level.high is not None and level.high < require:
        return GATE_FAILED
    return plain or LOWER_BOUND
