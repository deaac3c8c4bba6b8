"""A child that dies with its parent, however that dies: also by SIGKILL, which leaves the parent no moment to clear up.

As a script, ``tied.py PARENT COMMAND…`` asks Linux for it (prctl(2), PR_SET_PDEATHSIG), then becomes COMMAND: same
process id, no process between. The request must come from the child itself, and outlives the exec; Popen's
preexec_fn would run Python between fork and exec, which may hang where the parent has threads, and util-linux's
setpriv is not on every system and does not see a parent that died before it asked. The kernel takes the end of the
*thread* that forked for the parent's.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""
NOT_STARTED = 127
"""As a shell ends where it cannot start a command."""

Command = Sequence[str | os.PathLike[str]]


def command(given: Command, platform: str = sys.platform) -> Command:
    """``given``, tied to this process on Linux; as it is elsewhere."""
    if platform != "linux":
        return given
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *given]  # no site: 15 ms of CPU


def main(parent: int, given: list[str]) -> None:
    """Becomes ``given``; returns only where it cannot."""
    with contextlib.suppress(ImportError):  # a Python built without it: the child runs, untied
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # the one signal that no script can delay
    if os.getppid() != parent:
        return  # it died while this was being started
    try:
        os.execvp(given[0], given)  # noqa: S606  # no shell is wanted
    except OSError as error:
        sys.stderr.write(f"{given[0]} cannot be started ({error.strerror})\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
    sys.exit(NOT_STARTED)
