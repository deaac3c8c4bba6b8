"""compose/k6 by the shells that may read it, without an engine: busybox's as in the image of k6, and Debian's dash."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.compose.rootfs import BUSYBOX
from tests.compose.stack import ROOT

K6: Final = ROOT / "compose" / "k6"
SHELLS: Final = [["dash"], [str(BUSYBOX), "sh"]] if BUSYBOX.exists() and shutil.which("dash") else [["sh"]]
EACH: Final = pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: Path(shell[0]).name)
