"""What holds for every file: its length, and that it knows nobody's machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Final

import pytest

from tests.policy import tree

LONGEST: Final = 250
LONG_WITH_REASON: Final[dict[str, str]] = {}
# Written by a program, or recorded from one; their length is not a reader's burden.
GENERATED: Final = (".lock", ".json", ".ambr", ".svg", ".png")
RECORDED: Final = ("tests/exporter/node_exporter-", "tests/exporter/__snapshots__/", "tests/exporter/proc/")

# Assembled, so that this file does not hold what it forbids.
MACHINE: Final = re.compile("|".join((r"(?<![\w.}])/(?:wor" + r"k|home/\w+|Users/\w+)/", r"\.\./shar" + "ed")))
MACHINE_WITH_REASON: Final[dict[str, str]] = {}


def lines_of_a_machine(text: str) -> Iterator[int]:
    """Lines that name a folder of somebody's own machine."""
    return (number for number, line in enumerate(text.splitlines(), start=1) if MACHINE.search(line))


def test_no_file_has_a_second_subject() -> None:
    found = []
    for path in tree.all_files():
        name = tree.name(path)
        written_by_us = path.suffix not in GENERATED and not name.startswith(RECORDED)
        length = len(path.read_bytes().splitlines())
        if written_by_us and length > LONGEST and name not in LONG_WITH_REASON:
            found.append(f"{name} has {length} lines; past {LONGEST} a file has a second subject")
    assert not found, "\n".join(found)


def test_no_link_is_kept() -> None:
    """One that leads to a folder of somebody's machine takes the place of that very folder when it is checked out."""
    done = subprocess.run(["git", "ls-files", "--stage"], cwd=tree.ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - whichever git this machine has
    assert [line for line in done.stdout.splitlines() if line.startswith("120000 ")] == []


def test_no_file_names_somebodys_machine() -> None:
    found = [
        f"{tree.place(path, line)} names a folder of one machine"
        for path in tree.all_files()
        if tree.name(path) not in MACHINE_WITH_REASON and path.suffix != ".png"
        for line in lines_of_a_machine(path.read_text(errors="replace"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("fine\ncd /ho" + "me/ann/loadline", [2]),
        ("/wor" + "k/main", [1]),
        ("https://example.com/wor" + "k/x", []),
        ("tests/wor" + "k/x", []),
    ],
)
def test_a_machines_folder_is_seen(text: str, lines: list[int]) -> None:
    assert list(lines_of_a_machine(text)) == lines
