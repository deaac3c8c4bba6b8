"""How a command that runs until it is told to end is told so."""

from __future__ import annotations

import signal
import threading

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def stop_on_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set, as often as they come.

    The signals are blocked and waited for in a thread: a handler that sets the event in the main thread could
    meet it inside ``wait`` and find its lock taken.
    """
    stop = threading.Event()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    def wait() -> None:
        signal.sigwait(SIGNALS)
        stop.set()

    threading.Thread(target=wait, name="signals", daemon=True).start()
    return stop
