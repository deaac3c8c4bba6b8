"""A real node_exporter: found on this machine, or fetched as Debian's or Ubuntu's package."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from exporter.neighbour import is_node_exporter
from loadline.stack import debian
from loadline.stack.binaries import tools_folder
from loadline.stack.process import free_port
from tests.real import wait_for

PACKAGE: Final = "prometheus-node-exporter"


def program() -> Path | None:
    """Its path; None where there is none and no package manager to fetch it by."""
    found = shutil.which(PACKAGE) or shutil.which("node_exporter")
    if found:
        return Path(found)
    if not debian.can_fetch():
        return None
    return debian.fetch(PACKAGE, tools_folder(), print) / "usr" / "bin" / PACKAGE


@contextmanager
def node_exporter(path: Path, collectors: Sequence[str], log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process and HOST:PORT of one with these collectors alone."""
    address = f"127.0.0.1:{free_port()}"
    command = [str(path), f"--web.listen-address={address}", "--collector.disable-defaults"]
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [*command, *(f"--collector.{name}" for name in collectors)], stdout=out, stderr=subprocess.STDOUT
        ) as running,
    ):
        try:
            wait_for(lambda: is_node_exporter(address), "node_exporter")
            yield running, address
        finally:
            running.terminate()
