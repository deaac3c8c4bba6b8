"""Conditions that were not the same are all found, and those that were are not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rules.answer import Answer, Generator, K6Usage, Objective, Plan
from rules.conditions import Conditions, Machine
from rules.differences import TOLD, differences
from rules.parts import Part, Reason, Stop
from tests.rules.answers_of import answer, refused, slo

AT = datetime(2026, 11, 30, tzinfo=UTC)
CONDITIONS: dict[str, Any] = {
    "target": "http://10.0.1.12/boards",
    "method": "GET",
    "script": "shop.js",
    "script_sha256": "aa",
    "think_seconds": 1.0,
    "k6": "1.1.0",
    "prometheus": "2.42",
    "loadline": "0.1.0",
}


def run(testid: str = "a", plan: dict[str, Any] | None = None, **changed: Any) -> Answer:
    conditions = Conditions(**{**CONDITIONS, **changed})
    planned = Plan(**{"vus": 6000, "seconds": 600.0, "ended": "finished", "conditions": conditions, **(plan or {})})
    generator = Generator(shared_machine=False, k6=K6Usage(cores=4.0))
    return answer(testid, plan=planned, slo_capacity=slo(900.0), generator=generator, machines=machines("t3.medium", 8))


def machines(server: str | None, cores: int | None) -> list[Machine]:
    return [
        Machine(instance="10.0.1.12:9101", role="server", cores=2, instance_type=server),
        Machine(instance="127.0.0.1:4711", role="generator", cores=cores),
    ]


def told(*sides: Answer) -> list[tuple[str, str, str]]:
    return [(one.condition, one.baseline, one.candidate) for one in differences([sides[0]], [sides[1]])]


def test_what_is_the_same_is_not_named() -> None:
    assert told(run("a"), run("b")) == []
    assert told(answer("a"), answer("b")) == [], "unknown on both sides"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (run(target="http://10.0.1.13/boards"), ("target", "http://10.0.1.12/boards", "http://10.0.1.13/boards")),
        (run(method="POST"), ("method", "GET", "POST")),
        (run(script="other.js"), ("script", "shop.js", "other.js")),
        (run(script_sha256="bb"), ("script's SHA-256", "aa", "bb")),
        (run(think_seconds=0.5), ("think time", "1.00 s", "500 ms")),
        (run(plan={"vus": 200}), ("VUs", "6,000", "200")),
        (run(plan={"seconds": 60.0}), ("duration", "600 s", "60 s")),
        (run(plan={"ended": "interrupted"}), ("end of the run", "finished", "interrupted")),
        (run(k6="2.0.0"), ("k6", "1.1.0", "2.0.0")),
        (run(prometheus="3.14"), ("Prometheus", "2.42", "3.14")),
        (run(loadline=None), ("Loadline", "0.1.0", "unknown")),
        (
            run().model_copy(update={"slo_capacity": slo(900.0, limits=Objective(latency_seconds=0.3))}),
            ("latency limit", "95 % within 1.00 s", "95 % within 300 ms"),
        ),
        (
            run().model_copy(update={"slo_capacity": slo(900.0, model="open")}),
            ("model of the load", "closed", "open"),
        ),
        (
            run().model_copy(update={"generator": Generator(shared_machine=True, k6=K6Usage(cores=4.0))}),
            ("where k6 ran", "on its own machine", "on the server's machine"),
        ),
        (
            run().model_copy(update={"generator": Generator(shared_machine=False, k6=K6Usage(cores=2.0))}),
            ("cores of k6", "4", "2"),
        ),
        (
            run().model_copy(update={"machines": machines("c7i.large", 8)}),
            ("server's machine", "t3.medium with 2 cores", "c7i.large with 2 cores"),
        ),
        (
            run().model_copy(update={"machines": machines("t3.medium", None)}),
            ("generator's machine", "8 cores", "unknown"),
        ),
    ],
)
def test_each_condition_that_changed_is_named_alone(changed: Answer, said: tuple[str, str, str]) -> None:
    assert told(run(), changed) == [said]


def test_every_condition_is_tested() -> None:
    (mark,) = (m for m in test_each_condition_that_changed_is_named_alone.pytestmark if m.name == "parametrize")  # type: ignore[attr-defined]
    assert {said[0] for _, said in mark.args[1]} == set(TOLD)


def in_parts(ended: str, vus: int, reason: Reason | None = None, first: str = "probe") -> Answer:
    stop = Stop(reason=reason, time=AT, because="") if reason else None
    made = [Part(name=first, start=AT, end=AT), Part(name="ramp", start=AT, end=AT, stop=stop)]
    known = made if first == "probe" else made[1:]
    return run(plan={"vus": vus, "seconds": float(vus), "ended": ended}).model_copy(update={"parts": known})


def test_what_a_run_found_by_itself_is_no_condition() -> None:
    assert told(in_parts("finished", 900), in_parts("stopped", 1229, "known")) == []
    assert told(in_parts("stopped", 900, "max_rate"), in_parts("stopped", 1229, "known")) == []


def test_a_run_that_found_its_range_differs_from_one_that_was_planned() -> None:
    assert told(in_parts("stopped", 1229, "known"), run()) == [
        ("VUs", "auto", "6,000"),
        ("duration", "auto", "600 s"),
        ("end of the run", "auto", "finished"),
    ]


def test_a_run_that_was_cut_short_is_told_also_where_it_found_its_range() -> None:
    for ended in ("interrupted", "stopped", "broken"):
        assert told(in_parts("stopped", 9, "known"), in_parts(ended, 9)) == [("end of the run", "auto", ended)]


def test_a_planned_run_that_was_stopped_by_its_answer_is_told_from_one_that_was_from_outside() -> None:
    known, outside = (in_parts("stopped", 9, reason, first="") for reason in ("known", None))
    assert told(known, outside) == [("end of the run", "stopped when enough was known", "stopped")]
    assert told(known, known) == []


def test_runs_of_one_side_that_differ_are_named_too() -> None:
    (found,) = differences([run("a1"), run("a2", plan={"vus": 200})], [run("b1"), run("b2", plan={"vus": 200})])
    assert (found.condition, found.baseline, found.candidate) == ("VUs", "200, 6,000", "200, 6,000")


def test_a_run_that_is_left_out_is_not_asked() -> None:
    assert differences([run("a1"), refused("a2")], [run("b1")]) == []
