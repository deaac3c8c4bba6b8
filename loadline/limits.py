"""What a machine has for VUs. Each holds a connection, which is a file and a local port, and takes memory."""

from __future__ import annotations

import contextlib
import resource
from dataclasses import dataclass
from pathlib import Path

SPARE_FILES = 256
"""k6's own: logs, the connection to Prometheus, epoll, DNS."""
PORT_RANGE = "sys/net/ipv4/ip_local_port_range"
USUAL_PORTS = 16_384
"""49152 to 65535, as IANA has it and macOS does, where the system does not tell."""


@dataclass(frozen=True)
class ForVus:
    """What there is for VUs."""

    available_bytes: int
    ports: int
    """Local ports for connections to one address and port."""


def for_vus(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> ForVus:
    """Of this machine, or of the container that this is."""
    import psutil  # slow to import, and for runs that find their own range alone

    available = int(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError):  # "max" is no limit
        limit, used = (int((cgroup / f"memory.{name}").read_text()) for name in ("max", "current"))
        available = min(available, max(0, limit - used))
    try:
        low, high = map(int, (proc / PORT_RANGE).read_text().split())
    except (OSError, ValueError):
        return ForVus(available, USUAL_PORTS)
    return ForVus(available, max(1, high - low + 1))


def raise_open_files(vus: int) -> str | None:
    """Raise the limit that k6 will inherit to what ``vus`` need; a sentence about the shortfall where it cannot."""
    needed = vus + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= needed or soft == resource.RLIM_INFINITY:
        return None
    wanted_hard = hard if hard == resource.RLIM_INFINITY else max(hard, needed)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, wanted_hard))
        return None
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return (
        f"{vus:,} VUs need {needed:,} open files and this user may have {hard:,}: connections beyond that will fail. "
        f"Raise it with ulimit -n {needed} (as root, or in /etc/security/limits.conf)"
    )
