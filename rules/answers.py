"""The store of answers: ``<root>/<testid>/<start>/answer.json``, so that they outlive Prometheus's retention.

The folder of an answer is its report's place as well.
"""

from __future__ import annotations

import builtins
import hashlib
import logging
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Final
from urllib.parse import quote

from rules import whole_file
from rules.answer import Answer, Plan
from rules.errors import StoreError, UnknownRunError

log = logging.getLogger(__name__)

FILE: Final = "answer.json"
UNTAGGED: Final = "untagged"
LONGEST_NAME = 200
"""Bytes of a folder's name; file systems take 255."""


def default_root(environ: Mapping[str, str]) -> Path:
    """$LOADLINE_STORE, else $XDG_DATA_HOME/loadline, else ~/.local/share/loadline; raises StoreError without a home."""
    if chosen := environ.get("LOADLINE_STORE"):
        return Path(chosen)
    data = Path(environ.get("XDG_DATA_HOME", ""))
    if data.is_absolute():  # the XDG specification has relative ones ignored
        return data / "loadline"
    try:
        home = Path(environ.get("HOME") or Path.home())
    except RuntimeError as error:
        raise StoreError("there is no home folder to keep answers in", "Name one with --store") from error
    return home / ".local" / "share" / "loadline"


class AnswerStore:
    """The answers under ``root``, which is made when the first is saved."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, answer: Answer) -> Path:
        """Where this answer and its report belong, whether or not the folder is there yet."""
        start = answer.window.start.astimezone(UTC)
        return self.root / folder_name(answer.testid) / f"{start:%Y%m%dT%H%M%SZ}"

    def save(self, answer: Answer) -> Path:
        """Write it, whole or not at all; gives the file's path. Raises StoreError."""
        path = self.folder(answer) / FILE
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            whole_file.write(path, answer.to_json() + "\n")
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written: {error.strerror or error}",
                "Make room or set the permissions there, or choose another folder with --store",
            ) from error
        return path

    def kept(self, answer: Answer) -> Answer | None:
        """The answer that is in this one's place already; None where there is none that can be read."""
        return _read(self.folder(answer) / FILE)

    def list(self) -> builtins.list[Answer]:
        """Every answer that can be read, newest run first; a broken file is skipped with a warning."""
        read = [_read(path) for path in self.root.glob(f"*/*/{FILE}")]
        return sorted((one for one in read if one), key=_begun, reverse=True)

    def load(self, testid: str | None) -> Answer:
        """The answer to the newest run of ``testid``; raises UnknownRunError."""
        mine = self._of(testid)
        if not mine:
            raise UnknownRunError(
                f"no answer for {f'testid {testid!r}' if testid else 'an untagged run'} in {self.root}",
                "See loadline runs for those that are kept; loadline analyze makes one from Prometheus",
            )
        return max(mine, key=_begun)

    def repeated(self, testid: str) -> builtins.list[Answer]:
        """The answers to the newest runs ``testid-1``, ``testid-2`` and so on, each later than the one before.

        An earlier repetition under the same name may have had more runs; they are not of this one.
        """
        found: builtins.list[Answer] = []
        while mine := self._of(f"{testid}-{len(found) + 1}"):
            newest = max(mine, key=_begun)
            if found and _begun(newest) <= _begun(found[-1]):
                break
            found.append(newest)
        return found

    def plan(self, testid: str | None, start: float, end: float) -> Plan | None:
        """What k6 was to do in the run of ``testid`` between two unix times; None where no answer to it tells."""
        return next(
            (
                one.plan
                for one in self._of(testid)
                if one.plan and one.window.start.timestamp() <= end and start <= one.window.end.timestamp()
            ),
            None,
        )

    def _of(self, testid: str | None) -> builtins.list[Answer]:
        found = [_read(path) for path in self.root.glob(f"{folder_name(testid)}/*/{FILE}")]
        return [one for one in found if one and (one.testid or None) == (testid or None)]


def _begun(answer: Answer) -> float:
    """By timestamp: a file that somebody edited may hold a time without a zone."""
    return answer.window.start.timestamp()


def folder_name(testid: str | None) -> str:
    """A name that every file system takes, and that no other testid has: percent-quoted, cut with a hash if long."""
    if not testid:
        return UNTAGGED
    name = quote(testid, safe="", errors="surrogateescape")
    if name == UNTAGGED or name.startswith("."):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return name


def _read(path: Path) -> Answer | None:
    try:
        return Answer.from_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        log.warning("%s is skipped: it is no answer (%s)", path, reason)
        return None
