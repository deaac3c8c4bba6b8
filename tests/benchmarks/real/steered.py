"""The same servers, loaded by runs that steer themselves: ``make benchmark-real-steered``.

Prints the page, and ``--write`` keeps it as docs/real-steered-runs.md. Takes 25 minutes; needs Linux and two cores.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadline.bench import Bench
from rules import parts
from rules.answer import Answer
from rules.finding import Verdict
from tests.benchmarks.real.cases import CASES, Case
from tests.benchmarks.real.command import asked, publish
from tests.benchmarks.real.here import generators, machine, version
from tests.benchmarks.real.measure import answer_of
from tests.benchmarks.real.page import Machine, answered, interval
from tests.benchmarks.real.say import say
from tests.benchmarks.summary import WITHIN
from tests.benchmarks.tables import table

PAGE: Final = Path(__file__).parents[3] / "docs" / "real-steered-runs.md"
FIXED_SECONDS: Final = 600.0
"""The ramp of the tutorial."""
LONGEST_SECONDS: Final = 1800.0
INTRODUCTION: Final = """\
# Real runs that steer themselves

`make benchmark-real-steered` makes this page: whole runs of `loadline run URL --confirm`, told nothing but the URL and
the think time, on loopback against the servers of [real-runs.md](real-runs.md), with k6 {k6}.
{machine}

- **Time**: from the first request to the end of the last ramp, all parts and pauses included; and as a share of the
  fixed ramp's ten minutes.
- **Requests**: those of the ramps, which the answer counts; in brackets all that the server counted, those of the probe
  and of the confirmation too. **Fixed ramp**: those of ten minutes up to the VUs in brackets, by construction:
  N / (R + Z) up to the capacity.
- **Confirmation**: the rate that held, requests/s, in how many holds, with the model of `slo_capacity`.

"""


@dataclass(frozen=True)
class Row:
    """One run of one case."""

    case: Case
    answer: Answer
    served: int
    """Replies of the whole run, by the server's own count."""
    load_before: float


def main(arguments: Sequence[str] | None = None) -> int:
    cases, write = asked(__doc__, arguments, [case for case in CASES if case.host_metrics], PAGE)
    k6 = generators({})[0]
    return publish(lambda: page([row(case, k6) for case in cases], machine(), version(k6, {}, "version")), PAGE, write)


def row(case: Case, k6: Path) -> Row:
    """One whole run; raises BrokenError where it gives no answer."""
    say(f"{case.name}: loadline run")
    load_before = os.getloadavg()[0]
    with Bench() as bench:
        server = case.server(bench)
        options = ("--think-time", case.think, "--confirm")
        answer = answer_of(case, server.url, k6, bench, options, LONGEST_SECONDS)
        return Row(case, answer, server.served(), load_before)


def page(rows: Sequence[Row], on: Machine, k6: str) -> str:
    """The whole page, in Markdown."""
    head = [
        "server",
        "truth",
        "verdict",
        "answer",
        "interval",
        "time",
        "share",
        "requests",
        "fixed ramp",
        "confirmation",
    ]
    head += ["load before", "right"]
    told = table(head, [_cells(one) for one in rows])
    said = "\n".join(line for one in rows for line in _said(one))
    return INTRODUCTION.format(k6=k6, machine=on) + told + "\n\n## What each part was for\n\n" + said


def seconds_taken(answer: Answer) -> float:
    """From the first request to the end of the last ramp."""
    before = [part.end for part in answer.parts if parts.kind(part.name) != parts.CONFIRMATION]
    return (max(before, default=answer.window.end) - answer.window.start).total_seconds()


def of_fixed_ramp(case: Case) -> float | None:
    """Requests of a ramp to the case's VUs over FIXED_SECONDS, by construction; None where no capacity is known."""
    if case.capacity is None:
        return None
    knee = case.capacity * (float(case.think.removesuffix("ms")) / 1000 + 0.02)
    rising = min(1.0, knee / case.vus)
    return case.capacity * FIXED_SECONDS * (1 - rising / 2)


def right(one: Row) -> bool:
    """The verdict, and a number within 3 % with an interval that holds the truth."""
    top, true = one.answer.max_throughput, one.case.capacity
    if one.answer.verdict is not one.case.verdict:
        return False
    if one.case.verdict is not Verdict.SATURATED or true is None:
        return True
    if top.value is None or top.low is None or top.high is None:
        return False
    return abs(top.value / true - 1) <= WITHIN and top.low <= true <= top.high


def _cells(one: Row) -> list[str]:
    answer, case = one.answer, one.case
    top, taken, fixed = answer.max_throughput, seconds_taken(answer), of_fixed_ramp(case)
    off = None if top.value is None or case.capacity is None else top.value / case.capacity - 1
    return [
        case.name,
        "–" if case.capacity is None else f"{case.capacity:,.0f}",
        f"`{answer.verdict}`",
        answered(top, off),
        interval(top),
        f"{taken:.0f} s",
        f"{100 * taken / FIXED_SECONDS:.0f} %",
        f"{answer.requests.count if answer.requests else 0:,} ({one.served:,})",
        "–" if fixed is None else f"{fixed:,.0f} ({case.vus:,} VUs)",
        _confirmed(answer),
        f"{one.load_before:.1f}",
        "yes" if right(one) else "no",
    ]


def _confirmed(answer: Answer) -> str:
    holds = sum(parts.kind(part.name) == parts.CONFIRMATION for part in answer.parts)
    promised = answer.slo_capacity
    if not holds or promised is None:
        return "–"
    return f"{answered(promised, None)} in {holds}, {promised.model}"


def _said(one: Row) -> Iterator[str]:
    yield f"- **{one.case.name}**: {one.answer.because}"
    for part in one.answer.parts:
        stop = f"; stopped: {part.stop.because}" if part.stop else ""
        yield f"  - {part.name}, {(part.end - part.start).total_seconds():.0f} s: {part.because}{stop}"


if __name__ == "__main__":
    sys.exit(main())
