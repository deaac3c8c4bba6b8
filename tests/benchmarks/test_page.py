"""The page's figures, of a handful of runs graded by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.answer import SloCapacity
from rules.finding import Verdict
from tests.benchmarks.grading import OURS, Graded, Told
from tests.benchmarks.page import page
from tests.benchmarks.promises import Promise, rows
from tests.benchmarks.summary import binomial_p, summary
from tests.simulator import Truth

HUNDRED = Truth(Verdict.SATURATED, 100.0, 50.0, 100.0, information=10.0)
NOTHING = Truth(Verdict.NOT_SATURATED, None, None, 80.0, None)
CONSTANT = replace(HUNDRED, also=(Verdict.NOT_SATURATED,))


def graded(kind: str, truth: Truth, told: Told, seed: int = 1) -> Graded:
    return Graded(seed, kind, truth, {OURS: told, "highest": Told(Verdict.SATURATED, 120.0)})


RIGHT = graded("plain", HUNDRED, Told(Verdict.SATURATED, 101.0, 99.0, 103.0))
OFF = graded("plain", HUNDRED, Told(Verdict.SATURATED, 90.0, 88.0, 92.0))
REFUSED = graded("plain", HUNDRED, Told(Verdict.NOT_SATURATED))
INVENTED = graded("light", NOTHING, Told(Verdict.SATURATED, 70.0, 69.0, 71.0))
LIGHT = graded("light", NOTHING, Told(Verdict.NOT_SATURATED))
CAREFUL = graded("constant", CONSTANT, Told(Verdict.NOT_SATURATED))
RUNS = [RIGHT, OFF, REFUSED, INVENTED, LIGHT, CAREFUL]


def test_a_refusal_is_not_within_3_per_cent() -> None:
    row = summary(RUNS, OURS)
    assert row.saturated == 3
    assert row.within == pytest.approx(1 / 3)
    assert row.median == pytest.approx((0.01 + 0.10) / 2)
    assert row.worst == pytest.approx(-0.10)
    assert row.half_width == pytest.approx((2 / 101 + 2 / 90) / 2)


def test_coverage_counts_intervals_of_saturated_runs() -> None:
    row = summary(RUNS, OURS)
    assert (row.covered, row.intervals) == (1, 2)


def test_a_number_for_a_run_that_did_not_saturate_counts_twice() -> None:
    row = summary(RUNS, OURS)
    assert (row.right, row.invented) == (4, 1)
    assert row.score == pytest.approx(1 - 3 / 6)
    assert summary([LIGHT], "highest").score == pytest.approx(-1.0)


def test_constant_load_may_be_refused_but_a_number_for_it_is_judged() -> None:
    assert summary([CAREFUL], OURS).saturated == 0
    assert summary([CAREFUL], OURS).right == 1
    assert summary([CAREFUL], "highest").within == 0.0


@pytest.mark.parametrize(
    ("hits", "trials", "chance", "expected"),
    [(1, 2, 0.5, 1.0), (0, 2, 0.5, 0.5), (10, 10, 0.5, 2 / 1024), (0, 1, 0.95, 0.05), (285, 300, 0.95, 1.0)],
)
def test_the_binomial_test_is_exact(hits: int, trials: int, chance: float, expected: float) -> None:
    assert binomial_p(hits, trials, chance) == pytest.approx(expected)


def test_intervals_that_cover_too_seldom_are_rejected() -> None:
    assert binomial_p(270, 300, 0.95) < 0.01
    assert binomial_p(278, 300, 0.95) > 0.01


def test_the_page_names_what_fails_and_how_often() -> None:
    text = page(RUNS, range(1, 7))
    assert "- **plain** (3 runs): 1 called `not_saturated`, 1 off by more than 3 %. Bins on the flanks" in text
    assert "- **light** (2 runs): 1 called `saturated`. Not yet understood." in text
    assert "**constant**" not in text
    assert "| `not_saturated` | 1 | 1 | · | · | · | 2 |" in text
    assert "| highest | 0.0 % of 4 | 20.00 % |" in text


def test_a_plateau_with_too_little_information_is_only_in_the_table_of_all_runs() -> None:
    thin = replace(OFF, truth=replace(HUNDRED, information=1.0))
    text = page([RIGHT, thin], range(1, 3))
    assert "## Runs with enough information: 1" in text
    assert "## All runs: 2" in text
    assert "Nothing, with enough information." in text


def test_slo_capacities_are_graded_by_where_the_objective_is_lost() -> None:
    told = SloCapacity(value=99.0, low=98.0, high=101.0)
    on_plateau, leapt = Promise(100.0, 100.0, told), Promise(100.0, 50.0, SloCapacity(low=20.0, high=101.0))
    wrong, refused = Promise(100.0, None, told), Promise(100.0, None, SloCapacity())
    at_most = [Promise(100.0, true, SloCapacity(high=40.0)) for true in (None, 30.0, 50.0)]
    assert rows([on_plateau, leapt, wrong, refused, *at_most]) == [
        ["on the plateau", "1", "1", "0", "0", "0", "1.00 %", "1 of 1"],
        ["before the knee", "3", "0", "1", "2", "0", "–", "2 of 3"],
        ["by one VU alone", "3", "1", "0", "1", "1", "–", "2 of 3"],
    ]
