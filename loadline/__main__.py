"""``python -m loadline``: a Ctrl-C while the command is still being read ends it without a traceback."""

from __future__ import annotations

import signal


def main() -> None:
    """The command; SIGINT keeps the system's own meaning until there is somebody to catch it."""
    ours = signal.getsignal(signal.SIGINT)
    if ours is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from loadline.cli import main as command

    signal.signal(signal.SIGINT, ours)
    command()


if __name__ == "__main__":
    main()
