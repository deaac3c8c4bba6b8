"""Real parts for every test: a Prometheus, and a bench whose processes end with the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loadline.bench import Bench
from loadline.stack import binaries
from loadline.stack import prometheus as stack
from rules.prometheus import Prometheus


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench of this test's own."""
    with Bench() as one:
        yield one


@pytest.fixture(scope="session")
def prometheus() -> Iterator[Prometheus]:
    """One real Prometheus for the whole session; tests keep apart by their testids."""
    with Bench() as one:
        yield stack.start(binaries.find("prometheus"), one.folder, [], one.interrupts, one.adopt)
