"""Whose network /proc/net speaks of: that of the process that reads it, which in a container is not the host's."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from exporter.collectors.proc import PROC
from exporter.errors import NothingHere

MARKERS: Final = ("/.dockerenv", "/run/.containerenv")
"""Files by which Docker and Podman mark a container."""
OWN_NETWORK: Final = (
    "this container has a network of its own, whose numbers are not the host's; mount the host's /proc and /sys "
    "and name them by --path.procfs and --path.sysfs, or share the host's network"
)


def net_folder(proc: Path | None, sys: Path | None, markers: Iterable[str] = MARKERS) -> str | None:
    """The folder ``net`` of the host, below ``proc``; None where there is no /proc.

    A /proc that was mounted from the host has process 1 of the host, whose network is the host's; its own ``net``
    leads back to the reader's. Raises NothingHere in a container that was given nothing of its host's.
    """
    if proc is None:
        return None
    if proc != PROC:
        ours = f"{proc}/1/net"
        return ours if os.path.isdir(ours) else f"{proc}/net"
    if any(map(os.path.exists, markers)) and sys and not _has_hardware(sys):
        raise NothingHere(OWN_NETWORK)
    return f"{proc}/net"


def _has_hardware(sys: Path) -> bool:
    """Whether any interface is more than a name: a container's own are not, and a host has at least one."""
    try:
        return any(os.path.exists(f"{sys}/class/net/{device}/device") for device in os.listdir(f"{sys}/class/net"))
    except OSError:
        return False
