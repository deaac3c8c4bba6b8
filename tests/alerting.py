"""Alerts as they travel: a real Prometheus, a real Alertmanager, and somebody who is told."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from loadline.bench import Bench
from loadline.data import data
from loadline.stack import process
from rules.prometheus import Prometheus
from tests.receivers import Posts

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


class Told(Posts):
    """The watcher's webhook, with what Alertmanager posts there and the unix seconds at which it came."""

    @property
    def url(self) -> str:
        return f"{super().url}/alerts"

    @property
    def posts(self) -> list[tuple[float, dict[str, Any]]]:
        return [(one.when, one.body) for one in list(self.taken)]

    def of(self, name: str, status: str) -> list[tuple[float, dict[str, Any]]]:
        """Each alert of that name in a notification with that status, with when it came."""
        return [
            (when, alert)
            for when, post in self.posts
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
