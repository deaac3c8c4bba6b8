"""The simulated series are those that k6's remote-write output would have sent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rules import names
from rules.series import HistogramSeries, Series
from tests.simulator import Endpoint, Generator, Hosts, Load, Output, Scenario, Server, Service, SimulatedRun, simulate
from tests.simulator.closed_loop import starts_and_stops
from tests.simulator.run import played

PLAIN = Scenario(Load(((0.0, 1.0), (120.0, 200.0)), think=0.5), Server(2, Service(0.02, 0.8), error_share=0.05))


def counters(run: SimulatedRun, name: str) -> list[Series]:
    return [one for one in run.samples[name] if isinstance(one, Series)]


def histograms(run: SimulatedRun, name: str) -> list[HistogramSeries]:
    return [one for one in run.samples[name] if isinstance(one, HistogramSeries)]


def test_the_same_seed_gives_the_same_run_and_another_a_different_one() -> None:
    first, second, other = simulate(PLAIN, 7), simulate(PLAIN, 7), simulate(PLAIN, 8)
    for one, same in zip(first.series(), second.series(), strict=True):
        assert one.labels == same.labels
        np.testing.assert_array_equal(one.times, same.times)
    totals = [counters(run, names.HTTP_REQS)[0].values for run in (first, second, other)]
    np.testing.assert_array_equal(totals[0], totals[1])
    assert not np.array_equal(totals[0], totals[2])


def test_totals_rise_and_end_at_what_was_requested() -> None:
    run = simulate(PLAIN, 1)
    for name in (names.HTTP_REQS, names.ITERATIONS):
        for one in counters(run, name):
            assert (np.diff(one.values) > 0).all()
            assert (np.diff(one.times) > 0).all()
            assert one.values[0] > 0  # there is no sample of zero
    replies = played(PLAIN, np.random.default_rng(1)).replied.size
    assert sum(one.values[-1] for one in counters(run, names.HTTP_REQS)) == replies


def test_a_histogram_holds_its_count_and_its_sum_lies_within_its_buckets() -> None:
    run = simulate(PLAIN, 1)
    for name in (names.HTTP_REQ_DURATION, names.HTTP_REQ_BLOCKED, names.ITERATION_DURATION):
        for one in histograms(run, name):
            np.testing.assert_array_equal(one.buckets.sum(axis=1), one.counts)
            assert (one.buckets @ one.lower <= one.sums).all()
            assert (one.sums <= one.buckets @ one.upper).all()
            np.testing.assert_allclose(one.upper / one.lower, 2 ** (1 / 8))
            assert (np.diff(one.buckets, axis=0) >= 0).all()


def test_labels_are_k6s_own() -> None:
    run = simulate(PLAIN, 1, testid="mine")
    assert dict(counters(run, names.VUS)[0].labels) == {"__name__": names.VUS, "testid": "mine"}
    assert dict(counters(run, names.ITERATIONS)[0].labels) == {
        "__name__": names.ITERATIONS,
        "testid": "mine",
        "scenario": "default",
    }
    by_status = {one.labels[names.STATUS]: dict(one.labels) for one in counters(run, names.HTTP_REQS)}
    common = {
        "__name__": names.HTTP_REQS,
        "testid": "mine",
        "scenario": "default",
        "method": "GET",
        "name": "http://sut.test/boards",
        "url": "http://sut.test/boards",
        "proto": "HTTP/1.1",
    }
    assert by_status["200"] == common | {"status": "200", "expected_response": "true"}
    assert by_status["500"] == common | {"status": "500", "expected_response": "false", "error_code": "1500"}


def test_a_lost_push_leaves_the_later_totals_right() -> None:
    whole = simulate(PLAIN, 1)
    lossy = simulate(replace(PLAIN, output=Output(gaps=((40.0, 70.0),))), 1)
    for one, holed in zip(counters(whole, names.HTTP_REQS), counters(lossy, names.HTTP_REQS), strict=True):
        lost = ~np.isin(one.times, holed.times)
        assert lost.sum() == 6  # 30 s of pushes every 5 s
        np.testing.assert_array_equal(one.values[~lost], holed.values)
        inside = one.times[lost] - whole.start
        assert (inside > 38.0).all()
        assert (inside < 71.0).all()


BURST = Scenario(
    Load(((0.0, 1.0), (20.0, 1.0), (20.0, 40.0), (30.0, 40.0), (30.0, 1.0), (60.0, 1.0)), think=0.5),
    Server(1, Service(0.05, 0.0), queue_limit=5),
)


def test_what_only_a_lost_push_held_is_never_seen() -> None:
    run = simulate(replace(BURST, output=Output(gaps=((20.0, 40.0),))), 1)
    assert {one.labels[names.STATUS] for one in counters(run, names.HTTP_REQS)} == {"200"}


def test_a_series_that_stands_still_is_not_sent_again() -> None:
    run = simulate(BURST, 1)
    (rejected,) = [one for one in counters(run, names.HTTP_REQS) if one.labels[names.STATUS] == "503"]
    assert rejected.times[0] - run.start > 20.0
    assert rejected.times[-1] - run.start < 32.0
    assert counters(run, names.VUS)[0].times[-1] - run.start > 59.0


def test_vus_follow_the_plan_and_then_finish() -> None:
    run = simulate(replace(PLAIN, output=Output(push_interval=1.0)), 1)
    (vus,) = counters(run, names.VUS)
    at = vus.times - run.start
    under_load = at < 120.0
    np.testing.assert_array_equal(vus.values[under_load], np.floor(1 + 199 / 120 * at[under_load]))
    assert (np.diff(vus.values[~under_load]) <= 0).all()
    assert vus.values[-1] < 200


def test_vus_come_and_go_one_at_each_whole_number() -> None:
    starts, stops = starts_and_stops(Load(((0.0, 2.0), (4.0, 4.0), (6.0, 4.0), (8.0, 3.0)), think=1.0))
    assert starts == [0.0, 0.0, 2.0, 4.0]
    assert stops == [6.0]


def test_several_processes_share_the_load_and_one_may_die() -> None:
    output = Output(processes=3, last_dies_at=60.0)
    run = simulate(replace(PLAIN, load=Load(((0.0, 300.0), (120.0, 300.0)), 0.5), output=output), 1)
    vus = {one.labels["instance_id"]: one for one in counters(run, names.VUS)}
    assert sorted(vus) == ["0", "1", "2"]
    assert vus["2"].times[-1] - run.start < 60.0
    assert vus["0"].times[-1] - run.start > 119.0
    assert vus["0"].values[0] == 100.0
    last = {(one.labels["instance_id"], one.labels["status"]): one.values[-1] for one in counters(run, names.HTTP_REQS)}
    assert last["2", "200"] < 0.4 * last["0", "200"]


def test_a_process_that_is_started_again_counts_anew() -> None:
    whole, again = (simulate(replace(PLAIN, output=output), 1) for output in (Output(), Output(restarts_at=61.0)))
    for before, after in zip(counters(whole, names.HTTP_REQS), counters(again, names.HTTP_REQS), strict=True):
        early = after.times - again.start < 61.0
        np.testing.assert_array_equal(after.values[early], before.values[: early.sum()])
        assert after.values[~early][0] < after.values[early][-1]
        # What was counted between the last push before the end and the end is lost.
        assert 0.8 * before.values[-1] < after.values[early][-1] + after.values[-1] <= before.values[-1]
    for one in histograms(again, names.HTTP_REQ_DURATION):
        np.testing.assert_array_equal(one.buckets.sum(axis=1), one.counts)
        assert (one.buckets @ one.lower <= one.sums + 1e-9).all()
        assert (one.sums <= one.buckets @ one.upper).all()


def test_each_request_of_a_script_has_its_own_series() -> None:
    steps = (Endpoint("list", 0.5), Endpoint("show", 1.5))
    run = simulate(replace(PLAIN, load=replace(PLAIN.load, requests=steps)), 1)
    good = {one.labels["name"]: one for one in counters(run, names.HTTP_REQS) if one.labels["status"] == "200"}
    assert good.keys() == {"http://sut.test/list", "http://sut.test/show"}
    mean = {
        one.labels["name"]: one.sums[2] / one.counts[2]
        for one in histograms(run, names.HTTP_REQ_DURATION)
        if one.labels["status"] == "200"
    }
    assert mean["http://sut.test/show"] > 1.5 * mean["http://sut.test/list"]
    (iterations,) = counters(run, names.ITERATIONS)
    requests = sum(one.values[-1] for one in counters(run, names.HTTP_REQS))
    assert requests == pytest.approx(2 * iterations.values[-1], rel=0.1)


def test_without_native_histograms_there_is_the_99th_percentile_of_all_so_far() -> None:
    run = simulate(replace(PLAIN, output=Output(native_histograms=False)), 1)
    assert names.HTTP_REQ_DURATION not in run.samples
    requests = played(PLAIN, np.random.default_rng(1))
    good = requests.status == 200
    expected = np.quantile((requests.replied - requests.sent)[good], 0.99)
    (p99,) = [one for one in counters(run, "k6_http_req_duration_p99") if one.labels["status"] == "200"]
    assert p99.values[-1] == pytest.approx(expected, rel=1e-9)


def test_littles_law_holds_at_full_load() -> None:
    run = simulate(Scenario(Load(((0.0, 300.0), (200.0, 300.0)), 1.0), Server(4, Service(0.02))), 1)
    (replies,), (iteration,) = counters(run, names.HTTP_REQS), histograms(run, names.ITERATION_DURATION)
    inside = (replies.times > run.start + 20) & (replies.times < run.start + 195)
    rate = np.diff(replies.values[inside][[0, -1]]) / np.diff(replies.times[inside][[0, -1]])
    rows = np.flatnonzero((iteration.times > run.start + 20) & (iteration.times < run.start + 195))[[0, -1]]
    cycle = np.diff(iteration.sums[rows]) / np.diff(iteration.counts[rows])
    assert float((rate * cycle)[0]) == pytest.approx(300.0, rel=0.01)


def test_time_outside_requests_grows_only_where_k6_is_short_of_cpu() -> None:
    load = Load(((0.0, 100.0), (60.0, 100.0)), 0.2)
    outside = []
    for generator in (Generator(1, 1e-4), Generator(1, 5e-3)):
        run = simulate(Scenario(load, Server(4, Service(0.01, 0.5)), generator=generator), 1)
        iteration, duration = (histograms(run, n)[0] for n in (names.ITERATION_DURATION, names.HTTP_REQ_DURATION))
        outside.append(iteration.sums[-1] / iteration.counts[-1] - duration.sums[-1] / duration.counts[-1])
    assert outside[0] == pytest.approx(0.2, abs=0.002)
    assert outside[1] > 0.3


def test_waits_before_accept_are_blocked_and_not_duration() -> None:
    waiting = replace(PLAIN, server=replace(PLAIN.server, waits_before_accept=True))
    sums = {
        (scenario is waiting, name): sum(one.sums[-1] for one in histograms(simulate(scenario, 1), name))
        for scenario in (PLAIN, waiting)
        for name in (names.HTTP_REQ_DURATION, names.HTTP_REQ_BLOCKED)
    }
    moved = sums[False, names.HTTP_REQ_DURATION] - sums[True, names.HTTP_REQ_DURATION]
    assert moved > 0.5 * sums[False, names.HTTP_REQ_DURATION]
    gained = sums[True, names.HTTP_REQ_BLOCKED] - sums[False, names.HTTP_REQ_BLOCKED]
    assert gained == pytest.approx(moved, rel=1e-6)


def test_hosts_show_how_busy_each_machine_is() -> None:
    full = Load(((0.0, 300.0), (100.0, 300.0)), 1.0)
    scenario = Scenario(full, Server(4, Service(0.02)), Generator(2, 2e-3), hosts=Hosts(server_cpu_at_full=0.9))
    run = simulate(scenario, 1)
    idle: dict[str, list[float]] = {}
    for one in counters(run, names.NODE_CPU):
        if one.labels[names.MODE] == "idle":
            inside = (one.times > run.start + 20) & (one.times < run.start + 95)
            rate = np.diff(one.values[inside][[0, -1]]) / np.diff(one.times[inside][[0, -1]])
            idle.setdefault(one.labels[names.ROLE], []).append(float(rate[0]))
    assert {role: len(cores) for role, cores in idle.items()} == {"server": 4, "generator": 2}
    assert 1 - np.mean(idle["server"]) == pytest.approx(0.91, abs=0.01)
    assert 1 - np.mean(idle["generator"]) == pytest.approx(200 * 2e-3 / 2 + 0.01, abs=0.02)
    assert not [name for name in simulate(replace(scenario, hosts=Hosts("none")), 1).samples if name == names.NODE_CPU]


def test_of_a_pinned_generator_one_core_is_busy() -> None:
    full = Load(((0.0, 300.0), (100.0, 300.0)), 1.0)
    scenario = Scenario(full, Server(4, Service(0.02)), Generator(1, 0.01, idle_cores=3), hosts=Hosts("generator"))
    run = simulate(scenario, 1)
    idle = [one for one in counters(run, names.NODE_CPU) if one.labels[names.MODE] == "idle"]
    inside = [(one.times > run.start + 20) & (one.times < run.start + 95) for one in idle]
    rates = [
        float((np.diff(one.values[seen][[0, -1]]) / np.diff(one.times[seen][[0, -1]]))[0])
        for one, seen in zip(idle, inside, strict=True)
    ]
    assert rates == pytest.approx([0.0, 0.99, 0.99, 0.99], abs=0.01)


def test_a_shifted_run_is_the_same_but_for_its_times() -> None:
    run = simulate(PLAIN, 1)
    later = run.shifted(1000.5)
    assert (later.start, later.end) == (run.start + 1000.5, run.end + 1000.5)
    before, after = counters(run, names.HTTP_REQS)[0], counters(later, names.HTTP_REQS)[0]
    np.testing.assert_allclose(after.times - before.times, 1000.5, atol=1e-6)
    np.testing.assert_array_equal(after.values, before.values)
