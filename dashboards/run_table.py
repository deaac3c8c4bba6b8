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
        "without a maximum means at least, and so does a generator that is unknown. An SLO capacity of which only that "
        "much is known, as of a rate that was held and whose limit nobody saw, stands under at least, or below. Failed "
        "is the share of all requests.",
        names.TESTID,
        _columns(),
        no_value=NO_RUN,
        sort=STARTED,
        links=[linked("Open this run", RUN_URL)],
    )


def _columns() -> list[Column]:
    generator = several.relabelled(_each(answer.GENERATOR), names.VERDICT_LABEL, GENERATOR)
    at_least, below = answer.slo_bounds(_each, several.EACH)
    return [
        Column(several.milliseconds(answer.RUN_START, RANGE), STARTED, "dateTimeAsIso", width=170),
        Column(several.duration(RANGE), "lasted", "dthms", width=90),
        Column(_each(answer.VERDICT), "verdict", label=names.VERDICT_LABEL),
        _rate(_each(answer.MAX_THROUGHPUT), "maximum"),
        _rate(_each(answer.MAX_THROUGHPUT_LOW), "low"),
        _rate(_each(answer.MAX_THROUGHPUT_HIGH), "high"),
        _rate(answer.slo_capacity(_each, several.EACH)[""], "SLO capacity"),
        _rate(at_least, "SLO at least"),
        _rate(below, "SLO below"),
        Column(_each(answer.FAILURE_RATIO), "failed", "percentunit", width=80),
        Column(_each(answer.BOTTLENECK), "what ran out", label=names.RESOURCE),
        Column(generator, GENERATOR, label=GENERATOR, width=100),
        Column(several.milliseconds(answer.RUN_START, RANGE, -MARGIN_SECONDS), FROM, hidden=True),
        Column(several.milliseconds(answer.RUN_END, RANGE, MARGIN_SECONDS), TO, hidden=True),
    ]


def _each(signal: Signal) -> str:
    return several.each(signal, RANGE)


def _rate(query: str, title: str) -> Column:
    return Column(query, title, REQUESTS, width=130, decimals=1)
