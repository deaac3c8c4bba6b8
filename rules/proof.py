"""What the maximum of an answer proves: the system's limit, or only "at least"; and how both are said.

A plateau is the system's only if k6 could have made more. Where nothing tells, the verdict and its numbers stand, for
the data do show a plateau; but it may be k6's own. Who decides by it has no more than a lower bound.
"""

from __future__ import annotations

from typing import Final

from rules.answer import Answer, Generator, Interval, SloCapacity
from rules.finding import Verdict
from rules.known import known
from rules.wording import number

UNPROVEN: Final = "nothing tells whether k6 itself was the limit"
PROVE_IT: Final = (
    "To know whether k6 was the limit, let Prometheus scrape its machine (`loadline exporter` there, with the label "
    'role="generator") or k6 itself (1.2 or newer, --address); or give the script a think time and k6 native '
    "histograms."
)


def unproven(answer: Answer) -> bool:
    """Whether its plateau may be k6's, for all that is known."""
    return doubtful(answer.verdict, answer.generator)


def doubtful(verdict: Verdict, generator: Generator) -> bool:
    """The same of an answer in the making."""
    return verdict is Verdict.SATURATED and generator.verdict == "unknown"


def max_throughput(answer: Answer) -> Interval:
    """As far as it is proven: the low end alone where the plateau may be k6's."""
    top = answer.max_throughput
    return Interval(low=top.low) if unproven(answer) else top


def slo_capacity(answer: Answer) -> SloCapacity | None:
    """The same; below a plateau, nothing was its limit but the latency."""
    slo = answer.slo_capacity
    if slo is None or not slo_unproven(answer):
        return slo
    return SloCapacity(low=slo.low, limits=slo.limits, model=slo.model)


def slo_unproven(answer: Answer) -> bool:
    """Whether the SLO capacity is at a plateau that may be k6's."""
    slo = answer.slo_capacity
    return slo is not None and unproven(answer) and at_plateau(slo, answer.max_throughput)


def at_plateau(slo: Interval, top: Interval) -> bool:
    """Whether latency was lost no earlier than the plateau was reached."""
    return slo.high is not None and top.value is not None and slo.high >= top.value


def said(interval: Interval, in_doubt: bool = False) -> str:
    """As ``level``; where a limit is ``in_doubt``, "at least", with the reason: ``…, as nothing tells whether …``.

    What is a lower bound by itself needs no such reason.
    """
    doubted = known(interval, in_doubt)
    if doubted == known(interval):
        return level(interval)
    return f"{doubted.said(f' {interval.unit}')}{_ends(interval)}, as {UNPROVEN}"


def level(interval: Interval) -> str:
    """``1,090 requests/s [1,078, 1,102]``, ``at least 900 requests/s``, ``between 700 and 900 …``, ``below 700 …`` or
    ``unknown``.
    """
    return f"{known(interval).said(f' {interval.unit}')}{_ends(interval)}"


def _ends(interval: Interval) -> str:
    """Those of the interval around a value."""
    if interval.value is None or interval.low is None or interval.high is None:
        return ""
    return f" [{number(interval.low)}, {number(interval.high)}]"
