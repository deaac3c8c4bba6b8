"""The table of runs: one line each, with what it proved and a link to it."""

from __future__ import annotations

from typing import Any, Final

from dashboards.answers import REQUESTS
from dashboards.charts import Column
from dashboards.charts import table as draw
from dashboards.line import linked
from dashboards.scope import RANGE
from rules import names
from rules.signals import answer, several
from rules.signals.signal import Signal

STARTED: Final = "started"
FROM, TO = "from", "to"
MARGIN_SECONDS: Final = 30.0
GENERATOR: Final = "generator"
NO_RUN: Final = "no run in this time range: the board Home says how to start one"

RUN_URL: Final = (
    "/d/loadline-load-test?"
    f"var-{names.TESTID}=${{__data.fields.{names.TESTID}:percentencode}}"
    f"&from=${{__data.fields.{FROM}.numeric}}&to=${{__data.fields.{TO}.numeric}}"
)


def table() -> Any:
    """One row for each run of the time range, the newest first."""
    return draw(
        "Which runs were there, and what did each prove?",
        "The last answer to each run in the time range, the newest first; its name leads to its board. A low end "
        "without a maximum means at least, and so does a generator that is unknown. The run's board tells whether an "
        "SLO capacity is at least its number, or below it. Failed is the share of all requests.",
        names.TESTID,
        _columns(),
        no_value=NO_RUN,
        sort=STARTED,
        links=[linked("Open this run", RUN_URL)],
    )


def _columns() -> list[Column]:
    generator = several.relabelled(several.each(answer.GENERATOR, RANGE), names.VERDICT_LABEL, GENERATOR)
    return [
        Column(several.milliseconds(answer.RUN_START, RANGE), STARTED, "dateTimeAsIso", width=170),
        Column(several.duration(RANGE), "lasted", "dthms", width=90),
        Column(several.each(answer.VERDICT, RANGE), "verdict", label=names.VERDICT_LABEL),
        _rate(answer.MAX_THROUGHPUT, "maximum"),
        _rate(answer.MAX_THROUGHPUT_LOW, "low"),
        _rate(answer.MAX_THROUGHPUT_HIGH, "high"),
        _rate(answer.SLO_CAPACITY, "SLO capacity"),
        Column(several.each(answer.FAILURE_RATIO, RANGE), "failed", "percentunit", width=80),
        Column(several.each(answer.BOTTLENECK, RANGE), "what ran out", label=names.RESOURCE),
        Column(generator, GENERATOR, label=GENERATOR, width=100),
        Column(several.milliseconds(answer.RUN_START, RANGE, -MARGIN_SECONDS), FROM, hidden=True),
        Column(several.milliseconds(answer.RUN_END, RANGE, MARGIN_SECONDS), TO, hidden=True),
    ]


def _rate(signal: Signal, title: str) -> Column:
    return Column(several.each(signal, RANGE), title, REQUESTS, width=130, decimals=1)
