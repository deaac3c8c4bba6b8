"""Where Linux keeps its numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc") if sys.platform == "linux" else None
"""The production default of every collector that reads /proc; None on systems that have none: psutil is asked."""
SYS: Final = Path("/sys") if sys.platform == "linux" else None
"""As PROC, for /sys."""
