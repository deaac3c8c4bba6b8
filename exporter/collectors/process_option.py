"""``--process NAME=PATTERN``: which processes make which group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from exporter.collectors.devices import pattern
from exporter.settings import Option


class Group(NamedTuple):
    """Processes whose command line has ``pattern`` in it are reported under ``name``."""

    name: str
    pattern: re.Pattern[str]


def read_group(text: str) -> Group:
    """``k6=k6 run`` is the group k6. Raises ValueError where there is no name, no pattern, or no regular expression."""
    name, equals, regex = text.partition("=")
    if not (name.strip() and equals and regex.strip()):
        raise ValueError(f"{text!r} is not NAME=PATTERN; write for example api=gunicorn or k6='k6 run'")
    return Group(name.strip(), pattern(regex))


PROCESSES: Final[Option[Sequence[Group]]] = Option(
    "--process",
    "NAME=PATTERN",
    "Report CPU, memory, threads and open files of the processes whose command line has this regular expression in it. "
    r"Repeatable; in the environment separated by spaces, so write \s for one in a pattern.",
    (),
    read_group,
    many=True,
)
