"""The answer as panels: what a run proved, its numbers, what ran out, and whether the generator was the limit."""

from __future__ import annotations

from typing import Any, Final

from dashboards import house
from dashboards.line import Line
from dashboards.palette import GREEN, ORANGE, PURPLE, SKY, VERMILION
from rules import names
from rules.finding import Verdict
from rules.signals import answer
from rules.signals.answer import Ask

REQUESTS: Final = "suffix:req/s"
"""Unscaled: 1.09K would hide the interval."""
VERDICTS: Final = {
    Verdict.SATURATED.value: ("saturated", GREEN),
    Verdict.NOT_SATURATED.value: ("not saturated: at least", SKY),
    Verdict.GENERATOR_LIMITED.value: ("generator was the limit: at least", ORANGE),
    Verdict.FAILING.value: ("failing: no number", VERMILION),
    Verdict.INCONCLUSIVE.value: ("inconclusive: no number", PURPLE),
}
GENERATOR: Final = {
    "ok": ("no", GREEN),
    "limited": ("yes", VERMILION),
    "unknown": ("nothing tells", PURPLE),
}


def verdict(ask: Ask) -> Any:
    return house.word(
        "Verdict",
        "saturated: a plateau is proven. not saturated, or generator was the limit: the maximum is at least the number "
        "beside; so it is of a saturated run of which nothing tells whether k6 itself was the limit. failing or "
        "inconclusive: there is no number, and `loadline analyze` says why.",
        ask(answer.VERDICT),
        names.VERDICT_LABEL,
        no_value="no verdict yet",
        called=VERDICTS,
    )


def maximum(ask: Ask) -> Any:
    return _number(
        "Maximum throughput",
        f"{answer.MAX_THROUGHPUT.description} Low and high are its 95 % interval. Failed requests never count, "
        "nor does a peak of some seconds.",
        answer.maximum(ask),
        "maximum",
    )


def slo_capacity(ask: Ask) -> Any:
    return _number(
        "SLO capacity",
        f"{answer.SLO_CAPACITY.description} A timeout or a fast error is never good. Low and high are its 95 % "
        "interval.",
        answer.slo_capacity(ask),
        "SLO capacity",
    )


def bottleneck(ask: Ask) -> Any:
    return house.word(
        "What ran out?",
        "The resource that was exhausted on the plateau; unwatched: none of those that are watched. The board Server "
        "shows them all.",
        ask(answer.BOTTLENECK),
        names.RESOURCE,
        no_value="not known",
        called={"unwatched": ("none that is watched", PURPLE)},
    )


def generator(ask: Ask) -> Any:
    return house.word(
        "Was k6 the limit?",
        "Whether the load generator, not the system under test, kept the rate from rising. If so, or if "
        "nothing tells, the maximum is only a lower bound. The board Generator shows why.",
        ask(answer.GENERATOR),
        names.VERDICT_LABEL,
        no_value="not known",
        called=GENERATOR,
    )


def _number(title: str, description: str, queries: dict[str, str], itself: str) -> Any:
    lines = [Line(query, name or itself) for name, query in queries.items()]
    return house.numbers(title, description, REQUESTS, lines, no_value="not known yet", decimals=1)
