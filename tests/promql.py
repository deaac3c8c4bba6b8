"""PromQL on series that tell a story; promtool is the Prometheus."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from loadline.stack.binaries import find


def evaluate(folder: Path, series: dict[str, str], query: str, at: str, expected: Sequence[tuple[str, float]]) -> None:
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
