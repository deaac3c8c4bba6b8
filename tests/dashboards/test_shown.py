"""What the boards show of a real run: every query of every panel has data, and the figures are the answer's."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import pytest

from rules import names
from rules.answer import Answer
from rules.prometheus import Prometheus
from rules.series import Series
from rules.signals import answer as answered
from rules.signals.signal import where
from tests.dashboards import absent, golden
from tests.dashboards.models import ALL, MODELS, Asked
from tests.real import RealRun, wait_for
from tests.simulator.remote_write import send

pytestmark = pytest.mark.timeout(300)
"""The first test waits for the whole run, and for the watcher to see that it is over."""

BEFORE_ALL: Final = 1500.0
"""Seconds by which the golden run lies back: within the half hour that Prometheus takes late samples of."""
AROUND: Final = 20.0
LENGTH: Final = "600"


@dataclass(frozen=True)
class Shown:
    """One run as the boards ask for it: between ``start`` and ``end``, looked at from ``now``."""

    client: Prometheus
    testid: str
    start: float
    end: float
    now: float
    machine: str = ".*"

    def values(self, reach: str = "10m", window: str = "20s") -> dict[str, str]:
        """Grafana's variables, those that it works out from queries too."""
        known = {
            "testid": self.testid,
            "other": self.testid,
            "machine": self.machine,
            "length": LENGTH,
            "slo": "requests",
        }
        known |= {"__range": reach, "__rate_interval": window}
        for variable in MODELS["loadline-runs"]["templating"]["list"]:
            query = variable["query"].removeprefix("query_result(").removesuffix(")")
            if query != variable["query"] and variable["type"] == "query" and "label_values" not in query:
                asked = Asked("", variable["name"], "", query, True)
                known[variable["name"]] = self.client.instant(asked.filled(known), self.now)[0]["value"][1]
        return known

    def instant(self, asked: Asked, reach: str = "10m") -> list[tuple[dict[str, str], float]]:
        found = self.client.instant(asked.filled(self.values(reach)), self.now)
        return [(one["metric"], float(one["value"][1])) for one in found]

    def empty(self, asked: Asked) -> bool:
        if asked.instant:
            return not self.instant(asked)
        start, end = (self.start, self.end) if asked.uid != "loadline-runs" else (self.now - float(LENGTH), self.now)
        found = self.client.range(asked.filled(self.values()), start, end + AROUND, 5.0)
        return not any((one.values >= 0).any() if isinstance(one, Series) else one.times.size for one in found)


@pytest.fixture(scope="module")
def shown(real_run: RealRun) -> Shown:
    """The real run, once the watcher's answer to the whole of it has been scraped."""
    window = real_run.answer.window
    start, end = window.start.timestamp(), window.end.timestamp()
    ended = answered.EVENT.selector(where(testid="real", rule="verdict"))
    wait_for(lambda: bool(real_run.client.instant(ended, time.time())), "verdict of the watcher in Prometheus", 90)
    return Shown(real_run.client, "real", start, end, time.time())


@pytest.fixture(scope="module")
def fed(shown: Shown) -> Shown:
    """The golden run, in the same Prometheus."""
    end = shown.start - BEFORE_ALL
    send(golden.series(end), f"{shown.client.url}/api/v1/write")
    return Shown(shown.client, golden.TESTID, end - golden.SECONDS, end, end, "golden:9101")


def query(title: str, ref: str = "A", uid: str = "loadline-load-test") -> Asked:
    return next(one for one in ALL if (one.uid, one.title, one.ref) == (uid, title, ref))


def may_be_empty(asked: Asked) -> bool:
    return (asked.title, asked.ref) in absent.QUERIES


def test_every_query_of_a_run_returns_data(shown: Shown) -> None:
    queries = [asked for asked in ALL if not may_be_empty(asked)]
    assert len(queries) > 80
    assert [asked.place for asked in queries if shown.empty(asked)] == []


def test_what_this_machine_cannot_show_returns_data_where_it_is_there(fed: Shown) -> None:
    queries = [asked for asked in ALL if may_be_empty(asked)]
    assert {(asked.title, asked.ref) for asked in queries} == set(absent.QUERIES)
    empty = {(asked.title, asked.ref) for asked in queries if fed.empty(asked)}
    assert empty == {place for place, why in absent.QUERIES.items() if why == absent.BELOW}


@pytest.mark.parametrize("reach", ["10m", "7d"])
def test_the_numbers_on_top_are_the_answer_s(shown: Shown, real_run: RealRun, reach: str) -> None:
    top, slo = real_run.answer.max_throughput, real_run.answer.slo_capacity
    assert slo is not None
    for title, interval in (("Maximum throughput", top), ("SLO capacity", slo)):
        told = [shown.instant(query(title, ref), reach) for ref in ("ABCDE" if title == "SLO capacity" else "ABCD")]
        numbers = [value for found in told for _, value in found]
        assert numbers == pytest.approx([interval.value, interval.low, interval.high], rel=0.01)


@pytest.mark.parametrize("uid", ["loadline-load-test", "loadline-home"])
def test_the_words_on_top_are_the_answer_s(shown: Shown, real_run: RealRun, uid: str) -> None:
    answer = real_run.answer
    assert answer.bottleneck is not None
    said = {
        ("Verdict", names.VERDICT_LABEL): answer.verdict,
        ("What ran out?", names.RESOURCE): answer.bottleneck.resource,
        ("Was k6 the limit?", names.VERDICT_LABEL): answer.generator.verdict,
    }
    for (title, label), word in said.items():
        ((labels, _),) = shown.instant(query(title, uid=uid))
        assert labels[label] == word


def test_the_curves_are_level_at_the_answer_on_its_plateau(shown: Shown, real_run: RealRun) -> None:
    """The windowed rate, where its window lies on the plateau; the line; and the same in the chart against VUs."""
    title = "Does goodput still rise while VUs rise?"
    window = next(one for one in real_run.answer.findings if one.rule == "throughput").window
    top = real_run.answer.max_throughput.value
    assert window is not None
    assert top is not None
    since, until = window.start.timestamp() + 20, window.end.timestamp() - 1
    for asked in (query(title, "C"), query(title, "E"), *(query("Goodput against VUs", ref) for ref in "BC")):
        (curve,) = shown.client.range(asked.filled(shown.values()), shown.start, shown.now, 1.0)
        assert isinstance(curve, Series)
        plateau = curve.values[(curve.times >= since) & (curve.times <= until)]
        assert plateau.mean() == pytest.approx(top, rel=0.01)


def test_vus_are_those_that_the_answer_saw_and_have_no_ghosts(shown: Shown, real_run: RealRun) -> None:
    asked = query("Does goodput still rise while VUs rise?")
    (curve,) = shown.client.range(asked.filled(shown.values()), shown.start, shown.end + 300, 1.0)
    assert isinstance(curve, Series)
    # The last look before the load ends may fall between two points of the curve, and VUs rise by 1.7 % a second.
    assert curve.values.max() == pytest.approx(real_run.answer.generator.vus, rel=0.02)
    assert curve.times[-1] <= shown.end + 30


def test_the_vus_of_two_processes_are_added_up(fed: Shown) -> None:
    (found,) = fed.client.instant(query("Does goodput still rise while VUs rise?").filled(fed.values()), fed.end)
    assert float(found["value"][1]) == 100


def test_failures_are_weighted_by_requests(fed: Shown) -> None:
    found = fed.client.scalar(query("How many requests fail?").filled(fed.values()), fed.end)
    assert found == pytest.approx(0.2)


def test_the_table_holds_a_row_for_the_run_with_its_answer(shown: Shown, real_run: RealRun) -> None:
    answer = real_run.answer
    title = "Which runs were there, and what did each prove?"
    columns = MODELS["loadline-runs"]["panels"][0]["targets"]
    row = {
        one["legendFormat"]: [
            (labels, value)
            for labels, value in shown.instant(query(title, one["refId"], "loadline-runs"), "7d")
            if labels[names.TESTID] == "real"
        ]
        for one in columns
    }
    bounds = [row.pop(name) for name in ("SLO at least", "SLO below")]
    assert {name: len(cells) for name, cells in row.items()} == dict.fromkeys(row, 1)
    assert bounds == [[], []]  # of a number that has an interval
    started, lasted = answer.window.start, answer.window.end - answer.window.start
    expected = {
        "started": started.timestamp() * 1000,
        "lasted": lasted.total_seconds(),
        "maximum": answer.max_throughput.value,
        "failed": 0.0,
        "from": started.timestamp() * 1000 - 30_000,
        "to": answer.window.end.timestamp() * 1000 + 30_000,
    }
    assert {name: row[name][0][1] for name in expected} == pytest.approx(expected, rel=0.01)
    assert row["generator"][0][0]["generator"] == answer.generator.verdict


def test_a_run_laid_over_others_begins_at_zero(shown: Shown, real_run: RealRun) -> None:
    """Ten minutes are asked for, and it began less than that ago: its data lie after the moments they are drawn at."""
    values = shown.values()
    assert float(values["shift"]) < 0
    start = float(values["zero"])
    (curve,) = shown.client.range(
        query("VUs of two runs", "B", "loadline-runs").filled(values), start - 30, start + 100, 1.0
    )
    assert isinstance(curve, Series)
    times = curve.times[curve.values >= 0]
    assert times[0] - start == pytest.approx(0, abs=1)
    lasted = (real_run.answer.window.end - real_run.answer.window.start).total_seconds()
    assert lasted - 5 <= times[-1] - start <= lasted + 31


def test_the_events_are_where_the_answer_has_them(shown: Shown, real_run: RealRun) -> None:
    marks = query("annotation Loadline", "")
    found = shown.client.range(marks.filled(shown.values()), shown.start, shown.now, 5.0)
    drawn = {one.labels[names.RULE]: one.values[-1] / 1000 for one in found if isinstance(one, Series)}
    assert drawn == {rule: pytest.approx(at, abs=2) for rule, at in _first_times(real_run.answer).items()}


def _first_times(answer: Answer) -> dict[str, float]:
    events = sorted(answer.events, key=lambda event: event.time, reverse=True)
    return {event.rule: event.time.timestamp() for event in events}
