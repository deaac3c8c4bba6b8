"""Samples to bins: exact where known, NaN where not."""

import numpy as np
import pytest

from rules import names
from rules.gridding import NoSamplesError, to_timeline
from rules.series import AnySeries, Floats, HistogramSeries, Series

START = 1000.0


def series(name: str, times: Floats, values: Floats, **labels: str) -> Series:
    return Series({"__name__": name, **labels}, times, values)


def steady(rate: float = 10.0, seconds: float = 300.0, push: float = 5.0) -> dict[str, list[AnySeries]]:
    """Twenty VUs that make ``rate`` requests/s, pushed as k6 pushes."""
    t = START + np.arange(0.0, seconds + 0.1, push)
    good = {"expected_response": "true", "status": "200"}
    return {
        names.VUS: [series(names.VUS, t, np.full(t.size, 20.0), testid="a")],
        names.HTTP_REQS: [series(names.HTTP_REQS, t + 0.3, rate * (t - START + 5), testid="a", **good)],
    }


def test_rates_are_differences_of_k6s_own_totals() -> None:
    timeline = to_timeline(steady(10.0), "a")
    assert timeline.step == 5.0
    assert timeline.goodput[1:-1] == pytest.approx(np.full(timeline.goodput.size - 2, 10.0))
    assert timeline.vus == pytest.approx(np.full(60, 20.0))
    assert timeline.totals == {"200": pytest.approx(3050.0)}


@pytest.mark.parametrize(("push", "seconds", "step"), [(1.0, 120.0, 2.0), (5.0, 120.0, 5.0), (15.0, 600.0, 15.0)])
def test_a_bin_is_never_shorter_than_a_push(push: float, seconds: float, step: float) -> None:
    assert to_timeline(steady(seconds=seconds, push=push), "a").step == step


def test_a_gap_is_nan_and_never_zero() -> None:
    samples = {
        name: [Series(one.labels, *(_without(one, 100, 160))) for one in group if isinstance(one, Series)]
        for name, group in steady().items()
    }
    timeline = to_timeline(samples, "a")
    lost = np.isnan(timeline.goodput)
    assert lost.sum() == pytest.approx(13, abs=1)
    assert timeline.goodput[~lost][1:-1] == pytest.approx(np.full((~lost).sum() - 2, 10.0))
    assert (timeline.gaps[0].start, timeline.gaps[0].end) == (START + 95, START + 160)


def _without(one: Series, first: float, last: float) -> tuple[Floats, Floats]:
    kept = (one.times < START + first - 0.5) | (one.times > START + last - 0.5)
    return one.times[kept], one.values[kept]


def test_a_status_that_comes_late_began_at_zero() -> None:
    samples = steady()
    late = START + np.array([200.3, 205.3, 210.3])
    failed = {"expected_response": "false", "status": "503"}
    samples[names.HTTP_REQS].append(series(names.HTTP_REQS, late, np.array([50.0, 100.0, 150.0]), testid="a", **failed))
    rate = to_timeline(samples, "a").failures_by_status["503"]
    assert rate[:38] == pytest.approx(np.zeros(38))
    assert rate.sum() * 5 == pytest.approx(150)
    assert rate.max() == pytest.approx(10, rel=0.1)


def test_a_restart_is_cut_out_of_the_time_axis() -> None:
    samples = steady()
    (requests,) = samples[names.HTTP_REQS]
    assert isinstance(requests, Series)
    after = requests.times > START + 150
    values = np.where(after, requests.values - requests.values[after][0] + 1, requests.values)
    timeline = to_timeline({**samples, names.HTTP_REQS: [Series(requests.labels, requests.times, values)]}, "a")
    assert np.isnan(timeline.goodput).sum() == 3  # with what the killed process had asked for still being served
    assert np.nanmin(timeline.goodput) >= 0
    assert len(timeline.resets) == 1


def test_vus_of_several_processes_add_up_until_one_dies() -> None:
    t = START + np.arange(0.0, 301.0, 5.0)
    one = series(names.VUS, t, np.full(t.size, 20.0), testid="a", instance_id="1")
    two = series(names.VUS, t[:31], np.full(31, 10.0), testid="a", instance_id="2")
    vus = to_timeline({names.VUS: [one, two], names.HTTP_REQS: []}, "a").vus
    assert vus[10] == 30
    assert vus[-5] == 20


def test_without_the_expected_response_tag_the_status_tells_and_a_note_says_so() -> None:
    samples = steady()
    (one,) = samples[names.HTTP_REQS]
    samples[names.HTTP_REQS] = [Series({"testid": "a", "status": "200"}, one.times, _v(one))]
    timeline = to_timeline(samples, "a")
    assert timeline.goodput[5] == pytest.approx(10)
    assert "200 to 399" in timeline.notes[0]


def test_without_both_tags_goodput_is_unknown() -> None:
    samples = steady()
    (one,) = samples[names.HTTP_REQS]
    samples[names.HTTP_REQS] = [Series({"testid": "a"}, one.times, _v(one))]
    assert np.isnan(to_timeline(samples, "a").goodput).all()


def _v(one: AnySeries) -> Floats:
    assert isinstance(one, Series)
    return one.values


def test_what_setup_and_teardown_sent_is_no_load() -> None:
    samples = steady(10.0)
    good = {"expected_response": "true", "status": "200", "testid": "a"}
    t = START + np.arange(0.0, 21.0, 5.0)
    for group in ("::setup", "::teardown", "::setup::log in"):
        samples[names.HTTP_REQS].append(series(names.HTTP_REQS, t, 100.0 * (t - START), group=group, **good))
    own = series(names.HTTP_REQS, t, 2.0 * (t - START), group="::setup", scenario="default", **good)
    samples[names.HTTP_REQS].append(own)
    timeline = to_timeline(samples, "a")
    assert timeline.goodput[1:3] == pytest.approx(12.0)
    assert timeline.totals == {"200": pytest.approx(3050 + 40)}


def test_what_never_left_the_generator_is_told_by_what_it_lacked() -> None:
    samples = steady(10.0)
    t = START + np.arange(5.0, 301.0, 5.0)
    lost = {"expected_response": "false", "status": "0", "testid": "a", "error_code": "1213"}
    reasons = {
        "dial: unknown errno 24 error with msg `too many open files`": 1.0,
        "dial: unknown errno 99 error with msg `cannot assign requested address`": 2.0,
        "dial: unknown errno 101 error with msg `network is unreachable`": 4.0,
        "": 8.0,
    }
    for error, rate in reasons.items():
        tags = lost | ({"error": error} if error else {})
        samples[names.HTTP_REQS].append(series(names.HTTP_REQS, t, rate * (t - START), **tags))
    refused = lost | {"error_code": "1212"}
    samples[names.HTTP_REQS].append(series(names.HTTP_REQS, t, 16.0 * (t - START), **refused))
    unsent = to_timeline(samples, "a").unsent
    assert unsent is not None
    assert {what: rate[5] for what, rate in unsent.items()} == {
        "open files": pytest.approx(1.0),
        "local ports": pytest.approx(2.0),
        "local ports or open files": pytest.approx(8.0),
    }
    del refused["error_code"]
    samples[names.HTTP_REQS].append(series(names.HTTP_REQS, t, t - START, **refused))
    assert to_timeline(samples, "a").unsent is None


def test_vus_that_differ_from_push_to_push_are_even_in_the_middles_of_bins_and_not_at_their_ends() -> None:
    samples = steady(seconds=100.0)
    samples[names.VUS] = [series(names.VUS, START + np.arange(0.0, 101.0, 5.0), 20.0 + 10.0 * (np.arange(21) % 2))]
    timeline = to_timeline(samples, "a")
    assert timeline.vus == pytest.approx(np.full(20, 25.0), abs=0.6)  # pushed 0.3 s after the VUs were looked at
    assert timeline.vus_grew == pytest.approx(10.0 - 20.0 * (np.arange(20) % 2))


def test_the_most_vus_at_work_and_ready_are_of_any_moment_and_of_all_processes() -> None:
    t = START + np.arange(0.0, 301.0, 5.0)
    spike = np.where(t == START + 150, 50.0, 10.0)
    vus = [series(names.VUS, t, spike, instance_id=str(i)) for i in (1, 2)]
    ready = [series(names.VUS_MAX, t, np.full(t.size, 60.0), instance_id=str(i)) for i in (1, 2)]
    timeline = to_timeline({names.VUS: [*vus], names.VUS_MAX: [*ready]}, "a")
    assert (timeline.most_vus, timeline.vus_ready) == (100, 120)
    assert to_timeline(steady(), "a").vus_ready is None


@pytest.mark.parametrize(
    ("urls", "loopback"),
    [
        (["http://127.0.0.1:8080/boards", "http://[::1]/a", "http://localhost:3/", "/boards/:id"], True),
        (["http://127.0.0.1/", "http://10.0.1.12/"], False),
        (["/boards/:id", "http://[", "http://"], False),
        ([], False),
    ],
)
def test_requests_to_loopback_addresses_tell_that_the_machine_is_shared(urls: list[str], loopback: bool) -> None:
    samples = steady()
    (one,) = samples[names.HTTP_REQS]
    assert isinstance(one, Series)
    samples[names.HTTP_REQS] = [Series({**one.labels, "name": url}, one.times, one.values) for url in urls]
    assert to_timeline(samples, "a").loopback is loopback
    by_url = [Series({**one.labels, "name": "/b", "url": url}, one.times, one.values) for url in urls]
    assert to_timeline({**samples, names.HTTP_REQS: by_url}, "a").loopback is loopback


def test_a_run_of_one_sample_has_no_timeline() -> None:
    one = series(names.VUS, np.array([START]), np.array([1.0]), testid="a")
    with pytest.raises(NoSamplesError, match="k6_vus has one sample alone"):
        to_timeline({names.VUS: [one]}, "a")
    with pytest.raises(NoSamplesError, match="k6_vus has none"):
        to_timeline({}, "a")


def test_a_hosts_busy_share_leaves_idle_and_iowait_out_and_a_second_job_counts_once() -> None:
    samples = steady()
    t = START + np.arange(-10.0, 320.0, 5.0)
    cpu = [
        series(names.NODE_CPU, t, share * (t - START + 10), instance="h:1", job=job, role="server", cpu=core, mode=mode)
        for job in ("exporter", "node")
        for core, mode, share in [("0", "idle", 0.3), ("0", "iowait", 0.1), ("1", "idle", 0.9)]
    ]
    (host,) = to_timeline({**samples, names.NODE_CPU: cpu}, "a").hosts
    assert (host.instance, host.role) == ("h:1", "server")
    assert host.cpu[10] == pytest.approx(0.35)
    assert host.busiest_core[10] == pytest.approx(0.6)


@pytest.mark.parametrize("tag", ["expected_response", "status"])
@pytest.mark.parametrize("slow", ["true", "false"], ids=["all were expected", "some were not"])
def test_expected_durations_are_those_of_expected_replies_alone(slow: str, tag: str) -> None:
    samples = steady()
    (requests,) = samples[names.HTTP_REQS]
    samples[names.HTTP_REQS] = [Series({"testid": "a", tag: requests.labels[tag]}, requests.times, _v(requests))]
    times = samples[names.VUS][0].times

    def took(seconds: float, rate: float, expected: str) -> HistogramSeries:
        count, bound = rate * (times - START + 5), np.array([seconds])
        said = expected if tag == names.EXPECTED_RESPONSE else "200" if expected == "true" else "503"
        labels = {"__name__": names.HTTP_REQ_DURATION, "testid": "a", tag: said}
        return HistogramSeries(labels, times, count, seconds * count, bound / 2, bound, count[:, None])

    samples[names.HTTP_REQ_DURATION] = [took(0.1, 8.0, "true"), took(1.0, 2.0, slow)]
    timeline = to_timeline(samples, "a")
    assert timeline.durations is not None
    assert timeline.expected_durations is not None
    assert timeline.durations.counts[1:-1] == pytest.approx(50.0)
    assert timeline.expected_durations.counts[1:-1] == pytest.approx(50.0 if slow == "true" else 40.0)
    assert timeline.expected_durations.mean()[1:-1] == pytest.approx(0.28 if slow == "true" else 0.1)


def test_failures_that_come_again_long_after_a_restart_leave_nothing_else_in_doubt() -> None:
    """They had ceased before it, and k6 sends no series that stands still: the replies tell when it was."""
    samples = steady()
    (requests,) = samples[names.HTTP_REQS]
    assert isinstance(requests, Series)
    after = requests.times > START + 150
    values = np.where(after, requests.values - requests.values[after][0] + 1, requests.values)
    some = np.array([100.3, 105.3, 110.3, 220.3, 225.3])
    failed = {"expected_response": "false", "status": "503"}
    ceased = series(names.HTTP_REQS, START + some, np.array([50.0, 100.0, 150.0, 50.0, 100.0]), testid="a", **failed)
    timeline = to_timeline({**samples, names.HTTP_REQS: [Series(requests.labels, requests.times, values), ceased]}, "a")
    assert timeline.resets == (START + 150.3,)
    assert np.flatnonzero(np.isnan(timeline.throughput)).tolist() == [29, 30, 31]
    rate = timeline.failures_by_status["503"]
    assert np.nansum(rate) * 5 == pytest.approx(250)
    assert rate[32:43] == pytest.approx(np.zeros(11))
    assert rate[44] == pytest.approx(10, rel=0.01)
