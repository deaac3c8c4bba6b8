"""The board "Load test": the answer on top, then what it was read from, in the order it is to be read."""

from __future__ import annotations

from typing import Any, Final

from dashboards import answers, charts, house, marks, parts, variables
from dashboards.layout import row
from dashboards.line import Line
from dashboards.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from dashboards.scope import EVERY_GENERATOR, EVERY_SERVER, RANGE, RUN, WINDOW
from rules import names
from rules.signals import answer, host
from rules.signals.failures import FAILED, FAILED_BY_NAME, FAILED_BY_STATUS, failure_ratio
from rules.signals.latency import EXPECTED_DURATION
from rules.signals.load import GOODPUT, RESPONSES, VUS
from rules.signals.signal import Signal

UID: Final = "loadline-load-test"
NO_TEST: Final = "no test of this name in this time range"
NO_HISTOGRAMS: Final = "k6 sends no native histograms: docs/boards.md says how to turn them on"

STATUS_COLOURS: Final = {
    "0": VERMILION,
    "429": SKY,
    "500": PURPLE,
    "502": GREEN,
    "503": ORANGE,
    "504": BLUE,
}

HOW_TO_READ = """\
1. **Throughput**: where does goodput stop rising while VUs still rise? That plateau is the maximum. Never read it off
   the line *offered*: it counts failed requests too, and fast failures can be many times what the server can do.
2. **Latency**: is it within the limit there? The highest rate at which it is, is the SLO capacity.
3. **Failures**: did a request fail, when, and why?

Before all three: was **k6** the limit? Its board is *Generator*. After them: **what ran out**? The board *Server* shows
every resource, and the board *Runs* lays two runs over each other.
"""


def build() -> Any:
    """The board, as grafanalib's Dashboard."""
    top = (
        answers.verdict(_ask),
        answers.maximum(_ask),
        answers.slo_capacity(_ask),
        answers.bottleneck(_ask),
        answers.generator(_ask),
    )
    panels = [
        *row(0, 4, *top, widths=(4, 6, 6, 4, 4)),
        *row(4, 9, _throughput(), _plateau(), widths=(14, 10)),
        *row(13, 8, _latency(), _failures_by_status(), _server_cpu(), _generator_cpu()),
        *row(21, 8, _latencies(), _failure_ratio(), _failures_by_name(), widths=(12, 6, 6)),
        *row(
            29,
            8,
            parts.table(),
            house.text("How to read this board", "The order in which the panels answer.", HOW_TO_READ),
        ),
    ]
    return house.board(
        "Load test",
        UID,
        "How many requests per second can the backend endure, how do we know, and what ran out?",
        panels,
        variables=[variables.run()],
        annotations=[
            *parts.events(),
            # The same events as in the series above, for boards that are not ours: off, or each is drawn twice.
            marks.tagged("Loadline (kept by Grafana)", [names.ANNOTATION_TAG], enable=False),
        ],
    )


def _ask(signal: Signal) -> str:
    return answer.shown(signal, RANGE, RUN)


def _maximum_line(while_there: str) -> Line:
    return Line(answer.level(answer.MAX_THROUGHPUT, RANGE, while_there, RUN), "maximum", GREEN, dashed=True)


def _throughput() -> Any:
    return house.time_series(
        "Does goodput still rise while VUs rise?",
        "Goodput counts expected replies only; the dashed green line is the maximum found. Offered counts every "
        "request that k6 made, failed ones too: its height is not what the server can do. VUs are dashed, on the "
        "right axis.",
        "reqps",
        [
            Line(VUS.live(RUN), "VUs", SKY, unit="short", dashed=True),
            Line(RESPONSES.rate(WINDOW, RUN), "offered", GREY, thin=True),
            Line(GOODPUT.rate(WINDOW, RUN), GOODPUT.name, GREEN),
            Line(FAILED.rate(WINDOW, RUN), FAILED.name, VERMILION),
            _maximum_line(VUS.live(RUN)),
        ],
        no_value=NO_TEST,
    )


def _plateau() -> Any:
    whole = VUS.inside(WINDOW, RUN)
    return charts.xychart(
        "Goodput against VUs",
        "One point per moment of the run. A straight line bends at the knee and runs level at the maximum (dashed); "
        "points that fall again to the right mean that more load does harm.",
        "reqps",
        Line(f"{VUS.during(WINDOW, RUN)} and on () {whole}", "VUs", unit="short"),
        [
            Line(f"{GOODPUT.rate(WINDOW, RUN)} and on () {whole}", GOODPUT.name, GREEN),
            _maximum_line(whole),
        ],
        no_value=NO_TEST,
    )


def _latency() -> Any:
    colours = {0.5: GREEN, 0.95: ORANGE, 0.99: PURPLE}
    limit = answer.level(answer.LATENCY_LIMIT, RANGE, VUS.live(RUN), RUN)
    return house.time_series(
        "Is latency within the limit?",
        f"{EXPECTED_DURATION.description} Over all replies of each moment together, from native histograms. "
        "Dashed: the limit that the answer was judged by.",
        "s",
        [
            *(Line(EXPECTED_DURATION.quantile(q, WINDOW, RUN), f"p{q * 100:.0f}", c) for q, c in colours.items()),
            Line(limit, "limit", VERMILION, dashed=True),
        ],
        no_value=NO_HISTOGRAMS,
    )


def _latencies() -> Any:
    return charts.heatmap(
        "Where do latencies lie?",
        f"{EXPECTED_DURATION.description} Each column is a moment; the scale below tells by colour how many replies "
        "took that long. Two bands mean two kinds of replies, which no percentile shows.",
        "s",
        Line(EXPECTED_DURATION.rate(WINDOW, RUN), "replies"),
        no_value=NO_HISTOGRAMS,
    )


def _failures_by_status() -> Any:
    return house.time_series(
        "Failures by status",
        f"{FAILED.description} 503 and 429 are refusals; 0 is no reply at all.",
        "reqps",
        [Line(FAILED_BY_STATUS.rate(WINDOW, RUN), f"{{{{{names.STATUS}}}}}", GREY)],
        no_value="no failures",
        colours=STATUS_COLOURS,
    )


def _failures_by_name() -> Any:
    return house.time_series(
        "Failures by request name",
        f"{FAILED.description} By the name that the script gives its requests.",
        "reqps",
        [Line(FAILED_BY_NAME.rate(WINDOW, RUN), f"{{{{{names.REQUEST_NAME}}}}}", ORANGE)],
        no_value="no failures",
    )


def _failure_ratio() -> Any:
    return house.time_series(
        "How many requests fail?",
        "Failed requests per request at each moment, weighted by requests.",
        "percentunit",
        [Line(failure_ratio(WINDOW, RUN), "failed", VERMILION)],
        no_value=NO_TEST,
        maximum=1,
    )


def _server_cpu() -> Any:
    return house.time_series(
        "Server CPU",
        "Busy share of all cores of each machine under test. At 100 % where goodput levels off: this is the limit.",
        "percentunit",
        [Line(host.cpu_ratio(WINDOW, EVERY_SERVER), f"{{{{{names.INSTANCE}}}}}", BLUE)],
        no_value="no machine with role server is scraped",
        maximum=1,
    )


def _generator_cpu() -> Any:
    return house.time_series(
        "Generator CPU",
        "Busy share of all cores of each load generator. Near 100 % it measures itself, not the server.",
        "percentunit",
        [Line(host.cpu_ratio(WINDOW, EVERY_GENERATOR), f"{{{{{names.INSTANCE}}}}}", ORANGE)],
        no_value="no machine with role generator is scraped",
        maximum=1,
    )
