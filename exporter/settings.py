"""What a collector may be told by flag or environment. Standard library only: ``--help`` reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast

from exporter.collectors.proc import PROC, SYS

T = TypeVar("T")

PREFIX: Final = "LOADLINE_EXPORTER_"
DEADLINE_SECONDS: Final = 3.0
"""How long a scrape waits. Prometheus gives up after 10 s by default, and after the interval where that is less."""


@dataclass(frozen=True)
class Option(Generic[T]):
    """One flag beside a collector's own, such as ``--process NAME=PATTERN``.

    ``read`` makes the value of the text that was given, and raises ValueError with one line that says what to write.
    With ``many`` the flag is repeatable, the values are separated by spaces in the environment, and ``T`` is the
    tuple of all that ``read`` made.
    """

    flag: str
    metavar: str
    help: str
    default: T
    read: Callable[[str], Any] = str
    many: bool = False


@dataclass(frozen=True)
class Settings:
    """Where the host's numbers are (None: this system has none), and the options that were given."""

    proc: Path | None = PROC
    sys: Path | None = SYS
    given: Mapping[str, object] = field(default_factory=dict)
    """Value by flag."""

    def __getitem__(self, option: Option[T]) -> T:
        return cast(T, self.given.get(option.flag, option.default))


def variable(flag: str) -> str:
    """The environment variable that stands for a flag: ``--path.procfs`` is LOADLINE_EXPORTER_PATH_PROCFS."""
    return PREFIX + flag.removeprefix("--").upper().replace(".", "_").replace("-", "_")
