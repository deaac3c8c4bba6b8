"""Two runs at the same time in one store: each its own answer, or none where they cannot be told apart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from rules import names, overlaps, runs
from rules.answer import Answer
from rules.finding import Outcome, Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from rules.prometheus import Prometheus
from rules.reading import read
from rules.runs import Run
from rules.series import AnySeries, Series
from tests import stores
from tests.simulator import Hosts, Load, Output, Scenario, Server, Service, SimulatedRun, simulate
from tests.simulator.remote_write import send

RAW, SUMMED = 10**9, 0


def run_of(workers: int, testid: str = "", processes: int = 1) -> SimulatedRun:
    """A ramp to three times the knee in two minutes, against so many workers of 50 requests/s each."""
    load = Load(((0.0, 1.0), (120.0, 150.0 * workers)), think=1.0)
    scenario = Scenario(load, Server(workers, Service(0.02, 0.5)), output=Output(processes=processes))
    return simulate(replace(scenario, hosts=Hosts("none")), workers, testid or "dropped")


def untagged(run: SimulatedRun, later: float = 0.0, **tags: str) -> list[AnySeries]:
    """The run's series so many seconds later, without their testid and with other ``tags``."""
    kept = [replace(one, labels={**one.labels, **tags}) for one in run.shifted(later).series()]
    for one in kept:
        del one.labels[names.TESTID]  # type: ignore[attr-defined]  # a dict, made in the line above
    return kept


@pytest.fixture(params=stores.STORES)
def store(request: pytest.FixtureRequest) -> Iterator[Prometheus]:
    with stores.started(request.param) as client:
        yield client


def written(store: Prometheus, *several: list[AnySeries]) -> list[Run]:
    """The runs that there are, once all of ``several`` are sent with the newest sample now."""
    newest = max(float(one.times[-1]) for series in several for one in series)
    move = time.time() - 1.0 - newest
    moved = [replace(one, times=(one.times + move).round(3)) for series in several for one in series]
    send(moved, f"{store.url}/api/v1/write")
    return runs.find(store, "", time.time() - 600, time.time())


def evidence(answer: Answer) -> tuple[Outcome, str]:
    finding = answer.findings[0]
    return finding.verdict, finding.because


@pytest.mark.parametrize("bound", [RAW, SUMMED], ids=["raw", "summed"])
def test_two_runs_with_a_testid_each_have_each_their_own_answer_and_name_each_other(
    store: Prometheus, bound: int
) -> None:
    simulated = {run.testid: run for run in (run_of(2, "small"), run_of(6, "large", processes=2))}
    found = written(store, *(list(run.series()) for run in simulated.values()))
    assert {run.testid for run in found} == {"small", "large"}
    for run in found:
        assert run.testid is not None
        answer = judge(read(store, run, bound))
        alone = judge(to_timeline(simulated[run.testid].samples, run.testid))
        assert answer.verdict is alone.verdict is Verdict.SATURATED
        assert answer.max_throughput.value == pytest.approx(alone.max_throughput.value, rel=0.005)
        other = "small" if run.testid == "large" else "large"
        outcome, because = evidence(answer)
        assert outcome is Outcome.WARNING
        assert f"{other} ran at the same time: of a server that they share, this is only this run's part" in because


def test_runs_one_after_another_do_not_name_each_other(store: Prometheus) -> None:
    first, second = run_of(2, "first"), run_of(2, "second").shifted(130.0)
    for run in written(store, list(first.series()), list(second.series())):
        assert evidence(judge(read(store, run)))[0] is Outcome.OK


def test_untagged_runs_that_overlap_are_refused_and_a_selector_tells_them_apart(store: Prometheus) -> None:
    shop, web = run_of(2), run_of(6)
    (both,) = written(store, untagged(shop, team="shop"), untagged(web, 60.0, team="web"))
    answer = judge(read(store, both))
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert answer.because == 'several untagged runs overlap: team="shop" and team="web" began 60 s apart'
    assert "--selector" in str(answer.findings[0].advice)
    for run, team in ((shop, "shop"), (web, "web")):
        (found,) = runs.find(store, f'team="{team}"', time.time() - 600, time.time())
        alone = judge(to_timeline(run.samples, None))
        assert judge(read(store, found)).max_throughput.value == pytest.approx(alone.max_throughput.value, rel=0.005)


def test_processes_of_one_untagged_run_begin_together(store: Prometheus) -> None:
    run = run_of(4, processes=3)
    (found,) = written(store, untagged(run))
    answer = judge(read(store, found))
    outcome, because = evidence(answer)
    assert outcome is Outcome.WARNING
    assert "; 3 k6 processes are added up, as they began together: instance_id=" in because
    assert answer.max_throughput.value == pytest.approx(200.0, rel=0.02)
    begun = because.count(' and instance_id="')
    assert begun == 2


@pytest.mark.parametrize("since", [31.0, 1.0], ids=["in one minute", "in two"])
def test_they_begin_together_whenever_the_minute_ends(fresh_prometheus: Prometheus, since: float) -> None:
    minute = 60.0 * np.floor(time.time() / 60.0) - 180.0
    for number, begun in enumerate((minute - 2.0, minute + 2.0)):
        t = (begun + since + np.arange(0.0, 60.0, 5.0)).round(3)
        labels = {"__name__": names.VUS, "instance_id": str(number)}
        send([Series(labels, t, np.full(t.size, 7.0))], f"{fresh_prometheus.url}/api/v1/write")
    (run,) = runs.find(fresh_prometheus, "", minute - 60.0, time.time())
    assert overlaps.untagged(fresh_prometheus, run)[1] == []


def test_of_many_processes_three_are_named_and_the_others_counted(fresh_prometheus: Prometheus) -> None:
    t = (time.time() - 60.0 + np.arange(0.0, 60.0, 5.0)).round(3)
    labels = [{"__name__": names.VUS, "instance_id": str(number)} for number in range(5)]
    send([Series(one, t, np.full(t.size, 7.0)) for one in labels], f"{fresh_prometheus.url}/api/v1/write")
    (run,) = runs.find(fresh_prometheus, "", time.time() - 600, time.time())
    named = 'instance_id="0" and instance_id="1" and instance_id="2" and 2 more'
    told = f"5 k6 processes are added up, as they began together: {named}"
    assert overlaps.untagged(fresh_prometheus, run) == ([told], [])


@pytest.mark.parametrize("bound", [RAW, SUMMED], ids=["raw", "summed"])
def test_two_k6_that_write_the_same_series_are_refused(store: Prometheus, bound: int) -> None:
    (both,) = written(store, untagged(run_of(2)), untagged(run_of(6), 2.0))  # as one clock would stamp them
    answer = judge(read(store, both, bound))
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert evidence(answer)[1] == "its totals go back and forth: several k6 processes write the same series"
