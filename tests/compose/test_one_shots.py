"""The services that write something and end: Grafana's password, and what Prometheus reads from the settings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from rules.slo.__main__ import SOURCE
from rules.slo.file import read
from rules.slo.files import render
from tests.compose.stack import ROOT

PASSWORD = ROOT / "compose" / "grafana" / "password.sh"
SETTINGS = ROOT / "compose" / "prometheus" / "settings.sh"


def _sh(script: Path, *arguments: Path, **env: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        ["/bin/sh", script, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"PATH": path, **env},
    )


def _folders(root: Path) -> tuple[Path, Path]:
    data, shared = root / "grafana", root / "shared"
    for folder in (data, shared):
        folder.mkdir(exist_ok=True)
    return data, shared


def test_the_password_is_made_once_at_random_and_readable_by_those_who_mount_it(tmp_path: Path) -> None:
    data, shared = _folders(tmp_path)
    assert _sh(PASSWORD, data, shared).returncode == 0
    first = (data / "admin-password").read_text()
    assert len(first.strip()) == 32
    assert oct((data / "admin-password").stat().st_mode)[-3:] == "444"
    assert _sh(PASSWORD, data, shared).returncode == 0
    assert (data / "admin-password").read_text() == (shared / "password").read_text() == first
    (tmp_path / "other").mkdir()
    other, copy = _folders(tmp_path / "other")
    assert _sh(PASSWORD, other, copy).returncode == 0
    assert (other / "admin-password").read_text() != first


def test_a_lost_copy_is_made_again_and_a_new_grafana_gets_a_new_password(tmp_path: Path) -> None:
    data, shared = _folders(tmp_path)
    _sh(PASSWORD, data, shared)
    first = (data / "admin-password").read_text()
    (data / "grafana.db").touch()
    (shared / "password").unlink()
    _sh(PASSWORD, data, shared)
    assert (shared / "password").read_text() == first
    for path in data.iterdir():
        path.unlink()
    _sh(PASSWORD, data, shared)
    assert (shared / "password").read_text() == (data / "admin-password").read_text() != first


def test_a_database_without_its_password_is_refused(tmp_path: Path) -> None:
    data, shared = _folders(tmp_path)
    (data / "grafana.db").touch()
    done = _sh(PASSWORD, data, shared)
    assert done.returncode == 1
    assert "not its admin password" in done.stderr
    assert not (shared / "password").exists()


def _promised(root: Path, latency_limit: float = 1.0, grafana_port: str = "3000") -> bool:
    promise = read(SOURCE).with_threshold(latency_limit)
    expected = render(promise, f"http://127.0.0.1:{grafana_port}", "loadline slo generate")
    return {path.name: path.read_text() for path in (root / "rules").iterdir()} == expected


def test_the_rules_are_those_of_the_promise_and_of_a_latency_limit_above_it_and_a_runs_targets_stay(
    tmp_path: Path,
) -> None:
    assert _sh(SETTINGS, tmp_path, LOADLINE_LATENCY_LIMIT="300ms", GRAFANA_PORT="3001").returncode == 0
    assert _promised(tmp_path, 0.3, "3001")
    exporter = tmp_path / "targets/exporter.json"
    assert json.loads(exporter.read_text())[0]["labels"]["role"] == "both"
    exporter.write_text("[]")
    assert _sh(SETTINGS, tmp_path).returncode == 0
    assert exporter.read_text() == "[]"
    assert _promised(tmp_path)


def test_a_latency_limit_that_is_none_is_said(tmp_path: Path) -> None:
    done = _sh(SETTINGS, tmp_path, LOADLINE_LATENCY_LIMIT="fast")
    assert done.returncode == 2
    assert "'fast' is no duration" in done.stderr
    assert list((tmp_path / "rules").iterdir()) == []


def test_a_promise_over_longer_than_the_store_keeps_is_said(tmp_path: Path) -> None:
    done = _sh(SETTINGS, tmp_path, RETENTION="15d")
    assert done.returncode == 2
    assert "30d is longer than the store keeps samples (15d)" in done.stderr
    assert list((tmp_path / "rules").iterdir()) == []
