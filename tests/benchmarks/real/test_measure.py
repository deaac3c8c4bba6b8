from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rules.answer import Answer, Interval
from rules.finding import Finding, Outcome, Verdict, Window
from tests.benchmarks.real.measure import own_rate, pinned


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def test_a_pinned_k6_has_the_one_core_and_its_arguments(tmp_path: Path) -> None:
    core = max(os.sched_getaffinity(0))
    tell = tmp_path / "tell me.py"
    tell.write_text(f"#!{sys.executable}\nimport os, sys\nprint(os.sched_getaffinity(0), sys.argv[1:])\n")
    tell.chmod(0o700)
    (tmp_path / "bin").mkdir()
    done = subprocess.run(
        [pinned(tell, core, tmp_path / "bin"), "run", "a b"], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == f"{{{core}}} ['run', 'a b']"


def test_the_servers_own_rate_is_that_of_the_plateau_which_the_answer_names() -> None:
    seen = [(float(second), 10 * second if second < 40 else 400 + 20 * (second - 40)) for second in range(101)]
    plateau = Finding(rule="throughput", verdict=Outcome.OK, because="", window=Window(start=at(10), end=at(30)))
    answer = Answer(
        testid="real",
        window=Window(start=at(0), end=at(100)),
        verdict=Verdict.SATURATED,
        because="",
        findings=[plateau],
    )
    assert own_rate(answer, seen) == pytest.approx(20.0)  # no value, so the highest
    assert own_rate(answer.model_copy(update={"max_throughput": Interval(value=10.1)}), seen) == pytest.approx(10.0)
