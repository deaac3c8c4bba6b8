"""Real k6 runs against real servers whose truth is known: ``make benchmark-real``.

Prints the page, and ``--write`` keeps it as docs/real-runs.md. Each case is measured with the k6 of the Python package,
and with that of LOADLINE_K6 where it is set. Takes about 11 minutes a k6; needs Linux and two cores.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from loadline.errors import LoadlineError
from loadline.stack import binaries
from tests.benchmarks.real import servers, wrk
from tests.benchmarks.real.cases import CASES, CORES, Case
from tests.benchmarks.real.grading import Row
from tests.benchmarks.real.measure import by_loadline, by_wrk
from tests.benchmarks.real.page import Machine, page
from tests.benchmarks.real.say import say

PAGE: Final = Path(__file__).parents[3] / "docs" / "real-runs.md"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="write docs/real-runs.md")
    parser.add_argument("--only", metavar="WORD", default="", help="the cases whose name holds WORD")
    asked = parser.parse_args(arguments)
    cases = [case for case in CASES if asked.only in case.name]
    if not cases or (asked.write and len(cases) < len(CASES)):
        parser.error("--only names no case" if not cases else "the page shows every case: no --only with --write")
    if not set(CORES) <= os.sched_getaffinity(0):
        parser.error(f"this needs the cores {CORES}: one for k6, one for its server")
    try:
        text = page(list(rows(cases)), machine())
    except LoadlineError as error:
        say(str(error))
        return error.exit_code
    sys.stdout.write(f"{text}\n")
    if asked.write:
        PAGE.write_text(f"{text}\n")
    return 0


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


def generators(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """The k6 of the Python package, and the one that LOADLINE_K6 names."""
    packaged = binaries.find("k6", environ={"PATH": ""})
    return [packaged, binaries.find("k6", environ=environ)] if environ.get("LOADLINE_K6") else [packaged]


def machine() -> Machine:
    """This one, today."""
    return Machine(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        kernel=platform.release(),
        cores=os.cpu_count() or 0,
        wrk=version(*wrk.find(), "-v"),
        nginx=version(servers.nginx_binary(), {}, "-v"),
    )


def version(binary: Path, env: Mapping[str, str], ask: str) -> str:
    """What ``binary`` says of itself when it is given the argument ``ask``."""
    done = subprocess.run(
        [binary, ask], capture_output=True, text=True, timeout=30.0, env={**os.environ, **env}, check=False
    )
    found = re.search(r"(\d+\.\d+\.\d+)", done.stdout + done.stderr)
    return found[1] if found else "?"


if __name__ == "__main__":
    sys.exit(main())
