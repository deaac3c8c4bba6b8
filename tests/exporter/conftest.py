from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import Any, Protocol

import pytest

from exporter.collector import Collector
from exporter.server import serve
from tests.exporter.hanging import Hanging
from tests.exporter.raw_http import Faults


class Serving(Protocol):
    def __call__(self, collectors: Sequence[Collector], **options: Any) -> str:
        """Serves ``collectors`` with the keywords of ``serve``; the URL."""


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Starts the exporter on a free port with these collectors, and gives its URL."""
    with ExitStack() as stack:
        yield lambda collectors, **options: stack.enter_context(_served(collectors, options))


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    one = Hanging()
    yield one
    one.let_go.set()


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Ways in which a server fails its client; those that keep silent are let go in the end."""
    made = Faults()
    yield made
    made.release.set()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """For servers that a test starts itself; they end with it."""
    with ExitStack() as one:
        yield one


@contextmanager
def _served(collectors: Sequence[Collector], options: dict[str, Any]) -> Iterator[str]:
    urls: SimpleQueue[str] = SimpleQueue()
    stop = threading.Event()
    thread = threading.Thread(target=serve, args=("127.0.0.1:0", stop, collectors, urls.put), kwargs=options)
    thread.start()
    try:
        yield urls.get(timeout=10)
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()
