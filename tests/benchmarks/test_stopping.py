"""A replay stops where the rule says so, and the page counts what became of the runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rules.answer import Interval
from rules.finding import Verdict
from rules.parts import Stop
from tests.benchmarks import accuracy, stopping
from tests.benchmarks.replays import Replay, knee_passed, replay, truth_at
from tests.benchmarks.stopping_page import page
from tests.simulator import Change, Load, Scenario, Server, Service, Truth
from tests.simulator.truth import truth_of

HUNDRED = Truth(Verdict.SATURATED, 100.0, 50.0, 100.0, information=10.0)
NOTHING = Truth(Verdict.NOT_SATURATED, None, None, 80.0, None)
AT = datetime(2026, 11, 20, tzinfo=UTC)


def stopped(reason: Any, kind: str = "plain", value: float | None = 101.0, **more: Any) -> Replay:
    """At 200 of 1,000 s, 80 s after the knee; the answer was the same in the end."""
    top = Interval(value=value, low=value * 0.98, high=value * 1.02) if value else Interval()
    known = Replay(1, kind, 1000.0, HUNDRED, top, 1000.0, Stop(reason=reason, time=AT, because=""), 200.0)
    return replace(known, **{"told": top, "then": HUNDRED, "knee": 120.0, "spared": 800.0, **more})


RIGHT = stopped("known")
OFF = stopped("known", value=110.0, kind="neighbour")
GROWN = stopped("known", kind="scale-out", truth=replace(HUNDRED, max_throughput=150.0))
INVENTED = stopped("known", truth=NOTHING, then=NOTHING, kind="light")
DEAD = stopped("failing", value=None, truth=NOTHING, then=NOTHING, kind="failing")
WENT_ON = replace(RIGHT, stop=None, at=0.0, spared=0.0, told=Interval(), then=None)


def test_what_is_wrong_is_what_is_not_so() -> None:
    assert not RIGHT.wrong
    assert not GROWN.wrong
    assert not DEAD.wrong
    assert not WENT_ON.wrong
    assert OFF.wrong
    assert INVENTED.wrong
    assert replace(DEAD, useful=0.4).wrong
    assert stopped("generator_limited").wrong
    assert not stopped("generator_limited", truth=replace(NOTHING, verdict=Verdict.GENERATOR_LIMITED)).wrong


def test_a_server_that_grows_later_had_the_size_it_had() -> None:
    assert GROWN.changed
    assert GROWN.error == pytest.approx(0.01)
    assert GROWN.error_at_end == pytest.approx(101 / 150 - 1)
    assert not RIGHT.changed


def test_the_page_counts_them() -> None:
    text = page([RIGHT, OFF, GROWN, INVENTED, DEAD, WENT_ON], range(1, 7))
    assert "| `saturated` | 4 | 3 | · | · | 1 | 1 |" in text
    assert "| `not_saturated` | 2 | 1 | 1 | · | · | 1 |" in text
    assert "| seconds after the load passed the knee | 80 s | 80 s |" in text
    assert "| time of the stop, of the run's length | 20 % | 20 % |" in text
    assert "| at the stop | 4 | 5.50 % | 2, 50.0 % | no truth | 2 of 3, 66.7 % | 2.00 % |" in text
    assert "| at the stop, no growth later | 3 | 10.00 % | 1, 33.3 % | no truth | 1 of 2, 50.0 % | 2.00 % |" in text
    assert "1 of the 4 were to do over 3 % more after the stop (scale-out 1)." in text
    assert "Wrong are 2 of 5 stops, 40.0 %. `known`: light 1, neighbour 1." in text
    assert "67 % of all requests were never made, 67 % of the time saved." in text


def test_a_drawn_run_is_stopped_before_its_end_with_its_number() -> None:
    one = next(found for seed in range(20_001, 20_010) if (found := replay(seed)).reason == "known")
    assert one.then is not None
    assert one.told.value == pytest.approx(one.then.max_throughput, rel=0.03)
    assert one.knee is not None
    assert one.knee < one.at < one.seconds
    assert 0 < one.spared < one.requests


SCENARIO = Scenario(Load(((0.0, 1.0), (600.0, 601.0)), think=1.0), Server(10, Service(0.1)))


def test_the_truth_at_a_stop_is_of_the_server_as_it_was() -> None:
    faster = replace(SCENARIO, server=replace(SCENARIO.server, changes=(Change(400.0, 2.0),)))
    assert truth_of(faster).max_throughput == pytest.approx(200.0)
    assert truth_at(faster, 300.0).max_throughput == pytest.approx(100.0)
    assert truth_at(faster, 120.0).max_throughput == pytest.approx(100.0)  # so few VUs the simulator calls disputable
    assert truth_at(faster, 550.0).max_throughput == pytest.approx(200.0)


def test_the_knee_is_passed_when_the_load_has_its_vus() -> None:
    truth = truth_of(SCENARIO)
    assert truth.knee_vus is not None
    assert truth.knee_vus == pytest.approx(110.1, rel=0.01)
    assert knee_passed(SCENARIO, truth) == pytest.approx(truth.knee_vus - 1, abs=0.2)
    assert knee_passed(SCENARIO, NOTHING) is None


def test_runs_that_are_held_back_are_nobody_elses_and_not_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert not set(stopping.HELD_BACK) & set(accuracy.HELD_BACK)
    with pytest.raises(SystemExit):
        stopping.main(["--seeds", str(stopping.HELD_BACK[100]), "--failures"])
    assert "not looked at one by one" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        stopping.main(["--seeds", "20000", "--write"])
