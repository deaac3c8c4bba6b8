"""compose.yaml on a real engine: what a person does with it, in this order, and in the end nothing is left of it.

The load is the demo's, which reaches 40 requests/s, and eight VUs beside it.
"""

from __future__ import annotations

import re
import sys
from typing import Final

import pytest

from loadline.bench import Bench
from loadline.stack import process
from rules import names
from tests.compose.stack import SERVICES, Stack
from tests.real import wait_for

pytestmark = pytest.mark.timeout(300)  # the first test waits for the images too

TRUE_CAPACITY: Final = 40.0
ONCE: Final = ("settings", "grafana-password", "demo")
RUNNING: Final = [name for name in SERVICES if name not in (*ONCE, "k6", "probe")]
DEMO: Final = f'{names.TESTID}=~"demo-.*"'
API_PORT, LOOPBACK_PORT = 18080, 18081


def test_up_starts_all_of_it_healthy_and_nobody_that_stays_is_root(stack: Stack) -> None:
    wait_for(lambda: {stack.state(name) for name in RUNNING} == {"healthy"}, "healthy services", 60)
    assert [stack.state(name) for name in ONCE] == ["exited 0", "exited 0", "running 0"]
    assert 0 not in {stack.user(name) for name in (*RUNNING, "demo")}


@pytest.mark.parametrize(
    ("env", "code", "said"),
    [
        ({}, 2, "TARGET_URL is not set"),
        ({"TARGET_URL": "http://sample-api:1/"}, 1, "sample-api:1 cannot be reached"),
        ({"TARGET_URL": f"http://localhost:{LOOPBACK_PORT}/"}, 1, "a server that listens on 127.0.0.1 alone"),
    ],
)
def test_a_test_that_cannot_be_is_refused_in_one_line(
    stack: Stack, bench: Bench, env: dict[str, str], code: int, said: str
) -> None:
    _serve(stack, bench, "loadline.sample_api", "--listen", f"127.0.0.1:{LOOPBACK_PORT}")
    done = stack.compose("run", "--rm", "-T", "k6", **env)
    lines = [line for line in done.stderr.splitlines() if line.startswith("loadline: ")]
    assert (done.returncode, len(lines)) == (code, 1), done.stderr
    assert said in lines[0]


def test_prometheus_restarts_in_the_middle_of_the_demo(stack: Stack) -> None:
    wait_for(lambda: _largest(stack, f"{names.VUS}{{{DEMO}}}") > 70, "plateau", 60)
    restarted = stack.compose("restart", "prometheus")
    assert restarted.returncode == 0, restarted.stderr
    wait_for(stack.prometheus_is_ready, "Prometheus")
    assert stack.state("demo") == "running 0"


def test_localhost_is_the_machine_and_its_exporter_is_scraped_as_the_servers(stack: Stack, bench: Bench) -> None:
    _serve(stack, bench, "loadline.sample_api", "--listen", f"0.0.0.0:{API_PORT}")
    _serve(stack, bench, "loadline", "exporter", "--listen", "0.0.0.0:9101")
    asked = {"TARGET_URL": f"http://localhost:{API_PORT}/boards", "SERVER_METRICS": "localhost:9101", "TESTID": "mine"}
    done = stack.compose("run", "--rm", "-T", "k6", VUS="8", DURATION="5s", PUSH_INTERVAL="1s", **asked)
    assert done.returncode == 0, done.stderr
    server = f'up{{{names.ROLE}="{names.ROLE_SERVER}"}}'
    wait_for(lambda: stack.query(server) == {"host.docker.internal:9101": 1.0}, "scrape of the server")
    assert stack.query(f'up{{{names.ROLE}="{names.ROLE_BOTH}"}}') == {"exporter:9101": 1.0}
    sent = f'{names.HTTP_REQS}{{name="{asked["TARGET_URL"]}",status="200"}}'
    assert stack.query(f"max_over_time({sent}[5m])")["mine"] >= 8
    assert stack.query(sent) == {}, "the end of a run is not marked"


def test_its_answer_is_right_in_the_log_and_in_prometheus(stack: Stack) -> None:
    wait_for(lambda: "kept as /var/lib/loadline/demo-" in stack.logs("watch"), "answer in the log of the watcher", 120)
    (told,) = re.findall(r"^demo-.*: saturated: ([\d.]+) requests/s \[", stack.logs("watch"), flags=re.MULTILINE)
    assert float(told) == pytest.approx(TRUE_CAPACITY, rel=0.01)
    wait_for(lambda: stack.query(f'{names.VERDICT}{{verdict="saturated",{DEMO}}} == 1') != {}, "scrape of the verdict")
    low, value, high = (
        _largest(stack, f"{metric}{{{DEMO}}}")
        for metric in (names.MAX_THROUGHPUT_LOW, names.MAX_THROUGHPUT, names.MAX_THROUGHPUT_HIGH)
    )
    assert value == pytest.approx(TRUE_CAPACITY, rel=0.01)
    assert (low, high) == pytest.approx((value, value), rel=0.03)
    assert low <= value <= high


def test_the_demo_is_marked_in_grafana_and_its_password_is_shown_as_the_readme_says(stack: Stack) -> None:
    shown = stack.compose("exec", "-T", "grafana", "cat", "/var/lib/grafana/admin-password").stdout.strip()
    assert len(shown) >= 24
    marks = stack.get("http://127.0.0.1:3000/api/annotations?tags=loadline&limit=1000", auth=("admin", shown))
    assert any("maximum throughput" in mark["text"] or "saturated" in mark["text"] for mark in marks)
    assert all(any(tag.startswith("testid:") for tag in mark["tags"]) for mark in marks)
    traded = stack.compose("exec", "-T", "watch", "cat", "/var/lib/loadline/grafana-token").stdout
    assert traded.startswith("glsa_")


def test_the_alerts_are_loaded_and_go_to_the_watcher(stack: Stack) -> None:
    groups = stack.get("http://127.0.0.1:9090/api/v1/rules?type=alert")["data"]["groups"]
    loaded = {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}
    assert set(loaded.values()) == {"ok"}
    assert set(loaded) >= {names.SLO_LOST, names.FAILURES_STARTED, names.BURNING_FAST, names.TARGET_DOWN}
    told = stack.get("http://127.0.0.1:9090/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
    assert [one["url"] for one in told] == ["http://alertmanager:9093/api/v2/alerts"]
    gone = "warning: exporter at host.docker.internal:9101 cannot be scraped"  # it ended with the test above
    wait_for(lambda: gone in stack.logs("watch"), "alert in the log of the watcher", 120)


def test_a_second_up_loads_nothing_again(stack: Stack) -> None:
    sent = f"max_over_time({names.HTTP_REQS}{{{DEMO}}}[15m])"
    requests = stack.query(sent)
    assert requests
    assert stack.compose("up", "--detach").returncode == 0
    wait_for(lambda: stack.state("demo") == "exited 0", "end of the demo")
    assert stack.logs("demo").splitlines()[-1].startswith("this ran already, on ")
    assert stack.query(sent) == requests


def test_down_leaves_nothing(stack: Stack) -> None:
    done = stack.compose("down", "--volumes")
    assert done.returncode == 0, done.stderr
    client = stack.engine.client
    assert client.containers.list(all=True) == []
    assert client.volumes.list() == []
    assert {network.name for network in client.networks.list()} == {"bridge", "host", "none"}


def _largest(stack: Stack, promql: str) -> float:
    return max(stack.query(promql).values(), default=0.0)


def _serve(stack: Stack, bench: Bench, *command: str) -> None:
    """Start a command of ours on the machine of the engine, which is its network namespace."""
    with stack.engine.reached():
        child = process.start(
            command[0], [sys.executable, "-m", *command], bench.folder / "log", bench.interrupts, bench.adopt
        )
    child.until(lambda: "listening on" in child.said(), "getting ready")
