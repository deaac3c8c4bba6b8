"""``loadline run`` that is killed, and cannot clear up: its load must not go on against anybody's server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.loadline.started import started
from tests.real import wait_for
from tests.site import site

PARTS = ("k6", "prometheus")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_everything_it_started_ends_with_it(tmp_path: Path) -> None:
    with site() as pages:
        load = ("--vus", "4", "--duration", "60s", "--think-time", "200ms")
        with started(tmp_path / "killed", "run", f"{pages.url}/page", *load) as run:
            wait_for(lambda: run.says("Ctrl-C stops") and pages.served["/page"] > 2, "load")
            assert {process.name() for process in run.family()} >= {*PARTS}
            run.process.kill()
            run.process.wait(10)
            wait_for(lambda: run.family() == [], "end of every process", 10)
