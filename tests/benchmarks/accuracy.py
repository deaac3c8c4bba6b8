"""How often the answer is right, on runs that no threshold was chosen on: ``make benchmark-accuracy``.

Draws the runs of HELD_BACK, simulates them, asks Loadline and the baselines, and prints the tables; ``--write`` puts
them into docs/accuracy.md. Single runs of HELD_BACK are not to be looked at, lest they be tuned on: ``--seeds
20000-20399 --failures`` shows those of other seeds one by one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.benchmarks.grading import OURS, Graded, grade
from tests.benchmarks.page import page
from tests.benchmarks.summary import WITHIN

HELD_BACK = range(60_000, 60_400)
PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"
PROCESSES = 2


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md")
    parser.add_argument("--seeds", type=seeds_of, default=HELD_BACK, help="FIRST-LAST instead of those held back")
    parser.add_argument("--failures", action="store_true", help="show each run that was answered wrongly")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    asked = parser.parse_args(arguments)
    if asked.failures and set(asked.seeds) & set(HELD_BACK):
        parser.error("runs that are held back are not looked at one by one: give other --seeds")
    if asked.write and asked.seeds != HELD_BACK:
        parser.error("the page shows the runs that are held back: no --seeds with --write")
    graded = list(grades(asked.seeds, asked.processes))
    text = page(graded, asked.seeds)
    out = Console(highlight=False, soft_wrap=True)
    out.print(text, markup=False)
    for one in graded if asked.failures else []:
        if not fine(one):
            out.print(_failure(one), markup=False)
    if asked.write:
        PAGE.write_text(text + "\n")


def grades(seeds: range, processes: int) -> Iterator[Graded]:
    """The runs of ``seeds`` in their order, with a line of progress where somebody watches."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before a worker loads numpy
    console = Console(stderr=True)
    # Started anew and not forked, so that a worker is the same on every system.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        found = pool.imap(grade, seeds)
        yield from track(
            found, "simulating", total=len(seeds), console=console, disable=not console.is_terminal, transient=True
        )


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


def seeds_of(text: str) -> range:
    """FIRST-LAST, or one alone."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


if __name__ == "__main__":
    main()
