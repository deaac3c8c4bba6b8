"""What the benchmarks of real servers are asked, and what becomes of their page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from loadline.errors import LoadlineError
from tests.benchmarks.real.cases import Case
from tests.benchmarks.real.say import say


def asked(
    doc: str | None, arguments: Sequence[str] | None, cases: Sequence[Case], page: Path
) -> tuple[list[Case], bool]:
    """The cases to be measured, and whether the page is to be written; exits where it would not show every case."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0] if doc else None)
    parser.add_argument("--write", action="store_true", help=f"write docs/{page.name}")
    parser.add_argument("--only", metavar="WORD", default="", help="the cases whose name holds WORD")
    told = parser.parse_args(arguments)
    chosen = [case for case in cases if told.only in case.name]
    if not chosen:
        parser.error("--only names no case")
    if told.write and len(chosen) < len(cases):
        parser.error("the page shows every case: no --only with --write")
    return chosen, told.write


def publish(measured: Callable[[], str], page: Path, write: bool) -> int:
    """Print what is measured, and keep it in ``page`` if it is to be written; the exit code."""
    try:
        text = measured()
    except LoadlineError as error:
        say(str(error))
        return error.exit_code
    sys.stdout.write(f"{text}\n")
    if write:
        page.write_text(f"{text}\n")
    return 0
