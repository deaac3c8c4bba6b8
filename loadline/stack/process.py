"""Child processes that never outlive us: output in a file, ended by their own id, or by the kernel."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from loadline.errors import BrokenError
from loadline.interrupts import Interrupts
from loadline.stack import tied

STOP_SECONDS = 10.0
START_SECONDS = 30.0
POLL_SECONDS = 0.05
TAIL_BYTES = 65536
"""As much of a log as is looked at: k6 logs each failed request, so that it may have grown to gigabytes."""

SERVERS = range(20_000, 32_000)
"""Below the ports of outgoing connections: Linux's begin at 32,768 (ip_local_port_range), those of others above it."""
TRIES = 20


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that was free a moment ago; if there is one, none that the system gives to outgoing connections.

    Load makes thousands of those, and one may take the port before its server is up.
    """
    for port in [*random.sample(SERVERS, TRIES), 0]:
        with contextlib.suppress(OSError), socket.create_server((host, port)) as listener:
            return int(listener.getsockname()[1])
    raise BrokenError(f"no TCP port of {host} is free", "Look with: ss -tan")


class Child:
    """One process of ours; ``log`` holds what it said."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path, interrupts: Interrupts) -> None:
        self.name = name
        self.process = process
        self._interrupts = interrupts
        self.log = log

    @property
    def running(self) -> bool:
        """Safe from Ctrl-C: Popen takes a lock to look, and an exception just then would never free it."""
        with self._interrupts.deferred():
            return self.process.poll() is None

    def said(self) -> str:
        """What it said last, TAIL_BYTES of it at most."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL_BYTES))
            return log.read(TAIL_BYTES).decode(errors="replace")
        return ""

    def tail(self, lines: int = 3) -> str:
        """The last lines it said, as one."""
        return " | ".join(self.said().strip().splitlines()[-lines:]) or "it said nothing"

    def stop(self, first: signal.Signals = signal.SIGTERM, seconds: float = STOP_SECONDS) -> None:
        """Ask once, wait, then insist. Safe to call again."""
        if self.running:
            self.process.send_signal(first)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def fate(self) -> str:
        """How it ended, as the begin of a sentence, with its last words."""
        code = self.process.returncode
        why = " (killed: out of memory?)" if code == -signal.SIGKILL else ""
        return f"{self.name} ended with code {code}{why}: {self.tail()}"

    def ends_within(self, seconds: float) -> bool:
        """Whether it has ended, or does so by itself before ``seconds`` are over."""
        deadline = time.monotonic() + seconds
        while self.running and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return not self.running

    def until(self, ready: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
        """Wait until ``ready``; raises BrokenError with the last log lines when it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise BrokenError(self.fate())
            if time.monotonic() > deadline:
                raise BrokenError(f"{self.name}: {what} took longer than {seconds:.0f} s: {self.tail()}")
            time.sleep(POLL_SECONDS)


def start(
    name: str,
    command: Sequence[str | os.PathLike[str]],
    log: Path,
    interrupts: Interrupts,
    adopt: Callable[[Child], None],
    env: Mapping[str, str] | None = None,
) -> Child:
    """Start ``command`` and hand it to ``adopt``; in a session of its own, so that Ctrl-C is ours alone.

    On Linux it dies with the thread that calls this, however that dies (``tied``). Raises BrokenError where the
    system will not.
    """
    if shutil.which(command[0]) is None:
        raise BrokenError(f"{name} cannot be started ({command[0]} is no program that can be run)")
    with interrupts.deferred(), log.open("ab") as out:
        try:
            process = subprocess.Popen(
                tied.command(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        except OSError as error:
            raise BrokenError(f"{name} cannot be started ({error.strerror or error})") from error
        child = Child(name, process, log, interrupts)
        adopt(child)
    return child
