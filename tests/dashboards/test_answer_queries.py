"""The queries behind the top row, on series that tell a story; promtool is the Prometheus here."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadline.stack.binaries import find
from rules.signals import answer
from rules.signals.load import VUS

RUN = 'testid="a"'
MAXIMUM = "loadline_max_throughput_requests_per_second"


def _evaluate(folder: Path, series: dict[str, str], query: str, at: str, expected: list[tuple[str, float]]) -> None:
    """``query`` at time ``at``, over ``series`` sampled every 5 s from 0, gives exactly ``expected``."""
    samples: list[dict[str, Any]] = [{"labels": labels, "value": value} for labels, value in expected]
    case = {
        "interval": "5s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": query, "eval_time": at, "exp_samples": samples}],
    }
    path = folder / "case.yml"
    path.write_text(yaml.safe_dump({"evaluation_interval": "5s", "tests": [case]}), encoding="utf-8")
    done = subprocess.run([find("promtool"), "test", "rules", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_maximum_is_found_long_after_its_last_scrape(tmp_path: Path) -> None:
    series = {f"{MAXIMUM}{{{RUN}}}": "400x24", f'loadline_verdict{{{RUN},verdict="saturated"}}': "1x24"}
    query = answer.latest(answer.MAX_THROUGHPUT, "30m", RUN)
    _evaluate(tmp_path, series, query, "20m", [("{}", 400)])


def test_a_maximum_that_was_withdrawn_is_not_shown(tmp_path: Path) -> None:
    series = {
        f"{MAXIMUM}{{{RUN}}}": "400x12 stale",
        f'loadline_verdict{{{RUN},verdict="saturated"}}': "1x12 stale",
        f'loadline_verdict{{{RUN},verdict="inconclusive"}}': "_x12 1x12",
    }
    query = answer.latest(answer.MAX_THROUGHPUT, "30m", RUN)
    _evaluate(tmp_path, series, query, "20m", [])


def test_another_run_s_maximum_is_not_shown(tmp_path: Path) -> None:
    series = {f'{MAXIMUM}{{testid="b"}}': "400x24", 'loadline_verdict{testid="b",verdict="saturated"}': "1x24"}
    query = answer.latest(answer.MAX_THROUGHPUT, "30m", RUN)
    _evaluate(tmp_path, series, query, "2m", [])


def test_of_two_verdicts_the_later_stands(tmp_path: Path) -> None:
    series = {
        f'loadline_verdict{{{RUN},verdict="not_saturated"}}': "1x11 0x12",
        f'loadline_verdict{{{RUN},verdict="saturated"}}': "0x11 1x12",
    }
    _evaluate(tmp_path, series, answer.latest_verdict("30m", RUN), "20m", [('{verdict="saturated"}', 1)])


@pytest.mark.parametrize(("at", "expected"), [("55s", [("{}", 75.0)]), ("85s", [("{}", 75.0)]), ("95s", [])])
def test_vus_are_gone_30_seconds_after_the_last_push(
    tmp_path: Path, at: str, expected: list[tuple[str, float]]
) -> None:
    series = {f'k6_vus{{{RUN},instance_id="1"}}': "50x12", f'k6_vus{{{RUN},instance_id="2"}}': "25x12"}
    _evaluate(tmp_path, series, VUS.live(RUN), at, expected)
