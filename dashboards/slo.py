"""The board "SLO": is the promise kept, how fast does its error budget burn, and from which rate on is it lost?"""

from __future__ import annotations

from typing import Any, Final

from dashboards import charts, house, marks, variables
from dashboards.layout import row
from dashboards.line import Line
from dashboards.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from dashboards.scope import RUN, WINDOW
from rules import names
from rules.alert_marks import ALERT_TAG
from rules.signals import slo_recorded as recorded
from rules.signals.load import RESPONSES, VUS
from rules.slo.every_day import BOARD
from rules.slo.windows import BURNS

UID: Final = BOARD
CHOSEN: Final = f'{names.SLO}="${names.SLO}"'
NO_RULES: Final = "no requests yet, or no rules: docs/slo.md says how they are made"
NO_TEST: Final = "no test of this name in this time range"
THRESHOLDS: Final = dict(zip((burn.factor for burn in BURNS), (VERMILION, ORANGE, PURPLE, GREY), strict=True))

HOW_TO_READ = """\
1. **Is the promise kept?** The budget is what may go wrong in the SLO's window. Below 0 the promise is broken.
2. **How fast does it burn?** At 1 the budget lasts just the window. An alert fires where a long window and its twelfth
   are both beyond its line: 14.4 and 6 call somebody, 3 and 1 wait for working hours.
3. **From which rate on is it lost?** During a load test the share of good requests falls where the system is full:
   that rate is the SLO capacity, which the board *Load test* has with its interval.

Every day's numbers are those of a service of yours, or of the probe. The requests of a load test are not among them,
but those that it slows down are.
"""


def build() -> Any:
    """The board, as grafanalib's Dashboard."""
    panels = [
        *row(0, 4, _objective(), _left(), _burning()),
        *row(4, 9, _left_over_time(), _burn_rates()),
        *row(13, 9, _good_every_day(), _good_against_rate(), widths=(12, 12)),
        *row(22, 9, _good_of_test(), _good_of_test_against_rate(), widths=(12, 12)),
        *row(31, 6, house.text("How to read this board", "The order in which the panels answer.", HOW_TO_READ)),
    ]
    return house.board(
        "SLO",
        UID,
        "Is the promise kept, how fast does its error budget burn, and from which rate on is it lost?",
        panels,
        variables=[variables.objectives(), variables.run()],
        annotations=[marks.BY_HAND, marks.tagged("Alerts", [names.ANNOTATION_TAG, ALERT_TAG], enable=True)],
        since="now-6h",
        refresh="30s",
    )


def _objective() -> Any:
    return house.numbers(
        "Objective",
        recorded.OBJECTIVE.description + " In slo.yaml: target.",
        "percentunit",
        [Line(recorded.OBJECTIVE.value(CHOSEN), "of all requests")],
        no_value=NO_RULES,
    )


def _left() -> Any:
    return house.numbers(
        "Error budget left",
        recorded.BUDGET_LEFT.description + " Of the whole window, each request weighing the same.",
        "percentunit",
        [Line(recorded.BUDGET_LEFT.value(CHOSEN), "of the budget")],
        no_value=NO_RULES,
        decimals=1,
    )


def _burning() -> Any:
    return house.numbers(
        "Burn rates now",
        recorded.BURN_RATE.description
        + " By the window that it is looked at over; at 1 the budget lasts just as long.",
        "short",
        [Line(recorded.BURN_RATE.value(CHOSEN), f"{{{{{names.WINDOW}}}}}")],
        no_value=NO_RULES,
        decimals=2,
    )


def _left_over_time() -> Any:
    return house.time_series(
        "How much of the error budget is left?",
        "It falls while requests fail or are late, and comes back as bad days leave the window. At 0 the promise is "
        "just kept, below it is broken.",
        "percentunit",
        [Line(recorded.BUDGET_LEFT.value(CHOSEN), recorded.BUDGET_LEFT.name, BLUE)],
        no_value=NO_RULES,
        maximum=1,
        signed=True,
    )


def _burn_rates() -> Any:
    lines = [Line(f"vector({factor:g})", f"{factor:g}×", colour, dashed=True) for factor, colour in THRESHOLDS.items()]
    return house.time_series(
        "How fast does it burn?",
        "Burn rates by window; dashed are the rates at which alerts fire, where a long window and its twelfth are both "
        "beyond: 14.4 and 6 call somebody, 3 and 1 wait for working hours.",
        "short",
        [Line(recorded.BURN_RATE.value(CHOSEN), f"{{{{{names.WINDOW}}}}}", SKY), *lines],
        no_value=NO_RULES,
    )


def _good_every_day() -> Any:
    return house.time_series(
        "Which share of requests is good?",
        "Expected, and answered within the threshold; over all requests, so that neither a timeout nor a fast error is "
        "good. Dashed: the objective.",
        "percentunit",
        [
            Line(recorded.good(CHOSEN), "good", GREEN),
            Line(recorded.OBJECTIVE.value(CHOSEN), "objective", VERMILION, dashed=True),
        ],
        no_value=NO_RULES,
        maximum=1,
    )


def _good_against_rate() -> Any:
    return charts.xychart(
        "Good requests against request rate",
        "One point per moment. Where the share falls to the right, load is what hurts users; where it falls anywhere, "
        "something else does.",
        "percentunit",
        Line(recorded.REQUESTS.value(CHOSEN), "requests/s", unit="suffix:req/s"),
        [
            Line(recorded.good(CHOSEN), "good", GREEN),
            Line(recorded.OBJECTIVE.value(CHOSEN), "objective", VERMILION, dashed=True),
        ],
        no_value=NO_RULES,
    )


def _good_of_test() -> Any:
    return house.time_series(
        "Load test: which share is good?",
        "Of the test that is chosen, over 40 s. The alert fires where it stays below the dashed objective for 10 s.",
        "percentunit",
        [
            Line(recorded.GOOD_OF_TEST.value(RUN), "good", GREEN),
            Line(f"{_objective_of_tests()} and on () {VUS.live(RUN)}", "objective", VERMILION, dashed=True),
        ],
        no_value=NO_TEST,
        maximum=1,
    )


def _good_of_test_against_rate() -> Any:
    whole = VUS.inside(WINDOW, RUN)
    return charts.xychart(
        "Load test: good requests against request rate",
        "One point per moment of the test. The rate at which the points fall below the dashed objective is the SLO "
        "capacity.",
        "percentunit",
        Line(f"{RESPONSES.rate(WINDOW, RUN)} and on () {whole}", "requests/s", unit="suffix:req/s"),
        [
            Line(f"{recorded.GOOD_OF_TEST.value(RUN)} and on () {whole}", "good", GREEN),
            Line(f"{_objective_of_tests()} and on () {whole}", "objective", VERMILION, dashed=True),
        ],
        no_value=NO_TEST,
    )


def _objective_of_tests() -> str:
    return f"max ({recorded.OBJECTIVE.value(CHOSEN)})"
