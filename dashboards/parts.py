"""The parts of a run that steers itself: as stretches across a board, and as a table with why each was ended."""

from __future__ import annotations

from typing import Any, Final

from dashboards import charts, marks
from dashboards.charts import Column
from dashboards.line import Json
from dashboards.scope import RANGE, RUN
from rules import names
from rules.signals import answer, parts
from rules.signals.signal import Signal

STEP: Final = "5s"
"""Of the query for stretches: what is no further apart is one."""
STARTED: Final = "began"


def events() -> list[Json]:
    """What happened in the run of a board: what people wrote, the answer's events, and the parts."""
    return [
        marks.BY_HAND,
        marks.events("Loadline", answer.event_milliseconds(RANGE, RUN), names.RULE, names.PART),
        marks.stretches("Parts", parts.there(STEP, RUN), names.PART, STEP),
    ]


def table() -> Any:
    """One row for each part, the first one first; a run by a plan of its own has a row where it was stopped."""
    return charts.table(
        "Which parts had the run, and why did each end?",
        "A probe finds how many VUs it takes, a ramp collects the evidence, a confirmation holds a constant rate. "
        "Stopped says why load ended before its plan: known is an answer that was good enough, with the evidence at "
        "that moment beside it. Empty where the plan was gone through.",
        names.PART,
        [
            Column(parts.began_milliseconds(RANGE, RUN), STARTED, "dateTimeAsIso", width=170),
            Column(parts.most_vus(RANGE, RUN), "VUs at most", width=100, decimals=0),
            Column(_told(parts.STOP), "stopped", label=names.REASON),
            Column(_told(parts.PLATEAU), "plateau", "s", width=90, decimals=0),
            Column(_told(parts.HALF_WIDTH), "known to ±", "percentunit", width=100, decimals=1),
            Column(_told(parts.KNEE_MULTIPLE), "VUs over the knee's", width=150, decimals=1),
        ],
        no_value="this run has no parts, and went through its plan",
        sort=STARTED,
        descending=False,
    )


def _told(signal: Signal) -> str:
    return answer.shown(signal, RANGE, RUN)
