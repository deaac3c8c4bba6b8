from __future__ import annotations

from collections.abc import Iterator

import pytest

from loadline.bench import Bench
from tests.exporter.containers.real_engine import RealEngine, obtain


@pytest.fixture(scope="session")
def real_engine(session_bench: Bench) -> Iterator[RealEngine]:
    """One Docker engine for the whole session, or for each worker of it."""
    engine = obtain(session_bench)
    yield engine
    engine.client.close()
