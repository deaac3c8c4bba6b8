"""The board "Runs": all runs with their answers, and two of them laid over each other by time since their start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from dashboards import charts, house, run_table, variables
from dashboards.layout import row
from dashboards.line import Line
from dashboards.palette import ORANGE, SKY
from dashboards.scope import RANGE, RUN, WINDOW
from rules import names
from rules.signals import several
from rules.signals.failures import FAILED, failures
from rules.signals.latency import EXPECTED_DURATION
from rules.signals.load import GOODPUT, VUS
from rules.signals.signal import Signal

UID: Final = "loadline-runs"
OTHER: Final = "other"
OTHER_RUN: Final = f'{names.TESTID}="${OTHER}"'
LENGTH, ZERO, SHIFT, SHIFT_OTHER = "length", "zero", "shift", "shift_other"
LENGTHS: Final = {
    "2 minutes": "120",
    "5 minutes": "300",
    "10 minutes": "600",
    "15 minutes": "900",
    "30 minutes": "1800",
    "1 hour": "3600",
    "3 hours": "10800",
    "12 hours": "43200",
}
NO_RUN: Final = "no such run in this time range, or `loadline watch` did not see it"


def build() -> Any:
    """The board, as grafanalib's Dashboard."""
    panels = [
        *row(0, 9, run_table.table()),
        *row(9, 1, house.heading("Two runs by the time since their start: choose both, and how much of them, above")),
        *row(10, 9, _goodput(), _vus()),
        *row(19, 9, _latency(), _failures()),
    ]
    return house.board(
        "Runs",
        UID,
        "Which runs were there, what did each prove, and how do two of them differ?",
        panels,
        variables=[
            variables.run(),
            variables.run(OTHER, "laid over it", oldest_first=True),
            variables.choice(LENGTH, "for", LENGTHS, "10 minutes"),
            variables.computed(ZERO, several.origin(f"${LENGTH}")),
            variables.computed(SHIFT, several.shift(f"${ZERO}", RANGE, RUN)),
            variables.computed(SHIFT_OTHER, several.shift(f"${ZERO}", RANGE, OTHER_RUN)),
        ],
        since="now-7d",
        refresh="",
    )


def _both(title: str, description: str, unit: str, queries: tuple[str, str]) -> Any:
    curves = [Line(queries[0], "test run", ORANGE), Line(queries[1], "laid over it", SKY, dashed=True)]
    elapsed = Line(several.elapsed(f"${ZERO}"), "time since the start", unit="dthms")
    described = f"{description} Both runs begin at 0."
    span = f"{_variable(LENGTH)}s"
    return charts.xychart(title, described, unit, elapsed, curves, no_value=NO_RUN, joined=True, span=span)


def _pair(signal: Signal) -> tuple[tuple[Signal, str], tuple[Signal, str]]:
    """The signal of each run, looked back for, with the matchers of that run."""
    one, other = (replace(signal, shift=_variable(name)) for name in (SHIFT, SHIFT_OTHER))
    return (one, RUN), (other, OTHER_RUN)


def _variable(name: str) -> str:
    return f"${{{name}}}"


def _rates(signal: Signal) -> tuple[str, str]:
    (one, run), (other, beside) = _pair(signal)
    return one.rate(WINDOW, run), other.rate(WINDOW, beside)


def _goodput() -> Any:
    return _both("Goodput of two runs", GOODPUT.description, "reqps", _rates(GOODPUT))


def _vus() -> Any:
    (one, run), (other, beside) = _pair(VUS)
    queries = one.live(run), other.live(beside)
    return _both("VUs of two runs", "Only runs with the same VUs are laid over each other fairly.", "short", queries)


def _latency() -> Any:
    (one, run), (other, beside) = _pair(EXPECTED_DURATION)
    queries = one.quantile(0.95, WINDOW, run), other.quantile(0.95, WINDOW, beside)
    return _both("Latency (p95) of two runs", EXPECTED_DURATION.description, "s", queries)


def _failures() -> Any:
    queries = failures(WINDOW, RUN, shift=_variable(SHIFT)), failures(WINDOW, OTHER_RUN, shift=_variable(SHIFT_OTHER))
    return _both("Failures of two runs", FAILED.description, "reqps", queries)
