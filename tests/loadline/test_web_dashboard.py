"""``--web-dashboard``: k6's page, on loopback, does not hold the answer back while a browser looks at it."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import psutil
import pytest
import requests

from loadline.bench import Bench
from loadline.k6 import WEB_DASHBOARD_PORT
from rules.answer import Answer
from rules.finding import Verdict
from rules.prometheus import Prometheus
from tests.loadline.started import started
from tests.real import start_sample_api, wait_for

EVENTS = f"http://127.0.0.1:{WEB_DASHBOARD_PORT}/events"


def test_the_answer_comes_while_the_page_is_open_and_ctrl_c_then_ends_with_its_code(
    bench: Bench, prometheus: Prometheus, tmp_path: Path
) -> None:
    try:
        socket.create_server(("127.0.0.1", WEB_DASHBOARD_PORT)).close()
    except OSError:
        pytest.skip(f"port {WEB_DASHBOARD_PORT}, which k6's page always has, is taken by somebody else")
    url = start_sample_api(bench, "--workers", "2", "--service-ms", "20")
    load = ("--vus", "3", "--duration", "6s", "--think-time", "200ms", "--web-dashboard")
    where_to = ("--prometheus-url", prometheus.url, "--testid", "page", "--format", "json")
    with started(tmp_path / "page", "run", f"{url}/boards", *load, *where_to) as run:
        pages: list[requests.Response] = []

        def page_opens() -> bool:
            try:
                pages.append(requests.get(EVENTS, stream=True, timeout=60))
            except requests.ConnectionError:
                assert run.process.poll() is None, run.err
                return False
            return True

        wait_for(page_opens, "page of k6")
        with pages[0]:
            (k6,) = [process for process in run.family() if process.name() == "k6"]
            listening = {one.laddr for one in k6.net_connections("tcp") if one.status == psutil.CONN_LISTEN}
            assert ("127.0.0.1", WEB_DASHBOARD_PORT) in listening
            assert {address for address, _ in listening} == {"127.0.0.1"}
            wait_for(lambda: run.says("k6's page stays at http://127.0.0.1:5665 until you close it"), "answer")
            assert run.process.poll() is None
            assert Answer.from_json(run.out).verdict is Verdict.INCONCLUSIVE
            run.process.send_signal(signal.SIGINT)
            assert run.process.wait(15) == 4
    assert "Traceback" not in run.err
    assert run.family() == []
