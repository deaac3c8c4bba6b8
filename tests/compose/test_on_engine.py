"""compose.yaml on a real engine: what a person does with it, in this order, and in the end nothing is left of it.

The load is the demo's, which reaches 40 requests/s, and eight VUs beside it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, Final

import pytest

from dashboards.scope import RUN
from loadline.bench import Bench
from loadline.stack import process
from rules import names
from rules.signals.load import VUS
from rules.signals.slo import OF_PROBE
from rules.slo.windows import BURNS, written
from tests.compose import images
from tests.compose.stack import SERVICES, Stack
from tests.real import wait_for

pytestmark = pytest.mark.timeout(300)  # the first test waits for the images too

TRUE_CAPACITY: Final = 40.0
ONCE: Final = ("settings", "grafana-password", "demo")
RUNNING: Final = [name for name in SERVICES if name not in (*ONCE, "k6", "probe")]
UNHEARD: Final = "unheard"
SCRAPED: Final = f'{names.UP}{{{names.JOB}="{names.K6_JOB}",{names.TESTID}="{UNHEARD}"}}'
DEMO: Final = f'{names.TESTID}=~"demo-.*"'
API_PORT, LOOPBACK_PORT, LASTING_PORT, WRITE_PORT = 18080, 18081, 18082, 19090
LASTING: Final = f"http://localhost:{LASTING_PORT}/boards"
WAY: Final = ("tests.compose.forwarder", f"0.0.0.0:{WRITE_PORT}", "127.0.0.1:9090")
"""From a container by the machine to Prometheus: cut, no push arrives, and all else is as it was."""
WINDOWS: Final = {written(one) for burn in BURNS for one in (burn.long, burn.short)}


@pytest.fixture(scope="module")
def lasting(stack: Stack) -> Iterator[None]:
    """A server on the machine that outlives a test."""
    with Bench() as bench:
        _serve(stack, bench, "loadline.sample_api", "--listen", f"0.0.0.0:{LASTING_PORT}")
        yield


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
    url = f"http://localhost:{API_PORT}/boards"
    asked = {"TARGET_URL": url, "SERVER_METRICS": "localhost:9101", "TESTID": "mine"}
    done = stack.compose("run", "--rm", "-T", "k6", VUS="8", DURATION="5s", PUSH_INTERVAL="1s", **asked)
    assert done.returncode == 0, done.stderr
    server = f'up{{{names.ROLE}="{names.ROLE_SERVER}"}}'
    wait_for(lambda: stack.query(server) == {"host.docker.internal:9101": 1.0}, "scrape of the server")
    assert stack.query(f'up{{{names.ROLE}="{names.ROLE_BOTH}"}}') == {"exporter:9101": 1.0}
    sent = f'{names.HTTP_REQS}{{name="{url}",status="200"}}'
    assert stack.query(f"max_over_time({sent}[5m])")["mine"] >= 8
    assert stack.query(sent) == {}, "the end of a run is not marked"


def test_a_k6_that_lives_and_is_not_heard_is_scraped_on_no_port_of_the_machine(
    stack: Stack, bench: Bench, lasting: None
) -> None:
    way = _serve(stack, bench, *WAY)
    asked = {"TARGET_URL": LASTING, "SERVER_METRICS": "localhost:9101", "TESTID": UNHEARD}
    asked |= {"VUS": "1", "DURATION": "10m", "PUSH_INTERVAL": "1s"}
    heard = f"K6_PROMETHEUS_RW_SERVER_URL=http://host.docker.internal:{WRITE_PORT}/api/v1/write"
    done = stack.compose("run", "--rm", "--detach", "-T", "-e", heard, "k6", **asked)
    assert done.returncode == 0, done.stderr
    wait_for(lambda: stack.query(f'{names.VUS}{{{names.TESTID}="{UNHEARD}"}}') == {UNHEARD: 1.0}, "first push")
    tells = 1.0 if images.NEWER_K6.exists() else 0.0  # an older one has no /metrics, and is a target all the same
    wait_for(lambda: stack.query(SCRAPED) == {UNHEARD: tells}, "scrape of k6")
    way.stop()
    assert not any(_k6(stack).attrs["NetworkSettings"]["Ports"].values())


def test_the_probe_asks_localhost_and_its_requests_are_those_of_every_day(stack: Stack, lasting: None) -> None:
    started = stack.compose(
        "--profile", "probe", "up", "--detach", TARGET_URL=LASTING, PROBE_RATE="5", PROBE_DURATION="20s"
    )
    assert started.returncode == 0, started.stderr
    wait_for(lambda: stack.state("probe") == "healthy", "healthy probe", 60)
    burning = f'{names.SLO_BURN_RATE}{{{names.SLO}="requests",{names.WINDOW}!="30d"}}'
    wait_for(lambda: stack.query(burning, names.WINDOW) == dict.fromkeys(WINDOWS, 0.0), "burn rates", 90)
    assert stack.query(names.SLO_OBJECTIVE, names.SLO) == {"requests": 0.95}
    (rate,) = stack.query(names.SLO_REQUESTS, names.SLO).values()
    assert 0 < rate < 6  # over five minutes, of which most were before it


def test_its_answer_is_right_in_the_log_and_in_prometheus(stack: Stack) -> None:
    wait_for(lambda: "kept as /var/lib/loadline/demo-" in stack.logs("watch"), "answer in the log of the watcher", 120)
    said = stack.logs("watch")
    (told,) = re.findall(r"^demo-.*: saturated: ([\d.]+) requests/s \[", said, flags=re.MULTILINE) or [said]
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


def test_pushes_that_stop_while_k6_lives_are_told_and_resolved_when_they_come_again(stack: Stack, bench: Bench) -> None:
    silent = f"warning: Load test {UNHEARD} has sent nothing for "
    wait_for(lambda: silent in stack.logs("watch"), "alert in the log of the watcher", 120)
    assert list(stack.query(SCRAPED)) == [UNHEARD]
    _serve(stack, bench, *WAY)
    again = f"resolved: Load test {UNHEARD} has sent nothing for "
    wait_for(lambda: again in stack.logs("watch"), "end of the alert", 90)
    _k6(stack).stop()
    wait_for(lambda: stack.query(SCRAPED) == {}, "end of the run")


def test_the_engine_starts_the_probe_again_and_nothing_is_told(stack: Stack) -> None:
    wait_for(lambda: stack.starts("probe") >= 2, "second start", 60)
    assert "exited 2" not in stack.state("probe")
    errors = f"max_over_time({names.SLO_ERRORS}[15m])"
    assert stack.query(errors, names.SLO) == {"requests": 0.0}
    fired = f'count by ({names.ALERTNAME}) (last_over_time(ALERTS{{{names.SLO}="requests",{names.TESTID}=""}}[15m]))'
    assert stack.query(fired, names.ALERTNAME) == {}


def test_the_probe_is_no_load_test(stack: Stack) -> None:
    probe, without_test = VUS.selector(OF_PROBE), VUS.selector(RUN.replace(f"${names.TESTID}", ""))
    assert stack.query(f"last_over_time({probe}[15m])") != {}
    assert stack.query(f"last_over_time({without_test}[15m])") == {}  # as a board asks where no test ran
    assert set(stack.query(f"last_over_time({names.GOOD_RATIO}[15m])")) <= _tests(stack)
    assert set(stack.query(names.VERDICT)) <= _tests(stack)
    told = set(re.findall(r"^(\S+): \w+: ", stack.logs("watch"), flags=re.MULTILINE))
    assert told <= _tests(stack)


def test_a_test_that_ended_is_not_said_to_have_stopped(stack: Stack) -> None:
    said = f'last_over_time(ALERTS{{{names.ALERTNAME}="{names.SAMPLES_STOPPED}"}}[15m])'
    assert set(stack.query(said)) == {UNHEARD}  # not the demo, under which Prometheus restarted


def test_a_second_up_loads_nothing_again(stack: Stack) -> None:
    sent = f"max_over_time({names.HTTP_REQS}{{{DEMO}}}[15m])"
    requests = stack.query(sent)
    assert requests
    assert stack.compose("up", "--detach").returncode == 0
    wait_for(lambda: stack.state("demo") == "exited 0", "end of the demo")
    assert stack.logs("demo").splitlines()[-1].startswith("this ran already, on ")
    assert stack.query(sent) == requests


def test_down_leaves_nothing(stack: Stack) -> None:
    done = stack.compose("--profile", "probe", "down", "--volumes")  # without the profile Compose would leave the probe
    assert done.returncode == 0, done.stderr
    client = stack.engine.client
    assert client.containers.list(all=True) == []
    assert client.volumes.list() == []
    assert {network.name for network in client.networks.list()} == {"bridge", "host", "none"}


def _largest(stack: Stack, promql: str) -> float:
    return max(stack.query(promql).values(), default=0.0)


def _k6(stack: Stack) -> Any:
    """The container of the load test that runs."""
    (found,) = stack.engine.client.containers.list(filters={"name": "k6-run"})
    return found


def _tests(stack: Stack) -> set[str]:
    """Those that ran here."""
    demos = stack.query(f"last_over_time({names.VUS}{{{DEMO}}}[15m])")
    return {"mine", UNHEARD, *demos}


def _serve(stack: Stack, bench: Bench, *command: str) -> process.Child:
    """Start a command of ours on the machine of the engine, which is its network namespace."""
    with stack.engine.reached():
        child = process.start(
            command[0], [sys.executable, "-m", *command], bench.folder / "log", bench.interrupts, bench.adopt
        )
    child.until(lambda: "listening on" in child.said(), "getting ready")
    return child
