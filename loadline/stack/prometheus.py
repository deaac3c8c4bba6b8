"""A Prometheus of our own for one run, from the files that Compose uses; or the user's, looked at first."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from loadline.data import data
from loadline.errors import BrokenError, PrometheusError
from loadline.interrupts import Interrupts
from loadline.stack import process
from rules.names import JOB, ROLE
from rules.prometheus import Prometheus

CONFIG, TARGETS = "config", "targets"
OF_COMPOSE = (TARGETS, "alertmanagers")
"""Folders beside the configuration that name services of Compose."""

Target = tuple[str, str, str]
"""job, host:port, role"""


class Native:
    """A Prometheus of our own on a free loopback port; started again, it serves the same data at the same address."""

    def __init__(
        self,
        binary: Path,
        folder: Path,
        targets: Sequence[Target],
        interrupts: Interrupts,
        adopt: Callable[[process.Child], None],
        scrape_configs: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """``scrape_configs`` are what ``targets`` cannot say: schemes, passwords, certificates."""
        config = folder / CONFIG
        shutil.copytree(data("compose", "prometheus"), config, ignore=shutil.ignore_patterns(*OF_COMPOSE))
        (config / TARGETS).mkdir()
        _add(config / "prometheus.yml", scrape_configs)
        for number, (job, address, role) in enumerate(targets):
            scrape(folder, f"{number}-{job}", address, {JOB: job, ROLE: role})
        listen = f"127.0.0.1:{process.free_port()}"
        self.client = Prometheus(f"http://{listen}")
        self._binary, self._folder, self._interrupts, self._adopt = binary, folder, interrupts, adopt
        self._command: list[str | Path] = [
            binary,
            f"--config.file={config / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={listen}",
            "--web.enable-remote-write-receiver",
            "--enable-feature=native-histograms",  # a no-op from 3.9 on, needed before 3.8
            "--log.level=warn",
        ]
        self._starts = 0
        self.launch("Prometheus")

    @property
    def fate(self) -> str | None:
        """How it ended, with its last words; None while it runs."""
        return None if self.child.running else self.child.fate()

    def launch(self, name: str = "the restarted Prometheus") -> None:
        """Start it again, and do not wait until it answers; raises BrokenError."""
        self._starts += 1
        log = self._folder / f"prometheus-{self._starts}.log"  # one each, so that its last words are its own
        with self._interrupts.deferred():  # so that ``child`` is known where it has been started
            self.child = process.start(name, self._command, log, self._interrupts, self._adopt)

    def ready(self) -> None:
        """Start it again unless it runs, and wait until it answers queries; raises PrometheusError."""
        try:
            if not self.child.running:
                self.launch()
            self.child.until(self.client.ready, "getting ready")
        except BrokenError as error:
            hint = f"The binary is {self._binary}; is there room in {self._folder.parent}?"
            raise PrometheusError(error.message, hint) from error


def start(
    binary: Path,
    folder: Path,
    targets: Sequence[Target],
    interrupts: Interrupts,
    adopt: Callable[[process.Child], None],
) -> Prometheus:
    """Start a Native with its data under ``folder``, for whoever only needs its client; raises PrometheusError."""
    native = Native(binary, folder, targets, interrupts, adopt)
    native.ready()
    return native.client


def _add(file: Path, scrape_configs: Sequence[Mapping[str, Any]]) -> None:
    if scrape_configs:
        config = yaml.safe_load(file.read_text())
        config["scrape_configs"] += scrape_configs
        file.write_text(yaml.safe_dump(config, sort_keys=False))


def scrape(folder: Path, name: str, address: str, labels: Mapping[str, str]) -> None:
    """Let the Prometheus in ``folder`` scrape ``address`` too; it need not be restarted, nor anybody be there yet."""
    listed = [{"targets": [address], "labels": dict(labels)}]
    targets = folder / CONFIG / TARGETS
    draft = targets / f"{name}.draft"
    draft.write_text(json.dumps(listed))
    draft.replace(targets / f"{name}.json")  # whole or not at all: Prometheus reads it the moment it changes


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
