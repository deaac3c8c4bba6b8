"""wrk, the other load generator: as many connections as asked, each sends its next request when it has its reply."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loadline.errors import BrokenError
from loadline.stack import debian
from loadline.stack.binaries import tools_folder
from tests.benchmarks.real.say import say

SLACK_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Measured:
    """What wrk tells."""

    rate: float
    """Replies per second."""
    socket_errors: int
    """Connections that failed, and replies that took longer than wrk's 2 s, over the whole run."""


def saturate(url: str, connections: int, seconds: int, core: int | None = None) -> Measured:
    """Load ``url`` from one thread, pinned to ``core`` where one is given. Raises BrokenError where replies are bad."""
    binary, env = find()
    command = ["taskset", "--cpu-list", str(core)] if core is not None else []
    command += [str(binary), "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", url]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=seconds + SLACK_SECONDS,
        env={**os.environ, **env},
        check=False,
    )
    if done.returncode:
        raise BrokenError(f"wrk ended with code {done.returncode}: {(done.stderr or done.stdout).strip()}")
    return parse(done.stdout)


def parse(output: str) -> Measured:
    """wrk 4's report; raises BrokenError where it holds no rate, or replies that were no success."""
    rate = re.search(r"^Requests/sec: +([0-9.]+)$", output, re.MULTILINE)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    if rate is None or bad is not None:
        raise BrokenError(f"wrk {'had replies that were no success' if bad else 'told no rate'}: {output.strip()}")
    errors = re.search(r"Socket errors: (.*)", output)
    return Measured(float(rate[1]), sum(map(int, re.findall(r"\d+", errors[1]))) if errors else 0)


def find() -> tuple[Path, Mapping[str, str]]:
    """The machine's own wrk, else Debian's, unpacked beside Prometheus; and the variables that it needs.

    Unpacked, it needs to be told where LuaJIT is, the one library of it that few systems have.
    """
    found = shutil.which("wrk")
    if found:
        return Path(found), {}
    luajit = debian.fetch("libluajit-5.1-2", tools_folder(), say)
    (library,) = luajit.glob("usr/lib/*/libluajit-5.1.so.2")
    binary = debian.fetch("wrk", tools_folder(), say) / "usr" / "bin" / "wrk"
    return binary, {"LD_LIBRARY_PATH": str(library.parent)}
