"""The same answer whatever the store: Prometheus 2 and 3, raw and summed, every push interval, any number of k6."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from rules import names, runs
from rules.answer import Answer
from rules.finding import Outcome, Verdict
from rules.gridding import to_timeline
from rules.judge import judge
from rules.prometheus import Prometheus
from rules.reading import read
from rules.signals.signal import where
from tests import stores
from tests.simulator import Hosts, Load, Output, Scenario, Server, Service, SimulatedRun, simulate
from tests.simulator.closed_loop import Requests
from tests.simulator.remote_write import send
from tests.simulator.run import played, recorded

SCENARIO = Scenario(
    Load(((0.0, 1.0), (300.0, 600.0)), think=1.0),
    Server(4, Service(0.02, 1.0), error_share=0.01),
    hosts=Hosts(server_cpu_at_full=0.97),
    name="stores",
)
WAYS = tuple(product((1.0, 5.0, 15.0), (1, 4)))
"""Push interval in seconds, and k6 processes that share the load."""
APART_SECONDS = 60.0
RAW, SUMMED = 10**9, 0
"""Bounds of samples: everything is read, or nothing but sums."""
NEAR = 0.0025
"""Of a middle one, so that no two are further than 0.5 % apart."""


@cache
def requests_made() -> Requests:
    """Those of every test here; only how they are written differs."""
    return played(SCENARIO, np.random.default_rng(1))


@pytest.fixture(scope="module")
def ways() -> dict[tuple[float, int], SimulatedRun]:
    """The same requests in every way, one after another so that each has the machines for itself; the last ends now."""
    requests = requests_made()
    found: dict[tuple[float, int], SimulatedRun] = {}
    end = time.time() - 1.0
    for push, processes in reversed(WAYS):
        scenario = replace(SCENARIO, output=Output(push, processes=processes))
        run = recorded(scenario, requests, 1, f"every-{push:.0f}-s-by-{processes}")
        found[push, processes] = run.shifted(end - run.end)
        end -= run.end - run.start + APART_SECONDS
    return dict(reversed(found.items()))


@pytest.fixture(scope="module", params=stores.STORES)
def store(request: pytest.FixtureRequest, ways: dict[tuple[float, int], SimulatedRun]) -> Iterator[Prometheus]:
    """One that holds every way."""
    with stores.started(request.param) as client:
        for run in ways.values():
            send(run.series(), f"{client.url}/api/v1/write")
        yield client


@pytest.fixture(scope="module")
def middle(ways: dict[tuple[float, int], SimulatedRun]) -> Answer:
    """Of the samples themselves, pushed every 5 s by one k6: no store had a hand in it."""
    answer = judge(to_timeline(ways[5.0, 1].samples, None))
    assert answer.verdict is Verdict.SATURATED
    return answer


@pytest.mark.parametrize("bound", [RAW, SUMMED], ids=["raw", "summed"])
@pytest.mark.parametrize(("push", "processes"), WAYS)
def test_the_answer_is_the_same(
    store: Prometheus,
    ways: dict[tuple[float, int], SimulatedRun],
    middle: Answer,
    push: float,
    processes: int,
    bound: int,
) -> None:
    run = ways[push, processes]
    (found,) = runs.find(store, where(testid=run.testid), run.start - 1, run.end + 1)
    answer = judge(read(store, found, bound))
    assert answer.verdict is middle.verdict
    assert answer.max_throughput.value == pytest.approx(middle.max_throughput.value, rel=NEAR)
    assert (answer.bottleneck and answer.bottleneck.resource) == "cpu"
    assert answer.generator.verdict == "ok"
    assert answer.slo_capacity is not None
    assert answer.slo_capacity.value == pytest.approx(answer.max_throughput.value)
    assert answer.failures is not None
    assert middle.failures is not None
    assert answer.failures.count == middle.failures.count
    assert [finding.verdict for finding in answer.findings] == [finding.verdict for finding in middle.findings]


@pytest.fixture(params=stores.STORES)
def empty_store(request: pytest.FixtureRequest) -> Iterator[Prometheus]:
    with stores.started(request.param) as client:
        yield client


@pytest.mark.parametrize("ahead", [30.0, -30.0])
@pytest.mark.parametrize("bound", [RAW, SUMMED], ids=["raw", "summed"])
def test_k6_may_have_another_clock_than_the_store(empty_store: Prometheus, ahead: float, bound: int) -> None:
    """The store's clock is the true one here: k6 stamps its samples into the future, or the past."""
    held = replace(SCENARIO, load=Load(((0.0, 1.0), (60.0, 600.0), (240.0, 600.0)), think=1.0))
    alone = judge(to_timeline(simulate(held, 1).samples, None))
    run = simulate(replace(held, hosts=replace(SCENARIO.hosts, clock_ahead=-ahead)), 1)
    run = run.shifted(time.time() - max(float(one.times[-1]) for one in run.samples[names.NODE_CPU]) - 1.0)
    send(run.series(), f"{empty_store.url}/api/v1/write")
    (found,) = runs.recent(empty_store, time.time())
    assert found.end == pytest.approx(run.samples[names.VUS][0].times[-1])
    answer = judge(read(empty_store, found, bound))
    assert answer.verdict is alone.verdict
    assert answer.max_throughput.value == pytest.approx(alone.max_throughput.value, rel=NEAR)
    assert (answer.bottleneck and answer.bottleneck.resource) == "cpu"
    assert f"{'behind' if ahead > 0 else 'ahead of'} k6's; they were moved" in answer.findings[0].because


@pytest.mark.parametrize("bound", [RAW, SUMMED], ids=["raw", "summed"])
@pytest.mark.parametrize(("push", "lost"), [(1.0, 6.0), (5.0, 20.0), (15.0, 40.0)])
def test_a_k6_that_is_killed_leaves_the_answer_within_the_interval(
    empty_store: Prometheus, middle: Answer, push: float, lost: float, bound: int
) -> None:
    cut = Output(push, gaps=((SCENARIO.load.seconds - lost, np.inf),))
    run = recorded(replace(SCENARIO, output=cut), requests_made(), 1, "killed")
    run = run.shifted(time.time() - run.end - 1.0)
    send(run.series(), f"{empty_store.url}/api/v1/write")
    (found,) = runs.find(empty_store, where(testid="killed"), run.start - 1, run.end + 1)
    assert run.end - found.end > lost
    answer = judge(read(empty_store, found, bound))
    assert answer.verdict is middle.verdict
    assert answer.max_throughput.value is not None
    low, high = middle.max_throughput.low, middle.max_throughput.high
    assert low is not None
    assert high is not None
    assert low <= answer.max_throughput.value <= high
    assert answer.findings[0].verdict is Outcome.OK
