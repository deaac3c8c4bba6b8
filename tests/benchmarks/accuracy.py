"""How often the answer is right, on runs that no threshold was chosen on: ``make benchmark-accuracy``.

Draws the runs of HELD_BACK, simulates them, asks Loadline and the baselines, and prints the tables; ``--write`` puts
them into docs/accuracy.md. Single runs of HELD_BACK are not to be looked at, lest they be tuned on: ``--seeds
20000-20399 --failures`` shows those of other seeds one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.grading import OURS, Graded, grade
from tests.benchmarks.many import asked, console, side_by_side
from tests.benchmarks.page import page
from tests.benchmarks.summary import WITHIN

HELD_BACK = range(63_000, 63_400)
PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def main(arguments: Sequence[str] | None = None) -> None:
    told = asked(__doc__, arguments, HELD_BACK, PAGE)
    graded = list(side_by_side(grade, told.seeds, told.processes))
    text, out = page(graded, told.seeds), console()
    out.print(text, markup=False)
    for one in graded if told.failures else []:
        if not fine(one):
            out.print(_failure(one), markup=False)
    if told.write:
        PAGE.write_text(text + "\n")


def fine(one: Graded) -> bool:
    """Whether the verdict is right, and the number, if any, within 3 %."""
    error = one.error(OURS)
    return one.right(OURS) and (error is None or abs(error) <= WITHIN)


def _failure(one: Graded) -> str:
    told, truth = one.told[OURS], one.truth
    was = "" if truth.max_throughput is None else f" {truth.max_throughput:,.1f}/s"
    said = "" if told.value is None else f" {told.value:,.1f}/s"
    thin = "" if one.enough else " (too little information)"
    return f"{one.seed} {one.kind}{thin}: {truth.verdict}{was}, answered {told.verdict}{said}: {one.because}"


if __name__ == "__main__":
    main()
