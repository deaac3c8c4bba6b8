from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Running:
    """The sample API as a process of its own, as a demonstration runs it."""

    process: subprocess.Popen[str]
    port: int
    capacity: float

    def end(self, number: signal.Signals) -> int:
        """Send the signal and give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=10)


RunSampleApi = Callable[..., Running]


@pytest.fixture
def run_sample_api() -> Iterator[RunSampleApi]:
    """Starts the sample API on a free port with these arguments."""
    with ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(_running(arguments))


@contextmanager
def _running(arguments: tuple[str, ...]) -> Iterator[Running]:
    command = [sys.executable, "-m", "loadline.sample_api", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            said = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+), true capacity (\S+) requests/s\n", line)
            assert said is not None, line
            yield Running(process, int(said[1]), float(said[2]))
        finally:
            process.kill()
