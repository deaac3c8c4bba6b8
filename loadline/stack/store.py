"""Where a run's metrics go: the user's Prometheus, or one of our own with an exporter beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import requests

from loadline import target
from loadline.bench import Bench
from loadline.options import RunOptions
from loadline.stack import binaries, process, prometheus
from loadline.stack.ours import Ours
from loadline.stack.recorder import Patience, Recorder
from loadline.stack.theirs import Theirs
from rules.names import ROLE_BOTH, ROLE_GENERATOR, ROLE_SERVER
from rules.prometheus import Prometheus

EXPORTER_JOB = "exporter"


def open_store(
    options: RunOptions, bench: Bench, testid: str, say: Callable[[str], None], patience: Patience
) -> Recorder:
    """A Prometheus that k6 can write to; raises PrometheusError with what to do."""
    if options.prometheus_url:
        client = Prometheus(options.prometheus_url)
        prometheus.check(client)
        return Theirs(client, testid, say, patience)
    here = start_exporter(bench)
    both = options.url is not None and target.is_local(options.url)
    targets = [(EXPORTER_JOB, here, ROLE_BOTH if both else ROLE_GENERATOR)]
    targets += [("server", address, ROLE_SERVER) for address in options.server]
    binary = binaries.obtain("prometheus")
    native = prometheus.Native(binary, bench.folder, targets, bench.interrupts, bench.adopt)
    native.ready()
    return Ours(native, say, patience)


def start_exporter(bench: Bench) -> str:
    """Start our exporter for this host; returns host:port once it answers."""
    address = f"127.0.0.1:{process.free_port()}"
    # Whoever else reports on this host is not scraped by the Prometheus of the run.
    options = ["--listen", address, "--node-exporter", "none"]
    command = [sys.executable, "-m", "loadline", "exporter", *options]
    child = process.start("exporter", command, bench.folder / "exporter.log", bench.interrupts, bench.adopt)

    def answers() -> bool:
        try:
            return requests.get(f"http://{address}/healthz", timeout=1.0).ok
        except requests.RequestException:
            return False

    child.until(answers, "getting ready")
    return address
