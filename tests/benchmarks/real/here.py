"""This machine and its tools, as a page of measurements names them."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from loadline.stack import binaries
from tests.benchmarks.real import servers, wrk
from tests.benchmarks.real.page import Machine


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
