"""The same samples twice, and two k6 processes in one series: refused, with what tells them apart."""

from __future__ import annotations

import shlex
import time
from dataclasses import replace

import numpy as np
import pytest

from rules import names, runs, summing, twofold
from rules.finding import Verdict
from rules.judge import analyze
from rules.prometheus import Prometheus
from rules.reading import read
from rules.runs import Run
from rules.series import AnySeries, Series
from tests.simulator import Hosts, Load, Output, Scenario, Server, Service, SimulatedRun, simulate
from tests.simulator.remote_write import send

RAW, SUMMED = 10**9, 0


def run_of(testid: str, processes: int = 1) -> SimulatedRun:
    """A ramp to three times the knee of 100 requests/s in two minutes, a push a second."""
    scenario = Scenario(
        Load(((0.0, 1.0), (120.0, 300.0)), think=1.0),
        Server(2, Service(0.02, 0.5)),
        output=Output(1.0, processes=processes),
        hosts=Hosts("none"),
    )
    return simulate(scenario, 1, testid)


def written(client: Prometheus, testid: str, series: list[AnySeries]) -> Run:
    """``series`` in ``client``, their newest sample now."""
    move = time.time() - 1.0 - max(float(one.times[-1]) for one in series)
    send([replace(one, times=(one.times + move).round(3)) for one in series], f"{client.url}/api/v1/write")
    (run,) = runs.find(client, f'testid="{testid}"', time.time() - 600, time.time())
    return run


def under(series: list[AnySeries], **labels: str) -> list[AnySeries]:
    return [replace(one, labels={**one.labels, **labels}) for one in series]


def test_processes_that_k6_tells_apart_are_two_however_alike(fresh_prometheus: Prometheus) -> None:
    own = list(run_of("alike").series())
    run = written(fresh_prometheus, "alike", [*under(own, instance_id="1"), *under(own, instance_id="2")])
    assert twofold.conflicts(run, summing.head(fresh_prometheus, run)) == []


@pytest.mark.parametrize("bound", [RAW, SUMMED], ids=["raw", "summed"])
def test_a_run_that_two_replicas_hold_is_not_added_up(fresh_prometheus: Prometheus, bound: int) -> None:
    own = list(run_of("copied").series())
    run = written(fresh_prometheus, "copied", [*under(own, replica="a"), *under(own, replica="b")])
    answer, _ = analyze(fresh_prometheus, run, read=lambda client, one: read(client, one, raw_samples=bound))
    assert answer.verdict is Verdict.INCONCLUSIVE
    assert answer.because == (
        "the same samples are there twice, under other values of replica: choose one, by "
        """--selector 'testid="copied",replica="a"'"""
    )
    assert (answer.max_throughput.low, answer.after_peak.state, answer.after_peak.goodput) == (None, "unknown", None)
    (one,) = runs.find(fresh_prometheus, 'testid="copied",replica="a"', run.start - 60, time.time())
    chosen, _ = analyze(fresh_prometheus, one)
    assert chosen.verdict is Verdict.SATURATED
    assert chosen.max_throughput.value == pytest.approx(100.0, rel=0.03)


def test_a_copy_that_was_scraped_lacks_samples_and_is_one_still(fresh_prometheus: Prometheus) -> None:
    own = list(run_of("scraped").series())
    some = np.flatnonzero(np.random.default_rng(1).random(200) < 0.8)
    copy = [
        replace(one, times=one.times[kept], values=one.values[kept])
        for one in own
        if isinstance(one, Series)
        for kept in [some[some < one.times.size]]
        if kept.size
    ]
    run = written(fresh_prometheus, "scraped", [*own, *under(list(copy), job="federate")])
    (said,) = twofold.conflicts(run, summing.head(fresh_prometheus, run))
    assert said.startswith("the same samples are there twice, under other values of job: ")


def test_processes_that_share_the_load_evenly_are_no_copies(fresh_prometheus: Prometheus) -> None:
    run = written(fresh_prometheus, "shared", list(run_of("shared", processes=3).series()))
    assert twofold.conflicts(run, summing.head(fresh_prometheus, run)) == []


@pytest.mark.parametrize("apart", [0.15, 2.4])
def test_two_processes_in_one_series_are_told_by_their_clocks(fresh_prometheus: Prometheus, apart: float) -> None:
    """Each with half of the load, so that no total ever falls, as k6 writes them with --execution-segment alone."""
    t = time.time() - 70.0 + np.arange(0.0, 60.0, 5.0)
    both = np.sort(np.concatenate([t, t + apart])).round(3)
    labels = {"testid": "segments"}
    vus = Series({"__name__": "k6_vus", **labels}, both, np.repeat(np.arange(12.0), 2))
    ended = Series({"__name__": "k6_iterations_total", **labels}, both, np.repeat(np.arange(12.0) ** 2, 2))
    run = written(fresh_prometheus, "segments", [vus, ended])
    (said,) = twofold.conflicts(run, summing.head(fresh_prometheus, run))
    assert said == "by the clocks of its samples, several k6 processes write the same series"


def test_the_choice_that_is_told_can_be_pasted_whatever_the_testid() -> None:
    t = 1e9 + np.arange(0.0, 60.0, 5.0)
    own = [
        Series({"__name__": name, "testid": "it's"}, t, np.arange(12.0))
        for name in (names.VUS, names.ITERATIONS)
        for _ in "ab"
    ]
    twice = [replace(one, labels={**one.labels, "replica": "ab"[place % 2]}) for place, one in enumerate(own)]
    run = Run("it's", '''testid="it's"''', float(t[0]), float(t[-1]))
    (said,) = twofold.conflicts(run, {names.VUS: twice[:2], names.ITERATIONS: twice[2:]})
    assert shlex.split(said.partition(", by ")[2]) == ["--selector", '''testid="it's",replica="a"''']
