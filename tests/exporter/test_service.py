from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.policy.tree import ROOT

UNIT = ROOT / "exporter" / "loadline-exporter.service"


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    systemd_analyze = shutil.which("systemd-analyze")
    if systemd_analyze is None:
        pytest.skip("there is no systemd here")
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/loadline/bin/loadline", "/bin/true"))
    ran = subprocess.run(
        [systemd_analyze, "verify", str(copy)], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
