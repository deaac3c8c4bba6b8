"""Exit codes: 0 answered, 1 broken, 2 wrong usage, 3 a lower bound, 4 no judgement, 5 a gate failed, 130 Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # for --help, the numbers are enough
    from rules.answer import Answer

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
    does not; between, the verdict's own code stands, or 3 where that would read as held.
    """
    plain = _BY_VERDICT[answer.verdict]
    if require is None:
        return plain
    level = answer.slo_capacity if by_slo else answer.max_throughput
    if level is None:
        return plain or LOWER_BOUND
    if level.low is not None and level.low >= require:
        return 0
    if level.high is not None and level.high < require:
        return GATE_FAILED
    return plain or LOWER_BOUND
