"""How long ``loadline analyze`` takes, beside what Prometheus itself takes for the same queries.

``make benchmark-analyze``: a run of ten minutes, as the tutorial's, and a day's run of ten k6 processes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import requests

from loadline.bench import Bench
from loadline.stack import binaries
from loadline.stack import prometheus as stack
from rules import names, runs
from rules.judge import analyze
from rules.prometheus import HttpReply, Prometheus
from rules.series import AnySeries, HistogramSeries, Series
from rules.signals.signal import where
from tests.simulator import Generator, Load, Output, Scenario, Server, Service, simulate
from tests.simulator.remote_write import send

REPEATS = 15
DAY, PUSH, PROCESSES = 86_400.0, 5.0, 10
PLAIN, COMPRESSED = "identity", "gzip"
"""How replies may be encoded: as Loadline asks of a Prometheus on this machine, and as most clients ask of any."""


class Timed(Prometheus):
    """Remembers what it was asked."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked: list[tuple[str, dict[str, str]]] = []

    def _send(self, method: str, path: str, content: Mapping[str, str]) -> HttpReply:
        self.asked.append((path, dict(content)))
        return super()._send(method, path, content)


class WithoutRules(stack.Native):
    """They record samples of now at once, and then Prometheus takes none of a day ago."""

    def launch(self, name: str = "Prometheus") -> None:
        shutil.rmtree(self._folder / stack.CONFIG / "rules", ignore_errors=True)
        super().launch(name)


def ten_minutes() -> Iterator[AnySeries]:
    """6,000 VUs in ten minutes against a server that does 1,090 requests/s."""
    scenario = Scenario(
        load=Load(points=((0.0, 1.0), (600.0, 6000.0)), think=1.0),
        server=Server(workers=20, service=Service(mean=20 / 1090, cv=1.0)),
        output=Output(push_interval=PUSH),
        generator=Generator(cores=8, cpu_per_request=0.0005),
    )
    run = simulate(scenario, 1, "bench")
    yield from run.shifted(time.time() - run.end - 1).series()


def a_day() -> Iterator[AnySeries]:
    """Ten k6 processes for 24 h, pushed every 5 s, by formula: 600 VUs each, the limit at 1,000 requests/s."""
    t = np.round(time.time() - DAY + PUSH * np.arange(int(DAY / PUSH)), 3)
    vus = np.linspace(1, 600, t.size)
    rate = np.minimum(vus, 100.0)
    total = np.round(np.cumsum(rate) * PUSH)
    response = np.maximum(0.02, vus / rate - 1.0)
    bucket = np.ceil(8 * np.log2(response)).astype(int)
    span = np.arange(bucket.min(), bucket.max() + 1)
    counts = np.cumsum((bucket[:, None] == span) * np.diff(total, prepend=0.0)[:, None], axis=0)
    for process in range(PROCESSES):
        tags = {names.TESTID: "bench", "instance_id": str(process)}
        yield Series({"__name__": names.VUS, **tags}, t, np.round(vus))
        yield Series({"__name__": names.ITERATIONS, "scenario": "ramp", **tags}, t, total)
        reply = {**tags, "scenario": "ramp", names.STATUS: "200", names.EXPECTED_RESPONSE: "true"}
        yield Series({"__name__": names.HTTP_REQS, **reply}, t, total)
        for name in (names.HTTP_REQ_DURATION, names.HTTP_REQ_BLOCKED, names.ITERATION_DURATION):
            sums = np.cumsum(response * rate * PUSH)
            edges = 2.0 ** (span / 8)
            yield HistogramSeries({"__name__": name, **reply}, t, total, sums, edges / 2**0.125, edges, counts)


def measure(label: str, make: Callable[[], Iterator[AnySeries]]) -> None:
    """Write the run into a fresh Prometheus and time its analysis."""
    with Bench() as bench:
        native = WithoutRules(binaries.obtain("prometheus"), bench.folder, [], bench.interrupts, bench.adopt)
        native.ready()
        client = native.client
        began = time.perf_counter()
        samples = send(make(), f"{client.url}/api/v1/write")
        sys.stderr.write(f"{label}: {samples:,} samples written in {time.perf_counter() - began:.0f} s\n")
        timed = Timed(client.url)
        walls, cpus = [], []
        bare: dict[str, list[float]] = {PLAIN: [], COMPRESSED: []}
        for _ in range(REPEATS):
            timed.asked.clear()
            cpu, wall = time.process_time(), time.perf_counter()
            run = runs.find(timed, where(testid="bench"), time.time() - runs.LOOKBACK_SECONDS, time.time())[-1]
            answer, _timeline = analyze(timed, run)
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
            for encoding, seconds in bare.items():  # in turn, as what else runs on the machine slows both
                seconds.append(_bare(client.url, timed.asked, encoding))
        whole, peak = _command(client.url, bench)
    top = answer.max_throughput
    print(f"{label}: {answer.verdict}, {top.value or 0:.1f} requests/s")  # noqa: T201  # a benchmark's output
    rows = {
        "analysis, wall": min(walls),
        "analysis, own CPU": min(cpus),
        f"Prometheus, the same {len(timed.asked)} queries": min(bare[PLAIN]),
        "the same with compressed replies": min(bare[COMPRESSED]),
        "loadline analyze, whole command": whole,
    }
    for name, took in rows.items():
        print(f"  {name:<36} {took * 1000:8.0f} ms")  # noqa: T201
    print(f"  {'analysis, times as long as Prometheus':<36} {min(walls) / min(bare[PLAIN]):8.2f}")  # noqa: T201
    print(f"  {'its peak memory':<36} {peak:8.0f} MB")  # noqa: T201


def _command(url: str, bench: Bench) -> tuple[float, float]:
    """Seconds and peak megabytes of the whole command, imports and report included."""
    command = [sys.executable, "-m", "loadline", "analyze", "--testid", "bench", "--prometheus-url", url]
    began = time.perf_counter()
    with (bench.folder / "analyze.log").open("wb") as log:
        child = subprocess.Popen([*command, "--store", str(bench.folder / "store")], stdout=log, stderr=log)
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, _high_water(child.pid))  # wait4's figure would hold our own memory, from before exec
    return time.perf_counter() - began, peak


def _high_water(pid: int) -> float:
    """Megabytes; 0 when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def _bare(url: str, asked: list[tuple[str, dict[str, str]]], encoding: str) -> float:
    """Seconds that Prometheus takes to answer the queries one after another, the replies read and thrown away."""
    began = time.perf_counter()
    with requests.Session() as session:
        session.headers["Accept-Encoding"] = encoding
        for path, params in asked:
            session.post(f"{url}/api/v1/{path}", data=params, timeout=120).content  # noqa: B018  # read it all
    return time.perf_counter() - began


if __name__ == "__main__":
    measure("ten minutes", ten_minutes)
    measure("a day, ten processes", a_day)
