"""What a scrape of ``loadline exporter`` costs, beside Debian's node_exporter on the same machine.

``make benchmark-exporter``: CPU, latency and memory for the same series; the default scrape at its real interval; fifty
scrapers at once; and a file of /proc that hangs for half a minute. About five minutes.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import psutil
import requests

from exporter.catalogue import CATALOGUE
from loadline.stack.process import free_port
from tests.exporter.fake_host import PROC
from tests.exporter.next_door import node_exporter, program
from tests.real import wait_for

THEIRS: Final = (
    *("conntrack", "cpu", "diskstats", "filefd", "loadavg", "meminfo", "netdev", "netstat"),
    *("pressure", "sockstat", "softnet", "stat", "uname", "vmstat"),
)
RUNS, SCRAPES, A_ROUND = 5, 500, 5
INTERVAL, MINUTE = 5.0, 60.0
MANY = 10_000
HANG_SECONDS = 30.0
AS_PROMETHEUS: Final = {
    "Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "Accept-Encoding": "gzip",
    "X-Prometheus-Scrape-Timeout-Seconds": "10",
}


class Run(NamedTuple):
    """Milliseconds."""

    cpu: float
    p50: float
    p99: float


@dataclass
class Scraped:
    """One exporter under measurement: its process, and a connection that is kept as Prometheus keeps it."""

    name: str
    process: psutil.Process
    address: str
    session: requests.Session = field(default_factory=requests.Session)
    cpu: list[float] = field(default_factory=list)
    latency: list[float] = field(default_factory=list)
    text: str = ""

    def scrape(self) -> float:
        """Seconds it took; the answer is in ``text``."""
        began = time.perf_counter()
        reply = self.session.get(f"http://{self.address}/metrics", headers=AS_PROMETHEUS, timeout=30)
        took = time.perf_counter() - began
        reply.raise_for_status()
        self.text = reply.text
        return took

    def cpu_seconds(self) -> float:
        """By the process's own clock (clock_getcpuclockid(3)), to the nanosecond; /proc counts in ticks of 10 ms."""
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def a_round(self, scrapes: int) -> None:
        before = self.cpu_seconds()
        self.latency += [self.scrape() for _ in range(scrapes)]
        self.cpu.append((self.cpu_seconds() - before) / scrapes)

    def run(self) -> Run:
        """Of the scrapes so far."""
        p50, p99 = statistics.median(self.latency), statistics.quantiles(self.latency, n=100)[98]
        return Run(statistics.fmean(self.cpu) * 1e3, p50 * 1e3, p99 * 1e3)

    def series(self, prefix: str = "") -> int:
        return sum(line.startswith(prefix) and not line.startswith("#") for line in self.text.splitlines())

    def host_series(self) -> int:
        """Without what node_exporter says of itself."""
        return self.series("node_") - self.series("node_scrape_") - self.series("node_exporter_")

    def megabytes(self) -> float:
        return float(self.process.memory_info().rss) / 1e6


@contextmanager
def ours(*options: str) -> Iterator[Scraped]:
    """The command as a user starts it."""
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "loadline", "exporter", "--listen", address, "--node-exporter", "none", *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        try:
            wait_for(lambda: _is_up(address), "exporter")
            yield Scraped("loadline exporter", psutil.Process(running.pid), address)
        finally:
            running.terminate()


def _is_up(address: str) -> bool:
    try:
        return requests.get(f"http://{address}/healthz", timeout=1).ok
    except requests.RequestException:
        return False


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a benchmark's output


def side_by_side(both: Sequence[Scraped]) -> None:
    """In turn, a few scrapes each, so that whatever else the machine does meets both alike."""
    for one in both:
        one.a_round(100)
    say(f"\nthe same host series, {RUNS} runs of {SCRAPES} scrapes each, {A_ROUND} by {A_ROUND} in turn, gzip")
    say(f"  {'':<20}{'CPU a scrape':>14}{'p50':>16}{'p99':>16}{'memory':>10}{'host series':>13}")
    found: dict[str, list[Run]] = {one.name: [] for one in both}
    for _ in range(RUNS):
        for one in both:
            one.cpu.clear()
            one.latency.clear()
        for _ in range(SCRAPES // A_ROUND):
            for one in both:
                one.a_round(A_ROUND)
        for one in both:
            found[one.name].append(one.run())
    for one in both:
        cpu, p50, p99 = zip(*found[one.name], strict=True)
        say(
            f"  {one.name:<20}{statistics.fmean(cpu):>11.2f} ms{_spread(p50):>16}{_spread(p99):>16}"
            f"{one.megabytes():>7.0f} MB{one.host_series():>13}"
        )
    ours, theirs = (statistics.fmean(run.cpu for run in found[one.name]) for one in both)
    say(f"  CPU, ours to theirs: {ours / theirs:.2f}")


def _spread(milliseconds: Sequence[float]) -> str:
    """Lowest to highest of the runs."""
    return f"{min(milliseconds):.1f} to {max(milliseconds):.1f} ms"


def at_its_interval(exporters: Sequence[Scraped]) -> None:
    """The CPU of a whole minute, idle time included, with a scrape every five seconds: caches are cold then."""
    before = [one.cpu_seconds() for one in exporters]
    began, scrapes, pause = time.monotonic(), 0, threading.Event()
    while (left := began + scrapes * INTERVAL - time.monotonic()) < MINUTE - (time.monotonic() - began):
        pause.wait(max(0.0, left))
        for one in exporters:
            one.scrape()
        scrapes += 1
    pause.wait(max(0.0, began + MINUTE - time.monotonic()))
    say(f"\na minute with a scrape every {INTERVAL:.0f} s, idle time included")
    for one, cpu in zip(exporters, before, strict=True):
        used = one.cpu_seconds() - cpu
        share, each = used / MINUTE, used / scrapes * 1e3
        say(f"  {one.name:<34}{share:>8.3%} of a core, {each:.1f} ms a scrape, {one.series()} series")


def memory(one: Scraped) -> None:
    """Resident memory while ten thousand scrapes pass."""
    marks = {100: 0.0, 1_000: 0.0, 5_000: 0.0, MANY: 0.0}
    for number in range(1, MANY + 1):
        one.scrape()
        if number in marks:
            marks[number] = one.megabytes()
    say(f"\nmemory of the default scrape: {', '.join(f'{mb:.1f} MB after {n:,}' for n, mb in marks.items())}")


def at_once(one: Scraped, scrapers: int = 50) -> None:
    """Each with a connection of its own."""
    with ThreadPoolExecutor(scrapers) as pool:
        others = [Scraped(one.name, one.process, one.address) for _ in range(scrapers)]
        began = time.perf_counter()
        latencies = list(pool.map(Scraped.scrape, others))
        took = time.perf_counter() - began
    series = sorted({other.series() for other in others})
    say(f"\n{scrapers} scrapers at once: all in {took:.2f} s, the slowest {max(latencies):.2f} s, {series} series each")


def a_file_that_hangs() -> None:
    """A named pipe in place of loadavg: opening it waits for a writer, as a read waits for a dead disk."""
    with TemporaryDirectory() as folder:
        proc = Path(folder, "proc")
        shutil.copytree(PROC, proc)
        (proc / "loadavg").unlink()
        os.mkfifo(proc / "loadavg")
        with ours("--path.procfs", str(proc)) as one:
            began, pause = time.monotonic(), threading.Event()
            say(f"\na file of /proc that hangs for {HANG_SECONDS:.0f} s, a scrape every {INTERVAL:.0f} s")
            while time.monotonic() - began < HANG_SECONDS:
                took = one.scrape()
                threads = one.process.num_threads()
                say(f"  {took:6.3f} s  {one.series('node_')} host series without the load, {threads} threads")
                pause.wait(INTERVAL)
            with (proc / "loadavg").open("w") as pipe:
                pipe.write("1.00 2.00 3.00 1/2 3\n")
            pause.wait(0.5)
            (proc / "loadavg").unlink()
            (proc / "loadavg").write_text("1.00 2.00 3.00 1/2 3\n")
            wait_for(lambda: one.scrape() > 0 and "node_load1 1.0" in one.text, "load")
            took, threads = one.scrape(), one.process.num_threads()
            say(f"  {took:6.3f} s  {one.series('node_')} host series, {threads} threads, after it")


def main() -> None:
    path = program()
    if path is None:
        raise SystemExit("no node_exporter here, and no package manager to fetch it by")
    with ExitStack() as stack:
        log = Path(stack.enter_context(TemporaryDirectory())) / "log"
        running, address = stack.enter_context(node_exporter(path, THEIRS, log))
        theirs = Scraped("node_exporter", psutil.Process(running.pid), address)
        not_theirs = [f"--no-collector.{line.name}" for line in CATALOGUE if not line.of_node_exporter]
        same = stack.enter_context(ours(*not_theirs))
        default = stack.enter_context(ours())
        default.name = "loadline exporter, the default"
        side_by_side([same, theirs])
        at_its_interval([default, theirs])
        at_once(default)
        memory(default)
    a_file_that_hangs()


if __name__ == "__main__":
    main()
