"""What is drawn for the benchmark of runs that steer themselves, and the page that is made of many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.finding import Verdict
from tests.benchmarks import accuracy, compare, steering
from tests.benchmarks.courses import FIXED_SECONDS, Pair, extensions, ramped
from tests.benchmarks.grading import OURS, Graded, Told
from tests.simulator import (
    Change,
    Endpoint,
    Leak,
    Load,
    Outage,
    ScaleOut,
    Scenario,
    Server,
    Service,
    Truth,
)

TUNED_ON = set(range(20_000, 30_000))
SERVER = Server(8, Service(0.08))


def graded(value: float | None, verdict: Verdict = Verdict.SATURATED) -> Graded:
    truth = Truth(Verdict.SATURATED, 100.0, 100.0, 100.0, 10.0)
    told = Told(verdict, value, value and 0.99 * value, value and 1.01 * value)
    return Graded(1, "plain", truth, {OURS: told})


def pair(seconds: float, value: float | None = 100.0, missed: bool = False) -> Pair:
    verdict = Verdict.SATURATED if value else Verdict.NOT_SATURATED
    legs = ("probe", "ramp") if seconds < 400.0 else ("probe", "ramp", "ramp")
    stops = ("sized", "known") if seconds < 400.0 else ("sized", "sized", "")
    return Pair(1, graded(100.0), graded(value, verdict), 1000, 250, seconds, legs, stops, 4.0, missed, "")


def test_the_seeds_are_nobody_elses() -> None:
    held = set(steering.HELD_BACK)
    assert not held & set(accuracy.HELD_BACK)
    assert not held & set(compare.SEEDS)
    assert not held & TUNED_ON


def test_held_back_runs_are_not_shown_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    for refused in (["--failures"], ["--write", "--seeds", "20000-20001"]):
        with pytest.raises(SystemExit):
            steering.main(refused)
    assert "not looked at one by one" in capsys.readouterr().err


def test_a_server_is_loaded_by_a_ramp_of_ten_minutes_whatever_its_own_load_was() -> None:
    own = Load(((0.0, 1.0), (20.0, 80.0), (60.0, 80.0)), 0.5, requests=(Endpoint("a", 0.5), Endpoint("b", 1.5)))
    load = ramped(Scenario(own, SERVER)).load
    assert load.points == ((0.0, 1.0), (FIXED_SECONDS, 80.0))
    assert load.think == 0.5
    assert len(load.requests) == 1


def test_what_happens_to_a_server_happens_as_late_in_the_longer_run_and_lasts_as_long() -> None:
    def in_the_long_run(server: Server) -> Server:
        return ramped(Scenario(Load(((0.0, 1.0), (60.0, 80.0)), 0.5), server)).server

    grown = in_the_long_run(replace(SERVER, scale_out=ScaleOut(30.0, 4))).scale_out
    assert grown
    assert grown.at == 300.0
    warm = replace(SERVER, changes=(Change(0.0, 0.5), Change(8.0, 1.0)))
    assert in_the_long_run(warm) == warm
    deployed = in_the_long_run(
        replace(SERVER, outage=Outage(24.0, 30.0), changes=(Change(30.0, 0.5), Change(35.0, 1.0)))
    )
    assert deployed.outage == Outage(240.0, 246.0)
    assert [change.at for change in deployed.changes] == [246.0, 251.0]
    assert in_the_long_run(replace(SERVER, leak=Leak(0.0, 60.0, 0.3))).leak == Leak(0.0, 600.0, 0.3)


def test_the_page_says_times_errors_and_how_they_went() -> None:
    found = [pair(150.0), pair(180.0, 101.0), pair(700.0, 95.0, missed=True), pair(200.0, None)]
    told = steering.page(found, range(1, 7))
    assert "4 simulated servers of 1 kinds" in told
    assert "without the 2 whose kind" in told
    assert "| fixed ramp | 600 s | 600 s | 4 | 0 | 4 of 4 | 0.00 % | 0.00 % | 0.00 % | 4 of 4 |" in told
    assert "| steers itself | 190 s | 550 s | 4 | 1 | 2 of 4 | 1.00 % |" in told
    assert "| … but for changes after its stop | 180 s |" in told
    assert "within **190 s**, a share of 0.32" in told
    assert "0.25 times the fixed ramp's requests" in told
    assert "1 runs needed a further ramp. 3 stopped because the answer was known, 1 took longer" in told
    assert [extensions(one) for one in found] == [0, 0, 1, 0]


def test_a_run_is_fine_if_it_is_right_near_and_no_slower() -> None:
    assert steering.fine(pair(150.0))
    assert not steering.fine(pair(700.0))
    assert not steering.fine(pair(150.0, 96.0))
    assert not steering.fine(pair(150.0, None))
    assert steering.fine(replace(pair(150.0), missed=True))
