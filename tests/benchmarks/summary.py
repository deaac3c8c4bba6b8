"""Many graded runs to the figures of one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from rules.finding import Verdict
from tests.benchmarks.grading import Graded

WITHIN = 0.03
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Summary:
    """Errors, half-widths and shares as ratios; None where there is nothing to take them of."""

    runs: int
    saturated: int
    """Runs that have a maximum to be found; constant load that was not called saturated is left out."""
    within: float | None
    """The share of ``saturated`` with a number within WITHIN; a refusal is none."""
    median: float | None
    p95: float | None
    worst: float | None
    covered: int
    intervals: int
    half_width: float | None
    right: int
    invented: int
    """Numbers for runs that did not saturate."""

    @property
    def coverage_p(self) -> float | None:
        """Two-sided binomial test of the coverage against CONFIDENCE."""
        return binomial_p(self.covered, self.intervals, CONFIDENCE) if self.intervals else None

    @property
    def score(self) -> float:
        """1 less what each wrong verdict costs on average; a number for a run that did not saturate costs twice."""
        return 1.0 - (self.runs - self.right + self.invented) / self.runs if self.runs else float("nan")


def summary(runs: Sequence[Graded], method: str) -> Summary:
    """What ``method`` made of ``runs``."""
    due = [
        one
        for one in runs
        if one.truth.verdict is Verdict.SATURATED and (one.told[method].value is not None or not one.right(method))
    ]
    errors = np.array([error for one in due if (error := one.error(method)) is not None])
    size = np.abs(errors)
    covered = [inside for one in due if (inside := one.covered(method)) is not None]
    widths = [
        (told.high - told.low) / 2 / told.value
        for one in due
        if (told := one.told[method]).value and told.low is not None and told.high is not None
    ]
    return Summary(
        runs=len(runs),
        saturated=len(due),
        within=float((size <= WITHIN).sum()) / len(due) if due else None,
        median=float(np.median(size)) if size.size else None,
        p95=float(np.quantile(size, 0.95)) if size.size else None,
        worst=float(errors[np.argmax(size)]) if size.size else None,
        covered=sum(covered),
        intervals=len(covered),
        half_width=float(np.median(widths)) if widths else None,
        right=sum(one.right(method) for one in runs),
        invented=sum(one.told[method].value is not None and one.truth.max_throughput is None for one in runs),
    )


def binomial_p(hits: int, trials: int, chance: float) -> float:
    """The exact two-sided test: how likely is a count no likelier than ``hits`` of ``trials``?"""
    mass = [comb(trials, k) * chance**k * (1.0 - chance) ** (trials - k) for k in range(trials + 1)]
    return float(min(1.0, sum(one for one in mass if one <= mass[hits] * (1.0 + 1e-9))))
