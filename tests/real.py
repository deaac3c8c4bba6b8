"""One real run for many tests: k6, Prometheus, the exporter and the watcher, against a server of known capacity."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from loadline.bench import Bench
from loadline.stack import binaries, process
from loadline.stack import prometheus as stack
from loadline.stack.store import EXPORTER_JOB, start_exporter
from rules.answer import Answer
from rules.names import ROLE_BOTH
from rules.prometheus import Prometheus

TRUE_CAPACITY = 100.0
RAMP = ("--vus", "260", "--duration", "60s", "--think-time", "500ms")
"""Five times the knee (100/s × 0.52 s = 52 VUs), reached after a fifth of the time: a plateau of 45 s, of
which a busy machine and a restart of Prometheus may take some: 30 are asked for."""


@dataclass(frozen=True)
class RealRun:
    """What one ``loadline run`` left behind."""

    answer: Answer
    client: Prometheus
    stderr: str
    store: Path
    url: str


def loadline(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "loadline", *arguments],
        capture_output=True,
        text=True,
        timeout=150,
        env={**os.environ, **(env or {})},
        check=False,
    )


def start_stack(bench: Bench) -> Prometheus:
    """Prometheus that scrapes an exporter and a watcher, which watches it."""
    watch = f"127.0.0.1:{process.free_port()}"
    targets = [(EXPORTER_JOB, start_exporter(bench), ROLE_BOTH), ("watch", watch, "")]
    client = stack.start(binaries.obtain("prometheus"), bench.folder, targets, bench.interrupts, bench.adopt)
    command = [sys.executable, "-m", "loadline", "watch", "--prometheus-url", client.url, "--listen", watch]
    command += ["--interval", "1", "--store", str(bench.folder / "watched")]
    process.start("watch", command, bench.folder / "watch.log", bench.interrupts, bench.adopt)
    return client


def start_sample_api(bench: Bench, *options: str) -> str:
    """The sample API with ``options``; its address."""
    command = [sys.executable, "-m", "loadline.sample_api", *options]
    child = process.start("sample API", command, bench.folder / "api.log", bench.interrupts, bench.adopt)
    child.until(lambda: "listening on" in child.tail(), "getting ready")
    return child.tail().split()[2].rstrip(",")


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Until ``condition``; fails with ``what`` after ``seconds``."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"no {what} within {seconds:.0f} s"
        pause.wait(0.1)
