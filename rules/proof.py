"""What the maximum of an answer proves: the system's limit, or only "at least"; and how both are said.

A plateau is the system's only if k6 could have made more. Where nothing tells, the verdict and its numbers stand, for
the data do show a plateau; but it may be k6's own. Who decides by it has no more than a lower bound.
"""

from __future__ import annotations

from typing import Final

from rules.answer import Answer, Generator, Interval, SloCapacity
from rules.finding import Verdict
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
    """The number; where it is ``in_doubt``, as ``at least 1,090 requests/s [1,078, 1,102], as nothing tells …``."""
    told = level(interval)
    return f"at least {told.removeprefix('at least ')}, as {UNPROVEN}" if in_doubt and interval.value else told


def level(interval: Interval) -> str:
    """``1,090 requests/s [1,078, 1,102]``, ``at least 900 requests/s``, ``between 700 and 900 …`` or ``unknown``.

    A value without an end above it is a rate that was held, and an end above without any other one of several that were
    not, or what the least load was served: nobody knows how much more would hold than the one, or less than the other.
    """
    value, low, high = (None if one is None else number(one) for one in (interval.value, interval.low, interval.high))
    if value is not None and not (low is not None and high is None):
        around = f" [{low}, {high}]" if low is not None and high is not None else ""
        return f"{value} {interval.unit}{around}"
    if low is not None and high is not None:
        return f"between {low} and {high} {interval.unit}"
    if low is not None:
        return f"at least {value or low} {interval.unit}"
    return f"below {high} {interval.unit}" if high is not None else "unknown"
