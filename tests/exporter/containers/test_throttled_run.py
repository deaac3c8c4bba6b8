"""A real run against a container whose CPU limit is its capacity: the answer says so."""

from __future__ import annotations

import pytest
import requests

from exporter.catalogue import CATALOGUE
from exporter.settings import variable
from loadline.bench import Bench
from loadline.stack import binaries
from loadline.stack import prometheus as stack
from loadline.stack.store import EXPORTER_JOB, start_exporter
from rules.answer import Answer
from rules.names import ROLE_SERVER
from tests.exporter.containers.real_engine import RealEngine
from tests.real import loadline, wait_for

SERVER = r"""
mkdir -p /www/cgi-bin
cat > /www/cgi-bin/boards <<'END'
#!/bin/sh
i=0; while [ $i -lt 4000 ]; do i=$((i+1)); done
printf "Content-Type: text/plain\r\n\r\nok"
END
chmod +x /www/cgi-bin/boards
exec httpd -f -h /www -p 80
"""
"""busybox's web server, and a page that takes some milliseconds of CPU."""
LIMIT = 100_000_000
"""0.1 cores, in billionths: about 15 to 30 requests/s, which a busy machine has left too."""
RAMP = ("--vus", "120", "--duration", "60s", "--think-time", "500ms")
"""Past the knee, of some 16 VUs, after a sixth of the time."""
pytestmark = pytest.mark.timeout(200)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).text == "ok"
    except requests.RequestException:
        return False


@pytest.fixture
def containers_alone(real_engine: RealEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exporter that is started says nothing of this machine, which other tests may be keeping busy."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{real_engine.socket}")
    for line in CATALOGUE:
        if line.of_node_exporter:
            monkeypatch.setenv(variable(f"--collector.{line.name}"), "false")


@pytest.mark.usefixtures("containers_alone")
def test_the_cpu_limit_of_the_servers_container_is_named(real_engine: RealEngine, bench: Bench) -> None:
    with real_engine.container(SERVER, nano_cpus=LIMIT) as container, real_engine.reached():
        container.reload()
        url = f"http://{container.attrs['NetworkSettings']['IPAddress']}/cgi-bin/boards"
        wait_for(lambda: answers(url), "an answer of the container")
        targets = [(EXPORTER_JOB, start_exporter(bench), ROLE_SERVER)]
        client = stack.start(binaries.obtain("prometheus"), bench.folder, targets, bench.interrupts, bench.adopt)
        store = str(bench.folder / "store")
        done = loadline("run", url, *RAMP, "--prometheus-url", client.url, "--store", store, "--format", "json")
    assert done.returncode == 0, done.stderr
    told = Answer.from_json(done.stdout).bottleneck
    assert told is not None
    assert told.resource == "container cpu", told.because
    assert told.because.startswith(f"the CPU limit of the container {container.name} of 127.0.0.1:")
    assert told.utilisation == pytest.approx(1.0, abs=0.1)
