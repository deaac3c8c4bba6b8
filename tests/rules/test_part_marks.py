"""Parts and stops as an answer tells them: marks, and the limit of what was learnt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.answer import Answer, Plan
from rules.finding import Verdict
from rules.judge import judge
from rules.part_marks import events, proviso
from rules.parts import Part, Reason, Stop
from rules.timeline import Span
from rules.wording import moment
from tests.timelines import START, ramp

EVIDENCE: dict[str, Any] = {"plateau_seconds": 73.0, "half_width": 0.014, "knee_multiple": 2.6}


def part(name: str, begin: float, end: float, reason: Reason | None = None, **evidence: Any) -> Part:
    stop = None
    if reason:
        stop = Stop(reason=reason, time=moment(START + end - 1.0), because=f"it was {reason}", **evidence)
    return Part(name=name, start=moment(START + begin), end=moment(START + end), because=f"why {name}", stop=stop)


PROBE, RAMP = part("probe", -40.0, -5.0, "sized"), part("ramp", 0.0, 300.0, "known", **EVIDENCE)


def judged(*parts: Part, vus: float = 300.0) -> Answer:
    spans = tuple(Span(one.name, one.start.timestamp(), one.end.timestamp()) for one in parts if one.name != "run")
    return judge(replace(ramp(capacity=100, vus=vus, noise=0.0), plan=Plan(parts=list(parts)), parts=spans))


def test_each_part_is_a_stretch_and_each_stop_a_point_with_its_evidence() -> None:
    answer = judged(PROBE, RAMP)
    told = [(one.rule, one.part, one.text, one.time, one.end) for one in answer.events if one.rule in ("part", "stop")]
    assert told == [
        ("part", "probe", "probe: why probe", PROBE.start, PROBE.end),
        ("stop", "probe", "probe stopped: it was sized", moment(START - 6.0), None),
        ("part", "ramp", "ramp: why ramp", RAMP.start, RAMP.end),
        ("stop", "ramp", "ramp stopped: it was known", moment(START + 299.0), None),
    ]
    assert [one.rule for one in answer.events][:: len(answer.events) - 1] == ["run", "verdict"]


def test_a_part_that_only_prometheus_tells_of_has_its_name_alone() -> None:
    bare = Part(name="ramp-2", start=moment(START), end=moment(START + 1.0))
    assert [one.text for one in events([bare])] == ["ramp-2"]


def test_a_run_without_parts_is_marked_once_and_its_stop_is() -> None:
    answer = judged(part("run", 0.0, 300.0, "known", **EVIDENCE))
    assert [one.rule for one in answer.events if one.rule in ("run", "part", "stop")] == ["run", "stop"]


def test_an_answer_that_ended_its_run_is_one_at_this_size() -> None:
    said = judged(PROBE, RAMP).because
    assert said.endswith(
        "; this is the answer at this size: load was stopped after 73 s of plateau, "
        "and servers added later are not seen"
    )


def test_a_run_that_went_through_its_plan_promises_what_it_saw() -> None:
    assert "at this size" not in judged(PROBE, part("ramp", 0.0, 300.0)).because
    assert "at this size" not in judged().because


@pytest.mark.parametrize(
    ("reason", "said", "advised"),
    [
        ("max_rate", "; --max-rate ended it: it was max_rate", "--max-rate"),
        ("known", "; --max-vus, or what this machine can make, ended it: it was known", "--max-vus"),
    ],
)
def test_an_at_least_that_was_all_that_may_be_loaded_names_the_limit(reason: Reason, said: str, advised: str) -> None:
    answer = judged(PROBE, part("ramp", 0.0, 300.0, reason), vus=90.0)
    assert answer.verdict is Verdict.NOT_SATURATED
    assert answer.because.endswith(said)
    (advice,) = [one.advice for one in answer.findings if one.rule == "throughput"]
    assert advised in (advice or "")
    assert "--vus" not in (advice or "")


def test_a_plan_that_was_gone_through_needs_more_vus() -> None:
    (advice,) = [one.advice for one in judged(vus=90.0).findings if one.rule == "throughput"]
    assert advice == "Run again with more VUs (--vus), or with less think time (--think-time)."


def test_what_a_confirmation_was_stopped_for_is_no_proviso_on_the_maximum() -> None:
    hold = part("confirmation", 310.0, 360.0, "held")
    assert proviso(Verdict.SATURATED, [PROBE, RAMP, hold]) == proviso(Verdict.SATURATED, [PROBE, RAMP])
    assert proviso(Verdict.SATURATED, [PROBE, hold]) == ""


@pytest.mark.parametrize("verdict", [Verdict.FAILING, Verdict.INCONCLUSIVE, Verdict.GENERATOR_LIMITED])
def test_a_verdict_without_a_maximum_needs_no_proviso(verdict: Verdict) -> None:
    assert proviso(verdict, [PROBE, RAMP]) == ""
