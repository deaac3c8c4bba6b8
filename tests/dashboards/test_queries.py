"""Every query of every board, asked of a real Prometheus."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from dashboards.catalogue import BOARDS
from dashboards.house import render
from loadline.stack.binaries import find
from loadline.stack.process import free_port

VARIABLES = {"$testid": "a", "$__rate_interval": "30s", "$__range": "30m"}


@pytest.fixture(scope="module")
def prometheus_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("prometheus")
    config = folder / "prometheus.yml"
    config.write_text("{}\n")
    url = f"127.0.0.1:{free_port()}"
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [
                find("prometheus"),
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={url}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        with requests.Session() as session:
            waits = Retry(total=100, backoff_factor=0.05, backoff_max=0.2, status_forcelist=[503])
            session.mount("http://", HTTPAdapter(max_retries=waits))
            session.get(f"http://{url}/-/ready", timeout=5).raise_for_status()
        yield f"http://{url}"
    finally:
        child.terminate()
        child.wait(20)


def _queries() -> Iterator[Any]:
    for uid, build in BOARDS.items():
        model = json.loads(render(build()))
        for panel in model["panels"]:
            for target in panel.get("targets", []):
                yield pytest.param(target["expr"], id=f"{uid}: {panel['title']} {target['refId']}")
        for mark in model["annotations"]["list"]:
            if "expr" in mark:
                yield pytest.param(mark["expr"], id=f"{uid}: annotation {mark['name']}")


@pytest.mark.parametrize("query", list(_queries()))
def test_prometheus_understands_a_query_of_a_board(prometheus_url: str, query: str) -> None:
    for variable, value in VARIABLES.items():
        query = query.replace(variable, value)
    asked: dict[str, str | float] = {"query": query, "start": 1000, "end": 1600, "step": 5}
    reply = requests.post(f"{prometheus_url}/api/v1/query_range", data=asked, timeout=10)
    assert reply.json()["status"] == "success", reply.text
    assert "$" not in query
