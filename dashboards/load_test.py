"""The board "Load test": the answer on top, then what it was read from, in the order it is to be read."""

from __future__ import annotations

from typing import Any, Final

from dashboards import house, marks
from dashboards.line import Line
from dashboards.palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from rules import names
from rules.answer import Objective
from rules.signals import answer, host
from rules.signals.failures import FAILED, FAILED_BY_STATUS, failure_ratio
from rules.signals.latency import EXPECTED_DURATION
from rules.signals.load import GOODPUT, RESPONSES, VUS

UID: Final = "loadline-load-test"
WINDOW: Final = "$__rate_interval"
RANGE: Final = "$__range"
RUN: Final = f'{names.TESTID}="${names.TESTID}"'
"""Grafana escapes quotes and backslashes in the value of a variable that takes one value only."""

STATUS_COLOURS: Final = {
    "0": VERMILION,
    "429": SKY,
    "500": PURPLE,
    "502": GREEN,
    "503": ORANGE,
    "504": BLUE,
}

HOW_TO_READ = """\
1. **Throughput**: where does goodput stop rising while VUs still rise? That plateau is the maximum.
2. **Latency**: is it within the limit there? The highest rate that is, is the SLO capacity.
3. **Failures**: did a request fail, when, and why?

Before all three: was the **generator's CPU** free? After them: which of the **server's** resources ran out?
"""


def build() -> Any:
    """The board, as grafanalib's Dashboard."""
    panels = [
        *house.row(0, 5, _verdict(), _maximum(), _slo_capacity(), _how_to_read()),
        *house.row(5, 10, _throughput(), _plateau()),
        *house.row(15, 8, _latency(), _failures_by_status(), _failure_ratio()),
        *house.row(23, 7, _server_cpu(), _generator_cpu()),
    ]
    return house.board(
        "Load test",
        UID,
        "How many requests per second can the backend endure, how do we know, and what ran out?",
        panels,
        variables=[house.variable(names.TESTID, "test run", VUS.metric)],
        annotations=[
            marks.BY_HAND,
            marks.events("Loadline", answer.event_milliseconds(RANGE, RUN), names.RULE),
            # The same events as in the series above, for boards that are not ours: off, or each is drawn twice.
            marks.tagged("Loadline (kept by Grafana)", [names.ANNOTATION_TAG], enable=False),
        ],
    )


def _verdict() -> Any:
    return house.stat(
        "Verdict",
        "What the run proves so far. saturated: a plateau is proven. not_saturated and generator_limited: the "
        "maximum is at least the low end. failing and inconclusive: no number.",
        "string",
        [Line(answer.latest_verdict(RANGE, RUN), f"{{{{{names.VERDICT_LABEL}}}}}")],
        no_value="no verdict yet",
        show="name",
    )


def _maximum() -> Any:
    signals = (answer.MAX_THROUGHPUT_LOW, answer.MAX_THROUGHPUT, answer.MAX_THROUGHPUT_HIGH)
    legends = ("low", "maximum", "high")
    return house.stat(
        "Maximum throughput",
        f'{answer.MAX_THROUGHPUT.description} Low and high are its 95 % interval; low alone means "at least".',
        "reqps",
        [Line(answer.latest(s, RANGE, RUN), legend) for s, legend in zip(signals, legends, strict=True)],
        no_value="not known yet",
        show="value_and_name",
    )


def _slo_capacity() -> Any:
    return house.stat(
        "SLO capacity",
        f"{answer.SLO_CAPACITY.description} A timeout or a fast error is never good.",
        "reqps",
        [Line(answer.latest(answer.SLO_CAPACITY, RANGE, RUN), "SLO capacity")],
        no_value="not known yet",
    )


def _how_to_read() -> Any:
    return house.text("How to read this board", "The order in which the panels answer.", HOW_TO_READ)


def _throughput() -> Any:
    return house.time_series(
        "VUs and throughput",
        "Does goodput still rise while VUs (dashed, right axis) rise? Goodput counts expected replies only.",
        "reqps",
        [
            Line(VUS.live(RUN), "VUs", BLUE, unit="short", dashed=True),
            Line(RESPONSES.rate(WINDOW, RUN), RESPONSES.name, SKY),
            Line(GOODPUT.rate(WINDOW, RUN), GOODPUT.name, GREEN),
            Line(FAILED.rate(WINDOW, RUN), FAILED.name, VERMILION),
        ],
        no_value="no test in this time range",
    )


def _plateau() -> Any:
    return house.xychart(
        "Goodput against VUs",
        "One point per moment of the run. A straight line bends at the knee and runs level at the maximum; "
        "points that fall again to the right mean that more load does harm.",
        "reqps",
        Line(VUS.live(RUN), "VUs", unit="short"),
        Line(GOODPUT.rate(WINDOW, RUN), GOODPUT.name, GREEN),
        no_value="no test in this time range",
    )


def _latency() -> Any:
    colours = {0.5: GREEN, 0.95: ORANGE, 0.99: PURPLE}
    limit = Objective().latency_seconds
    return house.time_series(
        "Latency",
        f"{EXPECTED_DURATION.description} Over all replies of each moment together, from native histograms. "
        f"Dashed: the default limit of {limit:g} s.",
        "s",
        [Line(EXPECTED_DURATION.quantile(q, WINDOW, RUN), f"p{q * 100:.0f}", c) for q, c in colours.items()],
        no_value="no native histograms: start k6 with K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM=true",
        limit=limit,
    )


def _failures_by_status() -> Any:
    return house.time_series(
        "Failures by status",
        f"{FAILED.description} By status code.",
        "reqps",
        [Line(FAILED_BY_STATUS.rate(WINDOW, RUN), f"{{{{{names.STATUS}}}}}", YELLOW)],
        no_value="no failures",
        colours=STATUS_COLOURS,
    )


def _failure_ratio() -> Any:
    return house.time_series(
        "Failure ratio",
        "Failed requests per request at each moment.",
        "percentunit",
        [Line(failure_ratio(WINDOW, RUN), "failure ratio", VERMILION)],
        no_value="no test in this time range",
        maximum=1,
    )


def _server_cpu() -> Any:
    return house.time_series(
        "Server CPU",
        "Busy share of all cores of each machine under test. At 100 % where goodput levels off: this is the limit.",
        "percentunit",
        [Line(host.cpu_ratio(WINDOW, host.SERVER), f"{{{{{names.INSTANCE}}}}}", BLUE)],
        no_value="no machine with role server is scraped",
        maximum=1,
    )


def _generator_cpu() -> Any:
    return house.time_series(
        "Generator CPU",
        "Busy share of all cores of each load generator. Near 100 % it measures itself, not the server.",
        "percentunit",
        [Line(host.cpu_ratio(WINDOW, host.GENERATOR), f"{{{{{names.INSTANCE}}}}}", ORANGE)],
        no_value="no machine with role generator is scraped",
        maximum=1,
    )
