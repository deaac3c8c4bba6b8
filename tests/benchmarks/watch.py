"""What ``loadline watch`` costs, and how soon it tells: on real runs of k6, in a real Prometheus, with a Grafana.

``make benchmark-watch``: a minute without a run, then three runs of 100 s pushed every 5 s; about eight minutes. With
``--run-seconds 600 --idle-seconds 600`` it takes an hour, in which memory has the time to grow.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psutil

from loadline import k6
from loadline.bench import Bench
from loadline.data import data
from loadline.stack import binaries, process
from loadline.stack import prometheus as stack
from loadline.stack.store import EXPORTER_JOB, start_exporter
from rules import names, runs
from rules.finding import Verdict
from rules.judge import analyze
from rules.names import ROLE_BOTH
from rules.prometheus import Prometheus
from rules.runs import Run
from rules.signals.load import VUS
from rules.signals.signal import LIVE_SECONDS, where
from tests.grafana import PASSWORD, FakeGrafana, serving
from tests.real import start_sample_api, wait_for

RUNS: Final = 3
PUSH_SECONDS: Final = 5.0
SERVER: Final = ("--workers", "1", "--service-ms", "20")
"""50 requests/s; a VU without a queue makes 1 / (0.5 s + 20 ms), so 26 of them are the knee."""
PEAK_VUS: Final = "150"


@dataclass
class Watcher:
    """The command under measurement, and when it said what (unix seconds)."""

    process: psutil.Popen
    lines: list[tuple[float, str]]

    def said(self, text: str) -> float | None:
        return next((at for at, line in self.lines if text in line), None)

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        return float(self.process.memory_info().rss) / 1e6


@contextmanager
def watching(prometheus: str, grafana: str, listen: str, folder: Path) -> Iterator[Watcher]:
    """``loadline watch`` at its default interval, with a password that it trades for a token."""
    (folder / "password").write_text(PASSWORD)
    command = [sys.executable, "-m", "loadline", "watch", "--prometheus-url", prometheus, "--listen", listen]
    command += ["--grafana-url", grafana, "--grafana-password-file", str(folder / "password")]
    command += ["--grafana-token-file", str(folder / "token"), "--store", str(folder / "answers")]
    running = psutil.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    one = Watcher(running, [])

    def read() -> None:
        for line in running.stdout:
            one.lines.append((time.time(), line.rstrip()))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield one
    finally:
        running.terminate()
        running.wait(15)
        reader.join(5)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # a benchmark's output


def spent(watcher: Watcher, seconds: float) -> float:
    """The share of a core that the watcher uses in the next ``seconds``."""
    before, began = watcher.cpu(), time.monotonic()
    threading.Event().wait(seconds)
    return (watcher.cpu() - before) / (time.monotonic() - began)


def load(bench: Bench, prometheus: str, url: str, testid: str, seconds: float) -> process.Child:
    """A real k6, started by hand as docs/metrics.md has it."""
    env = {"TARGET_URL": f"{url}/boards", "VUS": PEAK_VUS, "DURATION": f"{seconds:.0f}s", "THINK_TIME": "0.5"}
    one = k6.Load(data("k6", "ramp.js"), {names.TESTID: testid}, env, f"{PUSH_SECONDS:.0f}s")
    command = k6.command(binaries.find("k6"), one)
    log = bench.folder / f"{testid}.log"
    return process.start("k6", command, log, bench.interrupts, bench.adopt, k6.environment(one, prometheus))


def provable(client: Prometheus, run: Run) -> float | None:
    """Unix seconds of the first push at which all samples until then prove the plateau."""
    (series,) = client.raw(VUS.selector(where(testid=run.testid or "")), run.start, run.end)
    for end in series.times:
        if end > run.start and analyze(client, replace(run, end=float(end)))[0].verdict is Verdict.SATURATED:
            return float(end)
    return None


def created(server: FakeGrafana, testid: str, rule: str) -> float | None:
    """When the annotation was made, unix seconds."""
    tags = {f"{names.TESTID}:{testid}", f"{names.RULE}:{rule}"}
    return next((one["created"] / 1000 for one in server.annotations.values() if tags <= set(one["tags"])), None)


def scraped(client: Prometheus, testid: str, rule: str, end: float) -> float | None:
    """When Prometheus first had the event's metric, unix seconds."""
    selector = f"{names.EVENT_TIMESTAMP}{{{where(testid=testid, rule=rule)}}}"
    found = client.raw(selector, end - 3600, end)
    return float(found[0].times[0]) if found else None


@dataclass(frozen=True)
class Stage:
    """All that stands ready for the runs."""

    bench: Bench
    client: Prometheus
    url: str
    grafana: FakeGrafana
    watcher: Watcher

    def one_run(self, seconds: float) -> None:
        """Load, then what it cost from the first push to the kept answer, and what was told when."""
        testid, watcher = f"bench-{time.time():.0f}", self.watcher
        child = load(self.bench, self.client.url, self.url, testid, seconds)
        before, began = watcher.cpu(), time.monotonic()
        wait_for(lambda: not child.running, "end of k6", seconds + 60)
        wait_for(lambda: watcher.said(f"{testid}: kept as") is not None, "answer", LIVE_SECONDS + 60)
        share = (watcher.cpu() - before) / (time.monotonic() - began)
        now = time.time()
        run = runs.find(self.client, where(testid=testid), now - 7200, now)[-1]
        say(f"  {share:.2%} of a core, {watcher.megabytes():.1f} MB after it")
        _later("first sample to its line in the log", run.start, watcher.said(f"{testid}: running"))
        _later("first sample to its region in Grafana", run.start, created(self.grafana, testid, "run"))
        proven = provable(self.client, run)
        _later("plateau provable to its annotation", proven, created(self.grafana, testid, "throughput"))
        _later("plateau provable to its metric in Prometheus", proven, scraped(self.client, testid, "throughput", now))
        say(f"    {next(line for _, line in watcher.lines if line.startswith(f'{testid}: saturated'))}")


def _later(what: str, since: float | None, until: float | None) -> None:
    known = since is not None and until is not None
    say(f"    {what}: {f'{until - since:.1f} s' if known else 'never'}")  # type: ignore[operator]


@dataclass(frozen=True)
class Options:
    run_seconds: float
    idle_seconds: float


def parsed(arguments: Sequence[str] | None = None) -> Options:
    parser = argparse.ArgumentParser()
    parser.add_argument("--run-seconds", type=float, default=100.0)
    parser.add_argument("--idle-seconds", type=float, default=60.0)
    return Options(**vars(parser.parse_args(arguments)))


def main() -> None:
    options = parsed()
    with Bench() as bench, serving() as server, TemporaryDirectory() as folder:
        listen = f"127.0.0.1:{process.free_port()}"
        targets = [(EXPORTER_JOB, start_exporter(bench), ROLE_BOTH), ("watch", listen, "")]
        client = stack.start(binaries.obtain("prometheus"), bench.folder, targets, bench.interrupts, bench.adopt)
        url = start_sample_api(bench, *SERVER)
        with watching(client.url, server.url, listen, Path(folder)) as watcher:
            wait_for(lambda: watcher.said("listening on") is not None, "watcher")
            spent(watcher, 10.0)  # its start is no part of its idle time
            say(f"idle, no run yet: {spent(watcher, options.idle_seconds):.2%} of a core, {watcher.megabytes():.1f} MB")
            say(f"{RUNS} runs of {options.run_seconds:.0f} s, a push every {PUSH_SECONDS:.0f} s")
            stage = Stage(bench, client, url, server, watcher)
            for _ in range(RUNS):
                stage.one_run(options.run_seconds)
                idle = spent(watcher, options.idle_seconds)
                say(f"    idle after it: {idle:.2%} of a core, {watcher.megabytes():.1f} MB")


if __name__ == "__main__":
    main()
