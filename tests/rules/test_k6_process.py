"""What k6 tells of itself, scraped by a real Prometheus from a page like its own, and read again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from loadline.bench import Bench
from loadline.stack import prometheus as stack
from rules import names
from rules.host_reading import HostSamples, by_name
from rules.hosts import per_host
from rules.k6_process import processes_on, read_on_grid, read_raw
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.series import Floats, Series
from rules.timeline import K6Process
from tests.real import wait_for
from tests.simulator.remote_write import send

SECONDS = 60.0


def told(end: float, instance: str, testid: str, job: str = names.K6_JOB) -> list[Series]:
    """A minute of a process that keeps 0.8 of 2 cores busy and has 300 of 1,024 files open."""
    t = np.arange(end - SECONDS - 10, end + 0.5, 5.0)
    values = {
        names.PROCESS_CPU: 0.8 * (t - t[0]),
        names.GO_MAX_PROCS: np.full(t.size, 2.0),
        names.PROCESS_MEMORY: np.full(t.size, 2e8),
        names.PROCESS_FILES: np.full(t.size, 300.0),
        names.PROCESS_FILES_LIMIT: np.full(t.size, 1024.0),
    }
    labels = {names.JOB: job, names.INSTANCE: instance} | ({names.TESTID: testid} if testid else {})
    return [Series({"__name__": metric, **labels}, t, value) for metric, value in values.items()]


def on_bins(edges: Floats, samples: HostSamples) -> tuple[K6Process, ...]:
    return processes_on(edges, samples, per_host(samples))


@pytest.fixture(scope="module")
def end() -> float:
    return float(np.floor(time.time())) - 1.0


@pytest.fixture(scope="module")
def filled(prometheus: Prometheus, end: float) -> Prometheus:
    """The run's process, those of another run and of none, and an exporter that has the same names."""
    others = [("b:1", "other", names.K6_JOB), ("c:1", "", names.K6_JOB), ("d:1", "mine", "node")]
    series = told(end, "a:1", "mine") + [one for other in others for one in told(end, *other)]
    send(series, f"{prometheus.url}/api/v1/write")
    return prometheus


@pytest.mark.parametrize("reading", ["raw", "grid"])
def test_a_runs_own_processes_are_read_and_nobody_elses(reading: str, filled: Prometheus, end: float) -> None:
    run = Run("mine", 'testid="mine"', end - SECONDS, end)
    samples: HostSamples = read_raw(filled, run) if reading == "raw" else read_on_grid(filled, run, 5)
    (process,) = on_bins(np.arange(run.start + 10, run.end - 9, 10.0), samples)
    assert process.instance == "a:1"
    assert process.cpu == pytest.approx(0.8, abs=0.01)
    assert process.cores == pytest.approx(2.0)
    assert process.memory == pytest.approx(2e8)
    assert process.open_files == pytest.approx(300)
    assert process.files_limit == pytest.approx(1024)


def test_an_untagged_run_has_the_processes_without_a_testid(filled: Prometheus, end: float) -> None:
    samples = read_raw(filled, Run(None, 'team="a"', end - SECONDS, end))
    assert {one.labels[names.INSTANCE] for group in samples.values() for one in group} == {"c:1"}


def test_what_is_not_told_is_unknown() -> None:
    cpu = told(1000.0, "a:1", "mine")[0]
    (process,) = on_bins(np.arange(950.0, 990.0, 10.0), {names.PROCESS_CPU: [cpu]})
    assert process.cpu == pytest.approx(0.8)
    assert np.isnan(process.cores).all()
    assert np.isnan(process.open_files).all()


def of_machine(role: str) -> HostSamples:
    """A minute of what an exporter tells of k6, with 0.5 cores in either mode, and of the API beside it."""
    t = np.arange(940.0, 1000.5, 5.0)
    machine = {names.INSTANCE: "10.0.1.20:9101", names.JOB: "exporter", names.ROLE: role}

    def one(metric: str, values: Floats, name: str, **labels: str) -> Series:
        return Series({"__name__": metric, **machine, names.PROCESS_GROUP: name, **labels}, t, values)

    def group(name: str, factor: float) -> list[Series]:
        cpu = [one(names.NAMED_CPU, factor * 0.5 * (t - t[0]), name, mode=mode) for mode in ("user", "system")]
        return [*cpu, one(names.NAMED_FILES, np.full(t.size, factor * 300.0), name)]

    return by_name([*group(names.K6_GROUP, 1.0), *group("api", 3.0)])


@pytest.mark.parametrize("role", ["generator", "both"])
def test_k6_that_tells_nothing_is_known_by_the_exporter_on_its_machine(role: str) -> None:
    (process,) = on_bins(np.arange(950.0, 990.0, 10.0), of_machine(role))
    assert process.instance == "10.0.1.20:9101"
    assert process.cpu == pytest.approx(1.0)
    assert process.open_files == pytest.approx(300.0)
    assert np.isnan(process.cores).all()
    assert np.isnan(process.memory).all()


def test_its_own_word_counts_before_the_exporters_and_a_servers_k6_is_none_of_ours() -> None:
    edges = np.arange(950.0, 990.0, 10.0)
    own = by_name(told(1000.0, "a:1", "mine"))
    (process,) = on_bins(edges, {**of_machine("both"), **own})
    assert process.instance == "a:1"
    assert on_bins(edges, of_machine("server")) == ()


class Page(BaseHTTPRequestHandler):
    """A page as k6 1.2 and newer have it."""

    def do_GET(self) -> None:
        body = f"{names.GO_MAX_PROCS} 3\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def page() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_target_that_is_named_later_is_scraped_without_a_restart(
    bench: Bench, fresh_prometheus: Prometheus, page: str
) -> None:
    stack.scrape(bench.folder, "k6", page, {names.JOB: names.K6_JOB, names.TESTID: "mine"})
    asked = f'{names.GO_MAX_PROCS}{{job="k6",testid="mine"}}'
    wait_for(lambda: fresh_prometheus.scalar(asked, time.time()) == 3.0, "scrape of the page")
