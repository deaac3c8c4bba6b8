"""The sample API as a process of ours: a server whose capacity is known by construction."""

from __future__ import annotations

import re
import sys

from loadline.bench import Bench
from loadline.stack import process

WORKERS, SERVICE_MS = 8, 20
"""400 requests/s: far above noise, far below what one core of Python and one of k6 can do."""
_SAYS = re.compile(r"listening on (\S+), true capacity (\S+) requests/s")


def start_sample_api(bench: Bench) -> tuple[str, float]:
    """Start it on a free port; returns its URL and its true capacity in requests/s."""
    command = [sys.executable, "-m", "loadline.sample_api", "--workers", str(WORKERS), "--service-ms", str(SERVICE_MS)]
    child = process.start("sample API", command, bench.folder / "sample_api.log", bench.interrupts, bench.adopt)
    child.until(lambda: _SAYS.search(child.tail()) is not None, "getting ready")
    found = _SAYS.search(child.tail())
    assert found is not None  # noqa: S101  # just waited for
    return found[1], float(found[2])
