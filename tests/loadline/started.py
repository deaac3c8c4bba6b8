"""The command as a terminal starts it: in a session of its own, SIGINT not ignored, with a TMPDIR of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil


class Started:
    """One ``loadline`` that runs; what it says goes to files, so that it can be read while it does."""

    def __init__(self, folder: Path, arguments: tuple[str, ...], env: Mapping[str, str]) -> None:
        folder.mkdir()
        self.tmpdir = folder / "tmp"
        self.tmpdir.mkdir()
        self._out, self._err = folder / "out", folder / "err"
        command = [sys.executable, "-m", "loadline", *arguments, "--store", str(folder / "store")]
        with self._out.open("w") as out, self._err.open("w") as err:
            environ = {**os.environ, **env, "TMPDIR": str(self.tmpdir)}
            self.process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True, env=environ)

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    def says(self, text: str) -> bool:
        """Whether it has said ``text`` on stderr; it must not have ended before."""
        found = text in self.err
        assert found or self.process.poll() is None, self.err
        return found

    def family(self) -> list[psutil.Process]:
        """Every process that has its TMPDIR, wherever it went; itself too."""
        return [process for process in psutil.process_iter() if _tmpdir(process) == str(self.tmpdir)]

    def has(self, name: str) -> bool:
        return any(process.name() == name for process in self.family())


@contextmanager
def started(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Started]:
    """Starts it, and ends it if the test has not."""
    # A handler is reset in the child, an ignored signal stays ignored: a runner in the background may have it so.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        one = Started(folder, arguments, env or {})
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGTERM)
            one.process.wait(30)


def _tmpdir(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("TMPDIR")
    except psutil.Error:
        return None
