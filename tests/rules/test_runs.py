"""Runs in a real Prometheus: one selector, one contiguous stretch."""

import time

import numpy as np
import pytest

from rules import names, runs
from rules.errors import PrometheusError
from rules.prometheus import Prometheus
from rules.series import Series
from rules.signals.signal import where
from tests.simulator.remote_write import send


def pushed(client: Prometheus, *stretches: tuple[float, float], **labels: str) -> None:
    """k6_vus every 5 s over each of ``stretches``, in seconds before now."""
    now = time.time()
    for before, until in stretches:
        t = np.round(now - np.arange(before, until - 0.1, -5.0), 3)
        send([Series({"__name__": names.VUS, **labels}, t, np.full(t.size, 7.0))], f"{client.url}/api/v1/write")


def test_a_testid_used_twice_gives_two_runs(prometheus: Prometheus) -> None:
    pushed(prometheus, (1200, 900), (400, 100), testid="runs-twice")
    now = time.time()
    found = runs.find(prometheus, where(testid="runs-twice"), now - 86400, now)
    assert [round(run.end - run.start) for run in found] == [300, 300]
    assert found[0].start == pytest.approx(now - 1200, abs=3)
    assert {run.testid for run in found} == {"runs-twice"}


def test_a_gap_of_a_minute_is_one_run_still(prometheus: Prometheus) -> None:
    pushed(prometheus, (900, 600), (525, 300), testid="gap")
    now = time.time()
    (run,) = runs.find(prometheus, where(testid="gap"), now - 86400, now)
    assert run.end - run.start == pytest.approx(600, abs=6)


def test_an_untagged_run_is_found_by_selector_and_time(prometheus: Prometheus) -> None:
    pushed(prometheus, (800, 500), team="billing")
    now = time.time()
    (run,) = runs.find(prometheus, where(team="billing"), now - 3600, now)
    assert run.testid is None
    assert run.selector == 'team="billing",testid="",probe=""'
    assert runs.find(prometheus, where(team="billing"), now - 300, now) == []


def test_the_probe_is_no_run(prometheus: Prometheus) -> None:
    pushed(prometheus, (800, 0), probe="requests", team="everyday")
    now = time.time()
    assert runs.find(prometheus, where(team="everyday"), now - 3600, now) == []


def test_a_run_older_than_the_time_asked_for_is_cut_to_it(prometheus: Prometheus) -> None:
    pushed(prometheus, (1000, 400), testid="cut")
    now = time.time()
    (run,) = runs.find(prometheus, where(testid="cut"), now - 700, now)
    assert run.start == pytest.approx(now - 700, abs=6)


def test_a_live_run_is_found_whole_by_its_newest_samples(prometheus: Prometheus) -> None:
    pushed(prometheus, (1500, 0), testid="live")
    (run,) = [run for run in runs.recent(prometheus, time.time(), 60) if run.testid == "live"]
    assert run.end - run.start == pytest.approx(1500, abs=6)


def test_the_error_for_an_unknown_testid_names_the_known_ones(prometheus: Prometheus) -> None:
    pushed(prometheus, (200, 100), testid="zz-known")
    now = time.time()
    error = runs.unknown(prometheus, 'no"pe\n', now - 300, now)
    assert error.exit_code == 2
    assert "zz-known" in str(error)
    assert "\n" not in str(error)


def test_a_prometheus_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(PrometheusError, match=r"http://127.0.0.1:9 cannot be reached \(connection refused\)"):
        runs.find(Prometheus("http://127.0.0.1:9"), "", 0.0, 100.0)
