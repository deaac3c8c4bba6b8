"""What benchmarks on many simulated runs have in common: seeds that are held back, runs side by side, a page's part."""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

PROCESSES = 2
END = "<!-- to here -->"

T = TypeVar("T")


def asked(doc: str | None, arguments: Sequence[str] | None, held_back: range, page: Path) -> argparse.Namespace:
    """The options ``write``, ``seeds``, ``failures`` and ``processes``; exits where runs that are held back would be
    looked at one by one, or the page would show others."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0] if doc else None)
    parser.add_argument("--write", action="store_true", help=f"write the tables into docs/{page.name}")
    parser.add_argument("--seeds", type=seeds_of, default=held_back, help="FIRST-LAST instead of those held back")
    parser.add_argument("--failures", action="store_true", help="show each run that came out wrongly")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    told = parser.parse_args(arguments)
    if told.failures and set(told.seeds) & set(held_back):
        parser.error("runs that are held back are not looked at one by one: give other --seeds")
    if told.write and told.seeds != held_back:
        parser.error("the page shows the runs that are held back: no --seeds with --write")
    return told


def seeds_of(text: str) -> range:
    """``20000-20399``, or one number."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def side_by_side(
    work: Callable[[int], T], seeds: Sequence[int], processes: int = PROCESSES, word: str = "simulating"
) -> Iterator[T]:
    """What ``work`` makes of each of ``seeds``, in their order, with a line of progress where somebody watches."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # before a worker loads numpy
    console = Console(stderr=True)
    # Started anew and not forked, so that a worker is the same on every system.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        found = pool.imap(work, seeds)
        yield from track(
            found, word, total=len(seeds), console=console, disable=not console.is_terminal, transient=True
        )


def console() -> Console:
    """Where the tables go: stdout, a line of Markdown each."""
    return Console(highlight=False, soft_wrap=True)


def write_into(page: Path, target: str, text: str) -> None:
    """Put ``text`` between the marks of ``make target`` in ``page``."""
    begin = f"<!-- make {target} writes from here -->"
    before, _, rest = page.read_text().partition(begin)
    page.write_text(f"{before}{begin}\n\n{text}\n\n{END}{rest.partition(END)[2]}")
