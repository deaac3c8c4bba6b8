"""Files that are generated and committed: written by their generator, or checked to be what it would write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TextIO


def write_or_check(files: Mapping[Path, str], *, check: bool, command: str, out: TextIO) -> int:
    """Write each text to its path, or with ``check`` only compare; the exit code, 1 where a file is stale.

    ``command`` is what makes them current, for the message. Doing it again says "up to date".
    """
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text("utf-8") != text]
    for path in stale:
        if check:
            out.write(f"{path} is stale; run {command}\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
            out.write(f"{path} written\n")
    if not stale:
        out.write(f"{len(files)} generated file{'s' if len(files) != 1 else ''} up to date\n")
    return 1 if check and stale else 0
