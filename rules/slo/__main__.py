"""``python -m rules.slo [--check]``: the committed rule files, written anew or checked to be current."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from rules.generated import write_or_check
from rules.slo.file import read
from rules.slo.files import COMMAND, render

COMPOSE: Final = Path(__file__).parents[2] / "compose"
SOURCE: Final = COMPOSE / "slo.yaml"
FOLDER: Final = COMPOSE / "prometheus" / "rules"


def main(
    arguments: Sequence[str] | None = None, source: Path = SOURCE, folder: Path = FOLDER, out: TextIO = sys.stdout
) -> int:
    """The exit code: 1 where ``--check`` finds a file stale, and says so."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write the rules of compose/slo.yaml, or check them.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is stale")
    files = {folder / name: text for name, text in render(read(source)).items()}
    return write_or_check(files, check=parser.parse_args(arguments).check, command=COMMAND, out=out)


if __name__ == "__main__":
    sys.exit(main())
