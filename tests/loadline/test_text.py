"""The answer as a person reads it: each verdict, word for word where the words are ours."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from loadline.text import one_line, render
from rules.answer import Answer, Interval, Objective
from rules.finding import Verdict
from rules.judge import judge
from rules.proof import level
from rules.timeline import Timeline
from tests.timelines import ramp, with_failures, with_host


def failing() -> Timeline:
    run = with_failures(ramp(), 0.5, status="500")
    return replace(run, goodput=np.zeros(60), totals={"500": 5000.0}, failed_totals={"500": 5000.0})


def broken() -> Timeline:
    return replace(ramp(), vus=ramp().vus * 5)


def limited() -> Answer:
    """As the judge has it where the generator was the limit."""
    found = judge(ramp(noise=0.0))
    part = {"max_throughput": Interval(low=found.max_throughput.low), "knee": None}
    return found.model_copy(update={"verdict": Verdict.GENERATOR_LIMITED, **part})


ANSWERS = {
    Verdict.SATURATED: judge(ramp(noise=0.0)),
    Verdict.NOT_SATURATED: judge(ramp(vus=90, noise=0.0)),
    Verdict.GENERATOR_LIMITED: limited(),
    Verdict.FAILING: judge(failing()),
    Verdict.INCONCLUSIVE: judge(broken()),
}


def lines(answer: Answer) -> dict[str, str]:
    """The lines before the findings, by what they begin with."""
    facts, _, _ = render(answer).partition("\n  why this can, or cannot, be trusted\n")
    return {line[:22].strip(): line[22:] for line in facts.splitlines()[3:] if line}


def test_a_saturated_run_reads_in_the_order_of_the_product() -> None:
    answer = ANSWERS[Verdict.SATURATED].model_copy(update={"true_capacity": 100.0})
    said = render(answer).splitlines()
    assert said[0] == "ramp: saturated (the limit was found)"
    assert said[1] == f"  because {answer.because}"
    assert re.fullmatch(r"  maximum throughput  [0-9.]+ requests/s \[[0-9.]+, [0-9.]+\]", said[3])
    assert said[4] == "  true capacity       100 requests/s, by construction"
    assert [line[:20].strip() for line in said[5:9]] == [
        "SLO capacity",
        "knee",
        "after the peak",
        "latency at light l",
    ]
    assert answer.knee is not None
    assert said[6] == f"  knee                {answer.knee.vus} VUs at {answer.knee.time:%H:%M:%S} UTC"
    assert said[11] == "  failures            none"
    assert said[13] == "  why this can, or cannot, be trusted"
    assert said[14].split()[:2] == ["ok", "evidence"]


@pytest.mark.parametrize(
    ("verdict", "headline", "throughput"),
    [
        (Verdict.NOT_SATURATED, "ramp: not_saturated (the limit was not reached)", "at least "),
        (Verdict.GENERATOR_LIMITED, "ramp: generator_limited (the load generator was the limit)", "at least "),
        (Verdict.FAILING, "ramp: failing (the system did no useful work)", "unknown"),
        (Verdict.INCONCLUSIVE, "ramp: inconclusive (this run allows no judgement)", "unknown"),
    ],
)
def test_no_verdict_says_more_than_it_may(verdict: Verdict, headline: str, throughput: str) -> None:
    answer = ANSWERS[verdict]
    assert render(answer).splitlines()[0] == headline
    assert lines(answer)["maximum throughput"].startswith(throughput)
    assert "knee" not in lines(answer)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_line_stands_on_its_own_and_no_unknown_is_printed_as_none_or_nan(verdict: Verdict) -> None:
    said = render(ANSWERS[verdict])
    assert said.endswith("\n")
    assert not said.endswith("\n\n")
    assert "None" not in said
    assert "nan" not in said
    assert "inf " not in said
    assert all(line == line.rstrip() for line in said.splitlines())


def test_failures_are_counted_with_their_share_and_their_first_moment() -> None:
    good = ramp(capacity=100, noise=0.0)
    said = lines(judge(with_failures(good, 0.2)))
    assert said["failures"] == f"{good.totals['200'] / 4:,.0f} (20 %), first at 22:13:20 UTC"


def test_a_limit_that_is_asked_for_is_named_with_the_slo_capacity() -> None:
    answer = judge(ramp(noise=0.0), Objective(latency_seconds=0.3))
    assert lines(answer)["SLO capacity"].endswith(", 95 % within 300 ms")


def test_advice_stands_below_a_finding_that_is_not_ok() -> None:
    said = render(judge(broken())).splitlines()
    at = next(i for i, line in enumerate(said) if line.startswith("  FAIL  evidence"))
    assert "Little's law is broken" in said[at]
    assert said[at + 1].strip().startswith("Load that is not driven by VUs")


@pytest.mark.parametrize(
    ("verdict", "top", "said"),
    [
        (Verdict.SATURATED, Interval(value=1090, low=1078, high=1102), "saturated: 1,090 requests/s [1,078, 1,102]"),
        (Verdict.NOT_SATURATED, Interval(low=92.4), "not_saturated: at least 92.4 requests/s"),
        (Verdict.NOT_SATURATED, Interval(low=0.0), "not_saturated: at least 0 requests/s"),
        (Verdict.FAILING, Interval(), "failing: the system did no useful work"),
        (Verdict.INCONCLUSIVE, Interval(), "inconclusive: this run allows no judgement"),
    ],
)
def test_one_line_for_lists(verdict: Verdict, top: Interval, said: str) -> None:
    answer = judge(ramp(seconds=60)).model_copy(update={"verdict": verdict, "max_throughput": top})
    assert one_line(answer) == said


def test_a_plateau_that_no_watched_resource_explains_says_so_in_words() -> None:
    answer = judge(with_host(ramp(capacity=100), "server", 0.2))
    assert "  bottleneck          none of the watched resources" in render(answer).splitlines()


def test_an_slo_capacity_that_the_load_leapt_over_lies_between_its_bounds() -> None:
    assert level(Interval(low=17.4, high=39.6)) == "between 17.4 and 39.6 requests/s"


def test_a_plateau_that_may_be_k6s_own_is_at_least_what_it_is() -> None:
    answer = judge(ramp(capacity=4000, think=0.0))
    answer = answer.model_copy(update={"max_throughput": Interval(value=1090, low=1078, high=1102)})
    doubt = "at least 1,090 requests/s [1,078, 1,102], as nothing tells whether k6 itself was the limit"
    assert one_line(answer) == f"saturated: {doubt}"
    told = render(answer).splitlines()
    assert told[0] == "ramp: saturated (a limit was found, the system's or k6's own)"
    assert told[3] == f"  maximum throughput  {doubt}"
    advice = next(told[i + 1] for i, line in enumerate(told) if line.startswith("  ?     generator"))
    assert "`loadline exporter`" in advice
