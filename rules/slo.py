"""The latency objective as Prometheus rules: one alert while a load test runs, and the series it is read from.

A good request is expected and within the limit, and the share is over all requests, so neither a timeout nor a
fast error counts as fast. ``python -m rules.slo [--check]`` writes compose/prometheus/rules/loadline.yml.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TextIO

import yaml

from rules import names
from rules.answer import Objective
from rules.generated import write_or_check
from rules.signals.failures import FAILED
from rules.signals.latency import EXPECTED_DURATION
from rules.signals.load import GOODPUT, RESPONSES, VUS
from rules.signals.signal import Signal

WINDOW: Final = "1m"
"""Four pushes of the slowest k6 that is to be served (15 s); shorter, and a late push looks like a lost rate."""
FOR: Final = "30s"
"""What is not sustained for 30 s is no throughput either: the answer's own bar."""
EVERY: Final = "10s"

COMMAND = "python -m rules.slo"
PATH = Path(__file__).parent.parent / "compose" / "prometheus" / "rules" / "loadline.yml"


def render(objective: Objective) -> str:
    """A Prometheus rule file for ``objective``, the same text every time."""
    rules = [
        {"record": names.WITHIN_LIMIT, "expr": _within_limit(objective)},
        {"record": names.GOOD_RATIO, "expr": _good_ratio()},
        _alert(objective),
    ]
    group = {"name": "loadline-latency-slo", "interval": EVERY, "rules": rules}
    header = f"# Made by {COMMAND}; change rules/slo.py instead.\n"
    return header + yaml.safe_dump({"groups": [group]}, sort_keys=False, width=10_000, allow_unicode=True)


def _by_run(signal: Signal) -> Signal:
    return replace(signal, by=(names.TESTID,))


def _within_limit(objective: Objective) -> str:
    """Good requests per second and run. Absent where the run sends no native histograms: then nobody knows."""
    share = _by_run(EXPECTED_DURATION).share_below(f"{objective.latency_seconds:.12g}", WINDOW)
    return f"{share} * {_by_run(GOODPUT).rate(WINDOW)}"


def _good_ratio() -> str:
    """Good requests per request and run, 0 to 1.

    Where every request fails there is no good one to take a share of (no series, or 0/0), and the ratio is 0; not
    so where goodput flows and only the histograms are missing.
    """
    failed, goodput = _by_run(FAILED).rate(WINDOW), _by_run(GOODPUT).rate(WINDOW)
    none_good = f"0 * ({failed} > 0 unless {goodput} > 0)"
    return f"({names.WITHIN_LIMIT} >= 0 or {none_good}) / {_by_run(RESPONSES).rate(WINDOW)}"


def _alert(objective: Objective) -> dict[str, Any]:
    """The alert; its value is the request rate, so that the summary can say it."""
    lost = f"{names.GOOD_RATIO} < {objective.objective:.12g}"
    running = f"{_by_run(VUS).live()} > 0"
    on = f"and on ({names.TESTID})"
    run = f'{{{{ or $labels.{names.TESTID} "without a testid" }}}}'
    ratio = f'printf "{names.GOOD_RATIO}{{{names.TESTID}=%q}}" $labels.{names.TESTID} | query'
    good = f"{{{{ with {ratio} }}}}{{{{ . | first | value | humanizePercentage }}}}{{{{ end }}}}"
    return {
        "alert": names.SLO_LOST,
        "expr": f"{_by_run(RESPONSES).rate(WINDOW)} {on} ({lost}) {on} ({running})",
        "for": FOR,
        "labels": {"severity": "warning"},
        "annotations": {
            "summary": f'Load test {run}: the latency SLO is lost at {{{{ printf "%.0f" $value }}}} requests/s',
            "description": (
                f"{good} of the requests are good (expected, and answered within {objective.latency_seconds:.12g} s); "
                f"the objective is {objective.objective:.12g}. In a test that seeks the limit this is the "
                "finding: the SLO capacity lies below this rate, and loadline analyze says where. If the test "
                "should have held, stop it and look at the server's CPU and at failures by status on the board "
                '"Load test".'
            ),
        },
    }


def main(arguments: Sequence[str] | None = None, path: Path = PATH, out: TextIO = sys.stdout) -> int:
    """The exit code: 1 where ``--check`` finds the file stale, and says so."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write the SLO's Prometheus rules, or check them.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is stale")
    files = {path: render(Objective())}
    return write_or_check(files, check=parser.parse_args(arguments).check, command=COMMAND, out=out)


if __name__ == "__main__":
    sys.exit(main())
