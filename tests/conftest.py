"""Real parts for every test: a Prometheus with what belongs around it, and one real run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from loadline.bench import Bench
from loadline.stack import binaries
from loadline.stack import prometheus as stack
from rules.answer import Answer
from rules.prometheus import Prometheus
from tests.real import RAMP, RealRun, loadline, start_sample_api, start_stack
from tests.shares import InShares, begin_with_the_longest

# No test asks the machine it runs on whether it is an EC2 instance: nobody answers here.
os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1"


# The same examples each time, and no deadline: a red test can be repeated, and a busy machine is no fault. Hypothesis
# would also draw numbers that it finds in our modules, and which of them are loaded depends on what ran before.
providers.HypothesisProvider._local_constants = property(lambda _: Constants())  # type: ignore[assignment,method-assign]
settings.register_profile("loadline", derandomize=True, deadline=None)
settings.load_profile("loadline")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InShares:
    return InShares(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # which a worker has, and a pytest without workers has not
        begin_with_the_longest(items)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench of this test's own."""
    with Bench() as one:
        yield one


@pytest.fixture(scope="session")
def session_bench() -> Iterator[Bench]:
    """A bench for what all tests share."""
    with Bench() as one:
        yield one


@pytest.fixture(scope="session")
def prometheus(session_bench: Bench) -> Prometheus:
    """One real Prometheus for the whole session, or for each worker of it; tests keep apart by their testids."""
    return start_stack(session_bench)


@pytest.fixture
def fresh_prometheus(bench: Bench) -> Prometheus:
    """A Prometheus of this test's own: simulated hosts carry the same names in every run."""
    return stack.start(binaries.obtain("prometheus"), bench.folder, [], bench.interrupts, bench.adopt)


@pytest.fixture(scope="session")
def real_run(session_bench: Bench, prometheus: Prometheus) -> RealRun:
    """One real ``loadline run`` past the knee of a server that does 100 requests/s; takes a minute."""
    url = start_sample_api(session_bench, "--workers", "2", "--service-ms", "20")
    store = session_bench.folder / "store"
    options = ("--prometheus-url", prometheus.url, "--testid", "real", "--store", str(store), "--format", "json")
    done = loadline("run", f"{url}/boards", *RAMP, *options)
    assert done.returncode == 0, done.stderr
    return RealRun(Answer.from_json(done.stdout), prometheus, done.stderr, store, url)
