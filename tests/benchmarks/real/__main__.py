"""Real k6 runs against real servers whose truth is known: ``make benchmark-real``.

Prints the page, and ``--write`` keeps it as docs/real-runs.md. Each case is measured with the k6 of the Python package,
and with that of LOADLINE_K6 where it is set. Takes about 11 minutes a k6; needs Linux and two cores.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks.real.cases import CASES, CORES, Case
from tests.benchmarks.real.command import asked, publish
from tests.benchmarks.real.grading import Row
from tests.benchmarks.real.here import generators, machine, version
from tests.benchmarks.real.measure import by_loadline, by_wrk
from tests.benchmarks.real.page import page
from tests.benchmarks.real.say import say

PAGE: Final = Path(__file__).parents[3] / "docs" / "real-runs.md"


def main(arguments: Sequence[str] | None = None) -> int:
    cases, write = asked(__doc__, arguments, CASES, PAGE)
    if not set(CORES) <= os.sched_getaffinity(0):
        say(f"this needs the cores {CORES}: one for k6, one for its server")
        return 2
    return publish(lambda: page(list(rows(cases)), machine()), PAGE, write)


def rows(cases: Sequence[Case]) -> Iterator[Row]:
    """Each case, with each k6, one after another: two loads at a time would bend each other."""
    k6s = generators()
    for case in cases:
        say(f"{case.name}: wrk")
        reached = by_wrk(case)
        for k6 in k6s:
            told = version(k6, {}, "version")
            say(f"{case.name}: loadline run with k6 {told}")
            yield Row(case, told, by_loadline(case, k6), reached)


if __name__ == "__main__":
    sys.exit(main())
