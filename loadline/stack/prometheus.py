"""A Prometheus of our own for one run, from the files that Compose uses; or the user's, looked at first."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from loadline.data import data
from loadline.errors import BrokenError, PrometheusError
from loadline.interrupts import Interrupts
from loadline.stack import process
from rules.names import JOB, ROLE
from rules.prometheus import Prometheus

CONFIG, TARGETS = "config", "targets"

Target = tuple[str, str, str]
"""job, host:port, role"""


def start(
    binary: Path,
    folder: Path,
    targets: Sequence[Target],
    interrupts: Interrupts,
    adopt: Callable[[process.Child], None],
) -> Prometheus:
    """Start Prometheus with its data under ``folder`` on a free loopback port; ready when it answers queries."""
    config = folder / CONFIG
    shutil.copytree(data("compose", "prometheus"), config, ignore=shutil.ignore_patterns("targets"))
    (config / TARGETS).mkdir()
    for number, (job, address, role) in enumerate(targets):
        scrape(folder, f"{number}-{job}", address, {JOB: job, ROLE: role})
    port = process.free_port()
    child = process.start(
        "Prometheus",
        [
            binary,
            f"--config.file={config / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--web.enable-remote-write-receiver",
            "--enable-feature=native-histograms",  # a no-op from 3.9 on, needed before 3.8
            "--log.level=warn",
        ],
        folder / "prometheus.log",
        interrupts,
        adopt,
    )
    client = Prometheus(f"http://127.0.0.1:{port}")
    try:
        child.until(client.ready, "getting ready")
    except BrokenError as error:
        raise PrometheusError(error.message, f"The binary is {binary}; is there room in {folder.parent}?") from error
    return client


def scrape(folder: Path, name: str, address: str, labels: Mapping[str, str]) -> None:
    """Let the Prometheus in ``folder`` scrape ``address`` too; it need not be restarted, nor anybody be there yet."""
    listed = [{"targets": [address], "labels": dict(labels)}]
    (folder / CONFIG / TARGETS / f"{name}.json").write_text(json.dumps(listed))


def check(client: Prometheus) -> None:
    """Raise PrometheusError unless it answers queries and k6 can write to it with native histograms."""
    client.instant("1", time.time())
    if not client.accepts_remote_write():
        raise PrometheusError(
            f"Prometheus at {client.url} does not take remote writes",
            "Start it with --web.enable-remote-write-receiver",
        )
    version, features = client.build()
    if version is not None and (2, 0) <= version < (3, 8) and "native-histograms" not in features:
        raise PrometheusError(
            f"Prometheus {version[0]}.{version[1]} at {client.url} has native histograms off, and refuses k6's writes",
            "Start it with --enable-feature=native-histograms",
        )
