"""Answers as Prometheus metrics: what boards read back, and when what happened in a run.

What is not known is absent, never 0. A label holds the testid, the rule or the verdict, never a text that changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from rules import names
from rules.answer import Answer
from rules.finding import Verdict


class AnswerCollector:
    """A prometheus_client collector that gives the metrics of what ``answers()`` returns at each scrape."""

    name = "answers"

    def __init__(self, answers: Callable[[], Iterable[Answer]]) -> None:
        self._answers = answers

    def collect(self) -> Iterator[Metric]:
        """The families of the newest answer to each testid: two runs under one testid would be one series."""
        ordered = sorted(self._answers(), key=lambda answer: answer.window.start)
        newest = {answer.testid or "": answer for answer in ordered}
        yield from families(newest.values())


def families(answers: Iterable[Answer]) -> list[Metric]:
    """The metrics of ``answers``, which are of different testids. An untagged run has the testid ""."""
    run = (names.TESTID,)
    maximum = GaugeMetricFamily(names.MAX_THROUGHPUT, "Highest goodput that the system sustains.", labels=run)
    low = GaugeMetricFamily(
        names.MAX_THROUGHPUT_LOW, 'Lower end of its 95 % interval; alone, it means "at least".', labels=run
    )
    high = GaugeMetricFamily(names.MAX_THROUGHPUT_HIGH, "Upper end of its 95 % interval.", labels=run)
    slo = GaugeMetricFamily(
        names.SLO_CAPACITY, "Highest sustained goodput that meets the latency objective.", labels=run
    )
    knee = GaugeMetricFamily(names.KNEE_VUS, "Fewest virtual users that reach the maximum.", labels=run)
    verdict = GaugeMetricFamily(
        names.VERDICT, "1 for the verdict on the run, 0 for each other.", labels=(*run, names.VERDICT_LABEL)
    )
    event = GaugeMetricFamily(
        names.EVENT_TIMESTAMP, "When this happened in the run, in unix seconds.", labels=(*run, names.RULE)
    )
    for answer in answers:
        testid = answer.testid or ""
        for family, value in (
            (maximum, answer.max_throughput.value),
            (low, answer.max_throughput.low),
            (high, answer.max_throughput.high),
            (slo, answer.slo_capacity.value if answer.slo_capacity else None),
            (knee, answer.knee.vus if answer.knee else None),
        ):
            if value is not None:
                family.add_metric([testid], value)
        for possible in Verdict:
            verdict.add_metric([testid, possible], float(possible is answer.verdict))
        for rule, time in _first_times(answer).items():
            event.add_metric([testid, rule], time)
    return [maximum, low, high, slo, knee, verdict, event]


def _first_times(answer: Answer) -> dict[str, float]:
    """Unix seconds of the first event of each rule: one series can hold one time."""
    ordered = sorted(answer.events, key=lambda event: event.time, reverse=True)
    return {event.rule: event.time.timestamp() for event in ordered}
