"""Real runs against servers that run out of something else than CPU: the answer says of what."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from subprocess import CompletedProcess

import pytest

from exporter.catalogue import CATALOGUE
from exporter.settings import variable
from loadline.bench import Bench
from loadline.stack import binaries, process
from loadline.stack import prometheus as stack
from loadline.stack.store import EXPORTER_JOB, PROCESS_VARIABLE, start_exporter
from rules.answer import Answer
from rules.finding import Verdict
from rules.names import ROLE_SERVER
from tests.benchmarks.real.closing import CAPACITY, ClosingServer
from tests.few_files import FILES, SERVICE_SECONDS
from tests.real import loadline

RAMP = ("--vus", "440", "--duration", "60s", "--think-time", "500ms")
"""Five times the knee of about 60 requests/s, each of which holds a connection for a second."""
SHORT_QUEUE = ("--vus", "125", "--duration", "95s", "--think-time", "200ms")
"""Three times the knee of 200 requests/s, each of 20 ms; with more, TCP tries so seldom that it idles. Long enough for
30 s without a break on a busy machine too, where the server, a thread of the test's own process, idles more."""


pytestmark = pytest.mark.timeout(200)


def only(*collectors: str) -> dict[str, str]:
    """Variables by which an exporter says nothing else of this machine, which other tests may be keeping busy."""
    off = (line.name for line in CATALOGUE if line.of_node_exporter and line.name not in collectors)
    return {variable(f"--collector.{name}"): "false" for name in off}


def few_files(bench: Bench) -> CompletedProcess[str]:
    """With all that ``loadline run`` starts by itself; the API is named to its exporter by the environment."""
    command = [sys.executable, "-m", "tests.few_files"]
    server = process.start("server", command, bench.folder / "server.log", bench.interrupts, bench.adopt)
    server.until(lambda: "listening on" in server.tail(), "getting ready")
    env = {PROCESS_VARIABLE: r"api=-m\stests\.few_files", **only()}
    return loadline("run", server.tail().split()[2], *RAMP, *kept(bench, "files"), env=env)


def short_queue(bench: Bench) -> CompletedProcess[str]:
    """With an exporter that is labelled as the server's."""
    with pytest.MonkeyPatch.context() as environ:
        for name, value in only("sockets").items():
            environ.setenv(name, value)
        targets = [(EXPORTER_JOB, start_exporter(bench), ROLE_SERVER)]
    client = stack.start(binaries.obtain("prometheus"), bench.folder, targets, bench.interrupts, bench.adopt)
    server = ClosingServer()
    try:
        url = "http://{}:{}/".format(*server.address)
        return loadline("run", url, "--prometheus-url", client.url, *SHORT_QUEUE, *kept(bench, "queue"))
    finally:
        server.close()


def kept(bench: Bench, name: str) -> tuple[str, ...]:
    return "--store", str(bench.folder / name), "--format", "json"


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    """Of both runs, which take a minute and little of the machine, at the same time."""
    with Bench() as bench, ThreadPoolExecutor() as threads:
        running = {one.__name__: threads.submit(one, bench) for one in (few_files, short_queue)}
        done = {name: one.result() for name, one in running.items()}
    assert all(one.stdout for one in done.values()), [one.stderr for one in done.values()]
    return {name: Answer.from_json(one.stdout) for name, one in done.items()}


def test_a_low_limit_of_open_files_is_named(answers: dict[str, Answer]) -> None:
    answer = answers[few_files.__name__]
    assert answer.verdict is Verdict.SATURATED, answer.because
    assert answer.max_throughput.value == pytest.approx((FILES - 5) / SERVICE_SECONDS, rel=0.1)  # the others are none
    told = answer.bottleneck
    assert told is not None
    assert told.resource == "process file descriptors", told.because
    assert told.because.startswith("the limit of open files of the process api of 127.0.0.1:")
    assert told.utilisation == pytest.approx(1.0, abs=0.05)


def test_k6_that_tells_nothing_of_itself_is_known_by_the_exporter_that_the_run_starts(
    answers: dict[str, Answer],
) -> None:
    k6 = answers[few_files.__name__].generator.k6
    assert k6 is not None
    assert k6.cpu_cores is not None
    assert 0.0 < k6.cpu_cores < 2.0
    assert k6.memory_bytes is not None
    assert k6.memory_bytes > 20e6


def test_an_accept_queue_that_overflows_is_named(answers: dict[str, Answer]) -> None:
    answer = answers[short_queue.__name__]
    assert answer.verdict is Verdict.SATURATED, answer.because
    assert answer.max_throughput.value == pytest.approx(CAPACITY, rel=0.1)
    told = answer.bottleneck
    assert told is not None
    assert told.resource == "accept queue", told.because
    assert told.because.startswith("connections overflowed the accept queue of 127.0.0.1:")
