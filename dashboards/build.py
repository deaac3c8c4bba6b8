"""``python -m dashboards.build [--check]``: write the boards that Grafana is provisioned with, or check them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from dashboards.catalogue import BOARDS
from dashboards.house import render
from rules.generated import write_or_check

COMMAND = "python -m dashboards.build"
FOLDER = Path(__file__).parent.parent / "compose" / "grafana" / "dashboards"


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER, out: TextIO = sys.stdout) -> int:
    """The exit code: 1 where ``--check`` finds a stale file, which it names."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Write the Grafana boards, or check them.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a board is stale")
    files = {folder / f"{uid}.json": render(build()) for uid, build in BOARDS.items()}
    return write_or_check(files, check=parser.parse_args(arguments).check, command=COMMAND, out=out)


if __name__ == "__main__":
    sys.exit(main())
