"""Child processes that never outlive us: started with their output in a file, ended by their own id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from loadline.errors import BrokenError
from loadline.interrupts import Interrupts

StillRunning = subprocess.TimeoutExpired
STOP_SECONDS = 10.0
START_SECONDS = 30.0


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that was free a moment ago."""
    with socket.create_server((host, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Child:
    """One process of ours; ``log`` holds what it said."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def tail(self, lines: int = 3) -> str:
        """The last lines it said, as one."""
        with contextlib.suppress(OSError):
            said = self.log.read_text(errors="replace").strip().splitlines()
            return " | ".join(said[-lines:])
        return ""

    def stop(self, first: signal.Signals = signal.SIGTERM) -> None:
        """Ask once, wait, then insist. Safe to call again."""
        if self.running:
            self.process.send_signal(first)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def until(self, ready: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
        """Wait until ``ready``; raises BrokenError with the last log lines when it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise BrokenError(f"{self.name} ended with code {self.process.returncode}: {self.tail()}")
            if time.monotonic() > deadline:
                raise BrokenError(f"{self.name}: {what} took longer than {seconds:.0f} s: {self.tail()}")
            time.sleep(0.05)


def start(
    name: str,
    command: Sequence[str | os.PathLike[str]],
    log: Path,
    interrupts: Interrupts,
    adopt: Callable[[Child], None],
    env: Mapping[str, str] | None = None,
) -> Child:
    """Start ``command`` and hand it to ``adopt``; in a session of its own, so that Ctrl-C is ours alone."""
    with interrupts.deferred(), log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        child = Child(name, process, log)
        adopt(child)
    return child
