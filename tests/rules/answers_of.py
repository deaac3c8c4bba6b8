"""Answers by formula, for tests of what is made of several."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rules.answer import Answer, Generator, Interval, SloCapacity
from rules.finding import Verdict, Window

PROVEN = {"generator": Generator(verdict="ok")}
START = datetime(2026, 11, 20, 10, tzinfo=UTC)


def answer(testid: str = "a", value: float | None = 1000.0, half: float = 0.01, **more: Any) -> Answer:
    """A saturated run of ten minutes whose interval is ``half`` of the value either side; None gives no numbers."""
    level = Interval(value=value, low=value * (1 - half), high=value * (1 + half)) if value else Interval()
    given = {"verdict": Verdict.SATURATED, "because": "goodput stood still", "max_throughput": level, **PROVEN, **more}
    return Answer(testid=testid, window=Window(start=START, end=START + timedelta(minutes=10)), **given)


def at_least(testid: str, low: float) -> Answer:
    """One that did not find the limit."""
    return answer(testid, None, verdict=Verdict.NOT_SATURATED, max_throughput=Interval(low=low))


def refused(testid: str, verdict: Verdict = Verdict.INCONCLUSIVE, because: str = "of a gap") -> Answer:
    return answer(testid, None, verdict=verdict, because=because)


def slo(value: float | None, half: float = 0.01, **more: Any) -> SloCapacity:
    level = {"value": value, "low": value * (1 - half), "high": value * (1 + half)} if value else {}
    return SloCapacity(**{**level, **more})
