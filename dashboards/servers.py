"""What the rows of the board "Server" have in common."""

from __future__ import annotations

from typing import Final

from dashboards.scope import SERVERS, WINDOW
from rules.signals import machine
from rules.signals.signal import Signal

NOBODY: Final = "no machine with role server is scraped"
NO_PRESSURE: Final = "not reported: this kernel keeps no pressure (psi=1 turns it on)"


def rate(signal: Signal) -> str:
    """Its increase per second on the chosen servers."""
    return machine.rate(signal, WINDOW, SERVERS)
