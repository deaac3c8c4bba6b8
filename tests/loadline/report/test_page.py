"""The headline, the trust and the figures, as sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

import pytest

from loadline.report.page import Fact, facts, headline, trust
from rules.answer import Answer, Bottleneck, Failures, Generator, Interval, SloCapacity
from rules.finding import Finding, Outcome, Verdict

MakeAnswer = Callable[..., Answer]
NOTHING = Interval()
AT_LEAST = Interval(low=812.3)


@pytest.mark.parametrize(
    ("verdict", "best", "sentence"),
    [
        (Verdict.SATURATED, Interval(value=1090.2, low=1078, high=1102), "It sustains 1,090 requests/s."),
        (Verdict.SATURATED, NOTHING, "It reached its limit, at a rate unknown."),
        (Verdict.NOT_SATURATED, AT_LEAST, "It sustains at least 812 requests/s; this run did not reach its limit."),
        (Verdict.NOT_SATURATED, NOTHING, "This run did not reach the limit."),
        (
            Verdict.GENERATOR_LIMITED,
            AT_LEAST,
            "It sustains at least 812 requests/s; the load generator gave out first.",
        ),
        (Verdict.GENERATOR_LIMITED, NOTHING, "The load generator gave out first."),
        (Verdict.FAILING, NOTHING, "It did no useful work: all or nearly all requests failed."),
        (Verdict.INCONCLUSIVE, NOTHING, "This run cannot tell."),
    ],
)
def test_each_verdict_is_one_sentence(make_answer: MakeAnswer, verdict: Verdict, best: Interval, sentence: str) -> None:
    said = headline(make_answer(verdict=verdict, max_throughput=best))
    assert f"{said.before} {said.figure}{said.after}" == sentence


def test_a_plateau_that_may_be_k6s_own_is_at_least_what_it_is(make_answer: MakeAnswer) -> None:
    answer = make_answer(generator=Generator(verdict="unknown"))
    told = headline(answer)
    sentence = "It sustains at least 1,090 requests/s; nothing tells whether k6 itself was the limit."
    assert f"{told.before} {told.figure}{told.after}" == sentence
    assert told.interval == "1,078 to 1,102 (95 % interval)"
    assert facts(answer, UTC)[0] == Fact(
        "Maximum throughput", "at least 1,090 requests/s", "1,078 to 1,102 (95 % interval)"
    )


def test_the_headline_has_its_interval(make_answer: MakeAnswer) -> None:
    assert headline(make_answer()).interval == "1,078 to 1,102 (95 % interval)"


@pytest.mark.parametrize(
    ("evidence", "generator", "worst"),
    [
        (Outcome.OK, Outcome.OK, Outcome.OK),
        (Outcome.WARNING, Outcome.OK, Outcome.WARNING),
        (Outcome.WARNING, Outcome.UNKNOWN, Outcome.UNKNOWN),
        (Outcome.UNKNOWN, Outcome.FAILED, Outcome.FAILED),
        (Outcome.OK, None, Outcome.UNKNOWN),
        (None, None, Outcome.UNKNOWN),
    ],
)
def test_trust_is_as_good_as_its_worst_witness(
    make_answer: MakeAnswer, evidence: Outcome | None, generator: Outcome | None, worst: Outcome
) -> None:
    heard = (("evidence", evidence), ("generator", generator), ("latency", Outcome.FAILED))
    findings = [Finding(rule=rule, verdict=said, because="b") for rule, said in heard if said is not None]
    assert trust(make_answer(findings=findings)).outcome == worst


def test_the_figures_are_told_in_reading_order(make_answer: MakeAnswer) -> None:
    assert facts(make_answer(), UTC) == [
        Fact("Maximum throughput", "1,090 requests/s", "1,078 to 1,102 (95 % interval)"),
        Fact("True capacity", "1,100 requests/s", "known by construction; the answer is 0.89 % below it"),
        Fact("SLO capacity", "1,043 requests/s", "95 % good within 1.00 s; 1,021 to 1,060 (95 % interval)"),
        Fact("Knee", "1,180 VUs", "reached at 1:58 (10:01:58); it depends on the think time"),
        Fact("Failures", "0.08 %", "430 requests, the first at 10:07:31"),
        Fact("Load generator", "ok", "CPU 38 %, no iteration dropped"),
        Fact("Bottleneck", "cpu", "97 % used, 10.0.1.12:9100"),
    ]


def test_what_is_unknown_is_said_and_never_zero(make_answer: MakeAnswer) -> None:
    bare = make_answer(
        max_throughput=NOTHING, slo_capacity=None, knee=None, failures=None, bottleneck=None, true_capacity=None
    )
    assert {fact.value for fact in facts(bare, UTC) if fact.label != "Load generator"} == {"unknown"}


def test_a_bottleneck_that_nothing_watches_is_told_as_such(make_answer: MakeAnswer) -> None:
    found = Bottleneck(resource="unwatched", because="no watched resource was exhausted")
    assert Fact("Bottleneck", "not watched", "none of the watched resources ran out") in facts(
        make_answer(bottleneck=found), UTC
    )


def test_no_failure_is_none_and_one_is_singular(make_answer: MakeAnswer) -> None:
    none, one = (make_answer(failures=Failures(count=count, ratio=count / 1000)) for count in (0, 1))
    assert Fact("Failures", "none") in facts(none, UTC)
    assert Fact("Failures", "0.1 %", "1 request") in facts(one, UTC)


def test_a_true_capacity_without_an_answer_stands_alone(make_answer: MakeAnswer) -> None:
    told = facts(make_answer(max_throughput=NOTHING), UTC)
    assert Fact("True capacity", "1,100 requests/s", "known by construction") in told


def test_an_slo_capacity_may_be_a_lower_bound(make_answer: MakeAnswer) -> None:
    told = facts(make_answer(slo_capacity=SloCapacity(low=900.0)), UTC)
    assert Fact("SLO capacity", "at least 900 requests/s", "95 % good within 1.00 s") in told
