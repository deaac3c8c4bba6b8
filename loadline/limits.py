"""Open files: a VU holds a connection, a connection is a file, and the usual limit is 1,024."""

from __future__ import annotations

import contextlib
import resource

SPARE_FILES = 256
"""k6's own: logs, the connection to Prometheus, epoll, DNS."""


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
