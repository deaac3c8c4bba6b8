"""Alerts as they travel: a real Prometheus, a real Alertmanager, and somebody who is told."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from loadline.bench import Bench
from loadline.data import data
from loadline.stack import process
from rules.prometheus import Prometheus

CONFIG: Final = data("compose", "alertmanager", "alertmanager.yml")
WATCHER: Final = "http://watch:9102/alerts"
"""Where the committed configuration sends alerts."""


def installed(program: str) -> str:
    """Alertmanager or amtool, as Debian installs them; skips the test where they are not on this machine.

    Debian's reads its templates from /usr/share, so that unlike Prometheus it does not run from a folder of ours.
    """
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"there is no {program}: apt-get install prometheus-alertmanager")
    return path


@dataclass
class Told:
    """An HTTP server that keeps what Alertmanager posts, with the unix seconds at which it came."""

    posts: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.posts.append((time.time(), json.loads(body)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @contextmanager
    def listening(self) -> Iterator[Told]:
        """Itself, while it takes posts."""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/alerts"

    def of(self, name: str, status: str) -> list[tuple[float, dict[str, Any]]]:
        """Each alert of that name in a notification with that status, with when it came."""
        return [
            (when, alert)
            for when, post in list(self.posts)
            for alert in post["alerts"]
            if alert["labels"]["alertname"] == name and alert["status"] == status
        ]


def start_alertmanager(bench: Bench, told_at: str, config: Path = CONFIG, env: Mapping[str, str] | None = None) -> str:
    """Alertmanager with the committed configuration, which tells ``told_at`` in place of the watcher; its host:port."""
    folder = bench.folder / "alertmanager"
    folder.mkdir()
    path = folder / "alertmanager.yml"
    path.write_text(config.read_text().replace(WATCHER, told_at))
    listen = f"127.0.0.1:{process.free_port()}"
    command: list[str | Path] = [
        installed("prometheus-alertmanager"),
        f"--config.file={path}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={listen}",
        "--cluster.listen-address=",
    ]
    child = process.start("Alertmanager", command, folder / "log", bench.interrupts, bench.adopt, env)
    child.until(lambda: "Listening on" in child.said(), "getting ready")
    return listen


def start_prometheus(binary: Path, bench: Bench, alertmanager_at: str, data_in: Path | None = None) -> Prometheus:
    """Prometheus with the committed rules, evaluated as committed, that tells this Alertmanager."""
    folder = bench.folder / "prometheus"
    shutil.copytree(data("compose", "prometheus"), folder, ignore=shutil.ignore_patterns("targets", "alertmanagers"))
    path = folder / "prometheus.yml"
    config = yaml.safe_load(path.read_text())
    config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alertmanager_at]}]}]}
    path.write_text(yaml.safe_dump(config))
    listen = f"127.0.0.1:{process.free_port()}"
    command: list[str | Path] = [
        binary,
        f"--config.file={path}",
        f"--storage.tsdb.path={data_in or folder / 'data'}",
        "--storage.tsdb.retention.time=32d",
        f"--web.listen-address={listen}",
        "--web.enable-remote-write-receiver",
        "--enable-feature=native-histograms",
        "--log.level=warn",
    ]
    child = process.start("Prometheus", command, folder / "log", bench.interrupts, bench.adopt)
    client = Prometheus(f"http://{listen}")
    child.until(client.ready, "getting ready")
    return client
