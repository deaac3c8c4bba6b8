from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from loadline.bench import Bench
from tests.compose import images
from tests.compose.stack import Stack, docker_compose, pinned
from tests.exporter.containers import real_engine


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """After `docker compose up -d` in an engine of its own: images under others' names are for no other engine."""
    if reason := images.missing():
        pytest.skip(reason)
    if docker_compose("version").returncode:
        pytest.skip("docker compose is not installed (bash .ci/compose-plugin builds it)")
    with Bench() as bench:
        engine = real_engine.start(bench)
        images.load(engine.client, bench.folder, pinned())
        stack = Stack(engine)
        try:
            _succeeded(stack.compose("up", "--detach"))
            yield stack
        finally:
            stack.compose("--profile", "*", "down", "--volumes", "--timeout", "2")


def _succeeded(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr[-2000:]
