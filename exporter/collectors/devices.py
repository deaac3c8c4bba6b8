"""Which disks and interfaces are reported: excluded by name, and no more than so many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from exporter.settings import Option

MOST: Final = 32
"""Disks, and interfaces, reported at most; each is about 17 series. A host with more has a purpose of its own."""


def pattern(text: str) -> re.Pattern[str]:
    """A regular expression as the flags take it; raises ValueError with what is wrong with it."""
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error


DISK_EXCLUDE: Final = Option(
    "--collector.disk.device-exclude",
    "REGEX",
    "Disks to leave out; RAM disks, loop devices and partitions by default, as in node_exporter.",
    pattern(r"^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$"),
    pattern,
)
NETWORK_EXCLUDE: Final = Option(
    "--collector.network.device-exclude",
    "REGEX",
    "Interfaces to leave out; lo by default, as in Debian's node_exporter.",
    pattern(r"^lo$"),
    pattern,
)


class Chosen:
    """Chooses devices by name, and remembers which names the pattern excludes: it is asked at every scrape."""

    def __init__(self, exclude: re.Pattern[str], last: Callable[[str], bool], most: int = MOST) -> None:
        """Where there are more than ``most`` those go first for which ``last`` is true."""
        self._exclude = exclude
        self._last = last
        self._most = most
        self._excluded: dict[str, bool] = {}
        self.left_out = 0
        """How many the last choice left out because of ``most``."""

    def of(self, devices: Iterable[str]) -> list[str]:
        """The devices to report, in their order."""
        wanted = [device for device in devices if not self._is_excluded(device)]
        self.left_out = max(0, len(wanted) - self._most)
        if self.left_out:
            kept = set(sorted(wanted, key=self._last)[: self._most])
            wanted = [device for device in wanted if device in kept]
        return wanted

    def _is_excluded(self, device: str) -> bool:
        if device not in self._excluded:
            if len(self._excluded) > 100 * self._most:  # a host that makes and drops interfaces all day
                self._excluded.clear()
            self._excluded[device] = self._exclude.search(device) is not None
        return self._excluded[device]
