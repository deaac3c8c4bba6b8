"""How often a run is stopped, how soon, and whether rightly: ``make benchmark-stopping``.

Draws the runs of HELD_BACK, plays each back, judges it every few seconds as ``loadline run`` does, and prints the
tables; ``--write`` puts them into docs/stopping.md. Single runs of HELD_BACK are not to be looked at, lest the rule be
tuned on them: ``--seeds 20000-20399 --failures`` shows those of other seeds one by one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.benchmarks.accuracy import seeds_of
from tests.benchmarks.replays import Replay, replay
from tests.benchmarks.stopping_page import page

HELD_BACK = range(70_000, 70_400)
PAGE = Path(__file__).parents[2] / "docs" / "stopping.md"
BEGIN, END = "<!-- make benchmark-stopping writes from here -->", "<!-- to here -->"
PROCESSES = 2


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/stopping.md")
    parser.add_argument("--seeds", type=seeds_of, default=HELD_BACK, help="FIRST-LAST instead of those held back")
    parser.add_argument("--failures", action="store_true", help="show each run that was stopped wrongly")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    asked = parser.parse_args(arguments)
    if asked.failures and set(asked.seeds) & set(HELD_BACK):
        parser.error("runs that are held back are not looked at one by one: give other --seeds")
    if asked.write and asked.seeds != HELD_BACK:
        parser.error("the page shows the runs that are held back: no --seeds with --write")
    replayed = list(replays(asked.seeds, asked.processes))
    text = page(replayed, asked.seeds)
    out = Console(highlight=False, soft_wrap=True)
    out.print(text, markup=False)
    for one in replayed if asked.failures else []:
        if one.wrong:
            out.print(_failure(one), markup=False)
    if asked.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}")


def replays(seeds: range, processes: int) -> Iterator[Replay]:
    """The runs of ``seeds`` in their order, with a line of progress where somebody watches."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before a worker loads numpy
    console = Console(stderr=True)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        found = pool.imap(replay, seeds)
        yield from track(
            found, "replaying", total=len(seeds), console=console, disable=not console.is_terminal, transient=True
        )


def _failure(one: Replay) -> str:
    def rate(value: float | None) -> str:
        return "no number" if value is None else f"{value:,.1f}/s"

    true = rate(one.then.max_throughput if one.then else None)
    because = one.stop.because if one.stop else ""
    return (
        f"{one.seed} {one.kind}: {one.truth.verdict}, stopped at {one.at:.0f} of {one.seconds:.0f} s, {one.reason}: "
        f"{rate(one.told.value)} where {true} was true: {because}"
    )


if __name__ == "__main__":
    main()
