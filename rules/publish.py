"""Answers as Prometheus metrics: what boards read back, and when what happened in a run.

What is not known is absent, never 0. A label holds the testid, a rule, a verdict or a resource, never a text that
changes while the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, get_args

from prometheus_client.core import GaugeMetricFamily, Metric

from rules import names
from rules.answer import Answer, Bottleneck, Generator, SloCapacity
from rules.finding import Verdict
from rules.parts import Stop

GENERATOR_VERDICTS: Final[tuple[str, ...]] = get_args(Generator.model_fields["verdict"].annotation)

_NUMBERS: Final[tuple[tuple[str, str, Callable[[Answer], float | None]], ...]] = (
    (names.MAX_THROUGHPUT, "Highest goodput that the system sustains.", lambda one: one.max_throughput.value),
    (
        names.MAX_THROUGHPUT_LOW,
        'Lower end of its 95 % interval; alone, it means "at least".',
        lambda one: one.max_throughput.low,
    ),
    (names.MAX_THROUGHPUT_HIGH, "Upper end of its 95 % interval.", lambda one: one.max_throughput.high),
    (
        names.SLO_CAPACITY,
        "Highest sustained goodput that meets the latency objective.",
        lambda one: _slo(one).value,
    ),
    (
        names.SLO_CAPACITY_LOW,
        'Lower end of its 95 % interval; alone, it means "at least".',
        lambda one: _slo(one).low,
    ),
    (names.SLO_CAPACITY_HIGH, "Upper end of its 95 % interval.", lambda one: _slo(one).high),
    (names.KNEE_VUS, "Fewest virtual users that reach the maximum.", lambda one: one.knee.vus if one.knee else None),
    (names.RUN_START, "First sample of the run, in unix seconds.", lambda one: one.window.start.timestamp()),
    (
        names.RUN_END,
        "Last sample of the run so far, in unix seconds.",
        lambda one: one.window.end.timestamp(),
    ),
    (
        names.LATENCY_LIMIT,
        "Longest time that a good request may take.",
        lambda one: one.slo_capacity.limits.latency_seconds if one.slo_capacity else None,
    ),
    (
        names.FAILURE_RATIO,
        "Failed requests per request, over the whole run.",
        lambda one: one.failures.ratio if one.failures else None,
    ),
    (names.PLANNED_VUS, "Most virtual users that the script plans.", lambda one: one.plan.vus if one.plan else None),
)
"""One series a run: metric, help, and where the Answer has it."""

_EVIDENCE: Final[tuple[tuple[str, str, Callable[[Stop], float | None]], ...]] = (
    (names.STOP_PLATEAU, "Length of the plateau when load was stopped.", lambda one: one.plateau_seconds),
    (
        names.STOP_HALF_WIDTH,
        "Half of the maximum's interval when load was stopped, as a share of its value.",
        lambda one: one.half_width,
    ),
    (
        names.STOP_KNEE_MULTIPLE,
        "VUs when load was stopped over those at the knee.",
        lambda one: one.knee_multiple,
    ),
)
"""One series a stop."""


class AnswerCollector:
    """A prometheus_client collector that gives the metrics of what ``answers()`` returns at each scrape."""

    name = "answers"

    def __init__(self, answers: Callable[[], Iterable[Answer]]) -> None:
        self._answers = answers

    def collect(self) -> Iterator[Metric]:
        """The families of the newest answer to each testid: two runs under one testid would be one series."""
        ordered = sorted(self._answers(), key=lambda answer: answer.window.start)
        newest = {answer.testid or "": answer for answer in ordered}
        yield from families(list(newest.values()))


def families(answers: Iterable[Answer]) -> list[Metric]:
    """The metrics of ``answers``, which are of different testids. An untagged run has the testid ""."""
    told = list(answers)
    return [*_numbers(told), *_verdicts(told), *_bottlenecks(told), _events(told), *_stops(told)]


def _numbers(answers: list[Answer]) -> Iterator[Metric]:
    for name, said, of in _NUMBERS:
        family = GaugeMetricFamily(name, said, labels=(names.TESTID,))
        for answer in answers:
            if (value := of(answer)) is not None:
                family.add_metric([answer.testid or ""], value)
        yield family


def _verdicts(answers: list[Answer]) -> Iterator[Metric]:
    labels = (names.TESTID, names.VERDICT_LABEL)
    run = GaugeMetricFamily(names.VERDICT, "1 for the verdict on the run, 0 for each other.", labels=labels)
    generator = GaugeMetricFamily(
        names.GENERATOR_VERDICT, "1 for the verdict on the load generator, 0 for each other.", labels=labels
    )
    for answer in answers:
        for possible in Verdict:
            run.add_metric([answer.testid or "", possible], float(possible is answer.verdict))
        for state in GENERATOR_VERDICTS:
            generator.add_metric([answer.testid or "", state], float(state == answer.generator.verdict))
    yield from (run, generator)


def _bottlenecks(answers: list[Answer]) -> Iterator[Metric]:
    labels = (names.TESTID, names.RESOURCE, names.HOST)
    named = GaugeMetricFamily(names.BOTTLENECK, "1 for the resource that ran out first.", labels=labels)
    used = GaugeMetricFamily(
        names.BOTTLENECK_UTILISATION, "How much of it was used on the plateau, 0 to 1.", labels=labels
    )
    for answer in answers:
        if (found := answer.bottleneck) is not None:
            named.add_metric(_where(answer, found), 1.0)
            if found.utilisation is not None:
                used.add_metric(_where(answer, found), found.utilisation)
    yield from (named, used)


def _where(answer: Answer, found: Bottleneck) -> list[str]:
    return [answer.testid or "", found.resource, found.instance or ""]


def _events(answers: list[Answer]) -> Metric:
    """The first of each rule, of some in each part of the run: one series can hold one time."""
    family = GaugeMetricFamily(names.EVENT_TIMESTAMP, "When this happened in the run, in unix seconds.")
    for answer in answers:
        ordered = sorted(answer.events, key=lambda event: event.time, reverse=True)
        first = {(event.rule, event.part): event.time.timestamp() for event in ordered}
        for (rule, part), time in first.items():
            of = {names.PART: part} if part else {}
            family.add_sample(family.name, {names.TESTID: answer.testid or "", names.RULE: rule, **of}, time)
    return family


def _stops(answers: list[Answer]) -> Iterator[Metric]:
    """Why load was stopped in which part, and the evidence at that moment."""
    labels = (names.TESTID, names.PART)
    why = GaugeMetricFamily(names.STOP_INFO, "1 for the reason why load was stopped.", labels=(*labels, names.REASON))
    stops = [(answer.testid or "", part.name, part.stop) for answer in answers for part in answer.parts if part.stop]
    for testid, part, stop in stops:
        why.add_metric([testid, part, stop.reason], 1.0)
    yield why
    for name, said, of in _EVIDENCE:
        family = GaugeMetricFamily(name, said, labels=labels)
        for testid, part, stop in stops:
            if (value := of(stop)) is not None:
                family.add_metric([testid, part], value)
        yield family


def _slo(answer: Answer) -> SloCapacity:
    return answer.slo_capacity or SloCapacity()
