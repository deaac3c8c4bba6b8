"""Better, worse, the same, or cannot tell: by what is proven, and by no more."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.answer import Answer, Endpoint, Interval, Objective
from rules.compare import compare
from rules.comparison import Change, Comparison, Outcome
from rules.finding import Verdict
from tests.rules.answers_of import answer, at_least, refused, slo

BETTER, WORSE, SAME, UNKNOWN = Outcome.BETTER, Outcome.WORSE, Outcome.SAME, Outcome.UNKNOWN
MIRRORED = {BETTER: WORSE, WORSE: BETTER, SAME: SAME, UNKNOWN: UNKNOWN}


def one(a: Answer, b: Answer, margin: float = 0.02) -> Change:
    return compare([a], [b], margin).max_throughput


@pytest.mark.parametrize(
    ("after", "half", "outcome"),
    [
        (1000.0, 0.005, SAME),
        (1010.0, 0.005, SAME),  # a difference of 1 %, proven to be within 2 %
        (950.0, 0.01, WORSE),
        (1050.0, 0.01, BETTER),
        (970.0, 0.025, UNKNOWN),  # the interval holds 0
        (985.0, 0.008, UNKNOWN),  # it differs, but perhaps by less than the margin
        (1000.0, 0.02, UNKNOWN),  # no difference is seen, which is no proof that there is none
    ],
)
def test_each_outcome_needs_its_proof(after: float, half: float, outcome: Outcome) -> None:
    assert one(answer("a", half=half), answer("b", after, half)).verdict is outcome


def test_the_size_is_relative_with_an_interval_and_a_sentence() -> None:
    told = one(answer("a"), answer("b", 950.0))
    assert told.change == pytest.approx(-0.05)
    assert (told.low, told.high) == pytest.approx((-0.0634, -0.0365), abs=0.0005)
    assert told.size == "−5.0 % [−6.3, −3.6]"
    assert (
        told.because
        == "1,000/s before, 950/s after; one run a side cannot see what differs between runs, --repeat 3 can"
    )


def test_the_margin_is_the_readers() -> None:
    pair = answer("a", half=0.005), answer("b", 960.0, half=0.005)
    assert one(*pair).verdict is WORSE
    assert one(*pair, margin=0.05).verdict is SAME


def test_repeated_runs_see_what_one_run_cannot() -> None:
    before = [answer("a1", 1000.0, 0.002), answer("a2", 1060.0, 0.002), answer("a3", 940.0, 0.002)]
    after = [answer("b1", 950.0, 0.002), answer("b2", 1010.0, 0.002), answer("b3", 890.0, 0.002)]
    assert compare(before[:1], after[:1]).verdict is WORSE
    told = compare(before, after)
    assert told.verdict is UNKNOWN
    assert told.share_between_runs is not None
    assert told.share_between_runs > 0.99
    steady = [answer(f"{name}{i}", value + i, 0.005) for name, value in (("a", 1000.0), ("b", 950.0)) for i in range(3)]
    assert compare(steady[:3], steady[3:]).verdict is WORSE


def test_a_single_run_beside_several_says_what_it_is_taken_for() -> None:
    told = compare([answer("a")], [answer("b1", 950.0), answer("b2", 951.0), answer("b3", 952.0)])
    assert told.max_throughput.because.endswith(
        "; the baseline is one run, which is taken to vary as the other side's do"
    )


@pytest.mark.parametrize(
    ("before", "after", "outcome", "size"),
    [
        (answer("a"), at_least("b", 1100.0), BETTER, "at least +8.9 %"),
        (answer("a"), at_least("b", 1020.0), UNKNOWN, "at least +1.0 %"),
        (answer("a"), at_least("b", 400.0), UNKNOWN, "at least −60.4 %"),
        (at_least("a", 1100.0), answer("b"), WORSE, "at most −8.2 %"),
        (at_least("a", 900.0), answer("b"), UNKNOWN, "at most +12.2 %"),
        (at_least("a", 900.0), at_least("b", 1900.0), UNKNOWN, "unknown"),
    ],
)
def test_a_lower_bound_can_prove_something_or_nothing(
    before: Answer, after: Answer, outcome: Outcome, size: str
) -> None:
    told = one(before, after)
    assert (told.verdict, told.size, told.change) == (outcome, size, None)


def test_bounds_without_a_value_are_compared_by_their_ends() -> None:
    leapt = answer("a", slo_capacity=slo(None, low=700.0, high=800.0))
    told = compare([leapt], [answer("b", slo_capacity=slo(650.0))]).slo_capacity
    assert told is not None
    assert (told.verdict, told.size) == (WORSE, "between −19.6 and −6.2 %")


@pytest.mark.parametrize("verdict", [Verdict.FAILING, Verdict.INCONCLUSIVE])
def test_an_answer_without_numbers_cannot_be_compared_and_says_why(verdict: Verdict) -> None:
    told = compare([answer("a")], [refused("b", verdict)])
    assert (told.verdict, told.comparable) == (UNKNOWN, False)
    assert told.because == f"candidate: b is {verdict}, because of a gap"


@pytest.mark.parametrize("value", [0.0, -5.0, float("inf"), float("nan")])
def test_a_number_that_nobody_measured_is_none(value: float) -> None:
    told = compare([answer("a")], [answer("b", max_throughput=Interval(value=value, low=value, high=value))])
    assert (told.verdict, told.comparable) == (UNKNOWN, False)
    assert told.because == "candidate: no run of it has this figure"


def test_an_interval_that_reaches_below_zero_is_open_below() -> None:
    told = one(answer("a"), answer("b", max_throughput=Interval(value=10.0, low=-1.0, high=21.0)))
    assert (told.verdict, told.low) == (WORSE, None)


def test_a_run_of_several_that_allows_no_judgement_is_left_out_and_named() -> None:
    told = compare([answer("a1"), answer("a2", 1001.0)], [answer("b1"), answer("b2", 1001.0), refused("b3")])
    assert told.comparable
    assert told.notes == ["candidate: b3 is inconclusive, because of a gap; left out"]


def test_a_run_of_several_in_which_the_system_failed_is_no_accident() -> None:
    told = compare([answer("a1"), answer("a2")], [answer("b1"), refused("b2", Verdict.FAILING)])
    assert (told.verdict, told.comparable) == (UNKNOWN, False)


def test_a_run_of_several_below_the_others_limit_is_left_out_and_one_beyond_makes_a_bound_of_all() -> None:
    before = [answer("a1"), answer("a2", 1001.0)]
    below = compare(before, [answer("b1"), answer("b2", 1001.0), at_least("b3", 700.0)])
    assert below.notes == ["candidate: b3 did not reach the limit; left out"]
    assert below.max_throughput.change == pytest.approx(0.0, abs=1e-6)
    beyond = compare([answer("a1")], [answer("b1", 1200.0), at_least("b2", 1300.0)])
    assert beyond.max_throughput.candidate == Interval(low=1200.0 * 0.99)
    assert (beyond.verdict, beyond.max_throughput.change) == (BETTER, None)


def test_the_slo_capacity_decides_too() -> None:
    before = answer("a", half=0.003, slo_capacity=slo(900.0, 0.003))
    told = compare([before], [answer("b", half=0.003, slo_capacity=slo(800.0, 0.003))])
    assert told.max_throughput.verdict is SAME
    assert told.verdict is WORSE
    assert told.because.startswith("SLO capacity −11.1 % [")


def test_two_latency_limits_are_two_questions() -> None:
    other = slo(900.0, limits=Objective(latency_seconds=0.3))
    told = compare([answer("a", slo_capacity=slo(900.0))], [answer("b", 950.0, slo_capacity=other)])
    assert told.slo_capacity is not None
    assert told.slo_capacity.because == "the latency limits are not the same"
    assert told.verdict is WORSE, "what can be compared decides"


@pytest.mark.parametrize(
    ("top", "slow", "outcome"),
    [
        (1050.0, 950.0, WORSE),
        (950.0, 990.0, WORSE),
        (1050.0, 1050.0, BETTER),
        (1050.0, 1000.0, BETTER),
        (1050.0, 990.0, UNKNOWN),
    ],
)
def test_one_figure_that_is_worse_or_open_outweighs_one_that_is_better(
    top: float, slow: float, outcome: Outcome
) -> None:
    half = 0.005
    before = answer("a", half=half, slo_capacity=slo(1000.0, half))
    assert compare(
        [before], [answer("b", top, half, slo_capacity=slo(slow, 0.02 if slow == 990 else half))]
    ).verdict is (outcome)


def endpoint(name: str, goodput: float, half: float | None = 0.01) -> Endpoint:
    ends = {"low": goodput * (1 - half), "high": goodput * (1 + half)} if half else {}
    return Endpoint(name=name, requests=1000, goodput=goodput, failure_ratio=0.0, **ends)


def test_endpoints_that_both_sides_have_say_where_but_do_not_decide() -> None:
    before = answer("a", half=0.003, endpoints=[endpoint("list", 600.0), endpoint("show", 400.0), endpoint("old", 1.0)])
    after = answer("b", half=0.003, endpoints=[endpoint("show", 340.0), endpoint("list", 660.0, None)])
    told = compare([before], [after])
    assert [(one.figure, one.verdict) for one in told.endpoints] == [("list", UNKNOWN), ("show", WORSE)]
    assert told.verdict is SAME
    (names,) = told.differences
    assert (names.condition, names.baseline, names.candidate) == ("requests of one side alone", "old", "none")


def test_one_endpoint_is_the_answer_itself() -> None:
    sides = [answer(name, endpoints=[endpoint("list", 600.0)]) for name in "ab"]
    assert compare([sides[0]], [sides[1]]).endpoints == []


Level = tuple[float, float]
LEVELS = st.tuples(st.floats(500.0, 2000.0), st.floats(0.001, 0.1))
SIDES = st.lists(LEVELS, min_size=1, max_size=4)


def side(name: str, levels: Sequence[Level], unit: float = 1.0) -> list[Answer]:
    return [answer(f"{name}{i}", unit * value, half) for i, (value, half) in enumerate(levels)]


def judged(a: Sequence[Level], b: Sequence[Level], unit: float = 1.0) -> Comparison:
    return compare(side("a", a, unit), side("b", b, unit))


@given(SIDES, SIDES)
def test_swapping_the_sides_mirrors_the_verdict(a: list[Level], b: list[Level]) -> None:
    one, other = judged(a, b), judged(b, a)
    assert other.verdict is MIRRORED[one.verdict]
    assert one.max_throughput.change is not None
    assert other.max_throughput.change is not None
    assert (1 + one.max_throughput.change) * (1 + other.max_throughput.change) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("after", [1020.0, 1000.0 / 1.02])
def test_an_exact_tie_with_the_margin_is_not_beyond_it_from_either_side(after: float) -> None:
    tie = [(1000.0, 0.001)], [(after, 0.001)]
    assert judged(*tie).verdict is judged(tie[1], tie[0]).verdict is UNKNOWN


@given(SIDES, SIDES, st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_size_of_the_system_does_not_matter(a: list[Level], b: list[Level], unit: float) -> None:
    assert judged(a, b).verdict is judged(a, b, unit).verdict


@given(SIDES, SIDES, st.floats(1.0, 10.0))
def test_wider_intervals_never_turn_cannot_tell_into_a_verdict(a: list[Level], b: list[Level], by: float) -> None:
    narrow = judged(a, b).verdict
    wide = judged([(value, min(0.9, half * by)) for value, half in a], b).verdict
    assert wide in (narrow, UNKNOWN)


def test_a_run_that_lost_the_slo_below_the_others_leaves_its_side_without_a_value_and_is_said() -> None:
    before = [answer(f"a{i}", slo_capacity=slo(900.0)) for i in (1, 2)]
    before.append(answer("a3", slo_capacity=slo(None, high=500.0)))
    told = compare(before, [answer("b", slo_capacity=slo(1000.0))])
    assert told.slo_capacity is not None
    assert told.slo_capacity.baseline == Interval(high=909.0)
    assert told.slo_capacity.verdict is Outcome.BETTER
    note = "baseline, SLO capacity: 1 of 3 runs had no value, and their limit below that of the others"
    assert told.notes == [note]
