"""Where a run's metrics go: the user's Prometheus, or one of our own with an exporter beside it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

import requests

from exporter.settings import variable
from loadline import k6, selectors, target
from loadline.bench import Bench
from loadline.options import RunOptions
from loadline.stack import binaries, process, prometheus, servers
from loadline.stack.ours import Ours
from loadline.stack.recorder import Patience, Recorder
from loadline.stack.theirs import Theirs
from rules.names import K6_GROUP, ROLE_BOTH, ROLE_GENERATOR, TESTID
from rules.prometheus import Prometheus

EXPORTER_JOB = "exporter"
PROCESS_VARIABLE: Final = variable("--process")
NO_PROCESSES: Final[Mapping[str, str]] = {}


def open_store(
    options: RunOptions, bench: Bench, load: k6.Load, say: Callable[[str], None], patience: Patience
) -> Recorder:
    """A Prometheus that k6 can write to; raises PrometheusError, TargetError or UsageError with what to do.

    The exporter that is started here knows the k6 of ``load`` among the processes, and tells its CPU apart.
    """
    if options.prometheus_url:
        client = Prometheus(options.prometheus_url)
        prometheus.check(client)
        selectors.look(client, options.roles, time.time(), say)
        return Theirs(client, load.tags[TESTID], say, patience, roles=options.roles)
    here = start_exporter(bench, {K6_GROUP: k6.pattern(load)})
    both = options.url is not None and target.is_local(options.url)
    targets = [(EXPORTER_JOB, here, ROLE_BOTH if both else ROLE_GENERATOR)]
    binary, on_servers = binaries.obtain("prometheus"), servers.scrape_configs(options)
    native = prometheus.Native(binary, bench.folder, targets, bench.interrupts, bench.adopt, on_servers)
    native.ready()
    servers.check(native.client, options.server)
    return Ours(native, say, patience)


def start_exporter(bench: Bench, processes: Mapping[str, str] = NO_PROCESSES) -> str:
    """Start our exporter for this host; returns host:port once it answers.

    ``processes`` are named ones beside those of the environment: name and pattern, without spaces.
    """
    address = f"127.0.0.1:{process.free_port()}"
    # Whoever else reports on this host is not scraped by the Prometheus of the run.
    options = ["--listen", address, "--node-exporter", "none"]
    command = [sys.executable, "-m", "loadline", "exporter", *options]
    named = [f"{name}={pattern}" for name, pattern in processes.items()]
    env = {PROCESS_VARIABLE: " ".join([*named, os.environ.get(PROCESS_VARIABLE, "")]).strip()}
    child = process.start("exporter", command, bench.folder / "exporter.log", bench.interrupts, bench.adopt, env)

    def answers() -> bool:
        try:
            return requests.get(f"http://{address}/healthz", timeout=1.0).ok
        except requests.RequestException:
            return False

    child.until(answers, "getting ready")
    return address
