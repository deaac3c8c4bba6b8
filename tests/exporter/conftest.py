from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from exporter.collector import Collector
from exporter.server import serve

Serving = Callable[[Sequence[Collector]], str]


@pytest.fixture
def proc() -> Path:
    """A fake /proc with three cores and 16 GB."""
    return Path(__file__).parent / "proc"


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Starts the exporter on a free port with these collectors, and gives its URL."""
    with ExitStack() as stack:
        yield lambda collectors: stack.enter_context(_served(collectors))


@contextmanager
def _served(collectors: Sequence[Collector]) -> Iterator[str]:
    urls: SimpleQueue[str] = SimpleQueue()
    stop = threading.Event()
    thread = threading.Thread(target=serve, args=("127.0.0.1:0", stop, collectors, urls.put))
    thread.start()
    try:
        yield urls.get(timeout=10)
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()
