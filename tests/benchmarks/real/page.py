"""docs/real-runs.md: measured runs as one table, and what each answer said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rules.answer import Answer, Interval
from rules.finding import Verdict
from tests.benchmarks.real.cases import RAMP_SECONDS
from tests.benchmarks.real.grading import Row
from tests.benchmarks.tables import table

INTRODUCTION: Final = """\
# Real runs with a known truth

`make benchmark-real` makes this page: whole runs of `loadline run`, with a Prometheus and an exporter of their own, on
loopback against real servers, each a ramp of VUs over {ramp} s by a real k6.
{machine}

- **Truth**: the capacity by construction, in requests/s. nginx answers from its configuration alone, on one core;
  what it can do is at least what wrk drives it to.
- **wrk**: what wrk drives a fresh server of the same kind to, from one thread and without think time; on k6's one core
  where k6 is pinned. The share in brackets is by how much the answer is above or below.
- **Own count**: the server's own count of its replies, asked once a second: over the plateau that the answer names,
  else the highest 30 s.
- **Load before**: the machine's load average over one minute before the run. Where it is near the number of cores,
  others were at work, and the machine's CPU was not the run's own.

"""


@dataclass(frozen=True)
class Machine:
    """On what, and when, it was measured."""

    date: str
    kernel: str
    cores: int
    wrk: str
    nginx: str

    def __str__(self) -> str:
        return f"Measured on {self.date}: Linux {self.kernel}, {self.cores} cores, wrk {self.wrk}, nginx {self.nginx}."


def page(rows: Sequence[Row], machine: Machine) -> str:
    """The whole page, in Markdown."""
    head = ["server", "k6", "truth", "wrk", "own count", "verdict", "answer", "interval", "generator", "bottleneck"]
    head += ["load before", "right"]
    parts = [
        INTRODUCTION.format(ramp=RAMP_SECONDS, machine=machine) + table(head, [_cells(row) for row in rows]),
        "## What was wrong\n\n" + ("\n".join(_faults(rows)) or "Nothing."),
        "## What each answer said\n\n" + "\n".join(_said(row) for row in rows),
    ]
    return "\n\n".join(parts)


def _cells(row: Row) -> list[str]:
    answer, case = row.told.answer, row.case
    generator_bound = case.verdict is Verdict.GENERATOR_LIMITED
    return [
        case.name,
        row.k6,
        f"≥ {row.wrk.rate:,.0f}" if case.capacity is None else f"{case.capacity:,.0f}",
        _against(row.wrk.rate, None if generator_bound else row.off(row.wrk.rate)),
        "–" if row.told.own_rate is None else _against(row.told.own_rate, row.off(row.told.own_rate)),
        f"`{answer.verdict}`",
        answered(answer.max_throughput, row.off(case.capacity)),
        interval(answer.max_throughput),
        answer.generator.verdict,
        _bottleneck(answer),
        f"{row.told.load_before:.1f}",
        "no" if list(row.faults()) else "yes",
    ]


def answered(top: Interval, off: float | None) -> str:
    """The number, ``off`` the truth by that share where it is known; "at least" where there is a bound alone."""
    if top.value is None:
        return "–" if top.low is None else f"at least {top.low:,.0f}"
    return _against(top.value, off)


def _against(rate: float, off: float | None) -> str:
    """A rate, and how far the answer is from the truth or from this witness."""
    return _number(rate) + ("" if off is None else _signed(off))


def interval(top: Interval) -> str:
    """From its low to its high end; a dash where there is no number."""
    if top.value is None or top.low is None or top.high is None:
        return "–"
    return f"{_number(top.low)} to {_number(top.high)}"


def _bottleneck(answer: Answer) -> str:
    return "–" if answer.bottleneck is None else answer.bottleneck.resource


def _signed(off: float) -> str:
    return f" ({100 * off:+.2f} %)"


def _number(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 1000 else f"{rate:.1f}"


def _faults(rows: Sequence[Row]) -> list[str]:
    return [f"- **{row.case.name}**, k6 {row.k6}: {'; '.join(told)}." for row in rows if (told := list(row.faults()))]


def _said(row: Row) -> str:
    """The sentences of the rules that decided, as they are."""
    told = {one.rule: one.because for one in row.told.answer.findings}
    lines = [f"- **{row.case.name}**, k6 {row.k6}"]
    lines += [f"  - {rule}: {told[rule]}" for rule in ("throughput", "generator", "bottleneck") if rule in told]
    if row.wrk.socket_errors:
        lines.append(f"  - wrk met {row.wrk.socket_errors} socket errors or replies later than 2 s")
    return "\n".join(lines)
