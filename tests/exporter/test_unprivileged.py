"""The whole command as a user who is not root and has no capability that matters: as under the systemd unit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from exporter import names
from tests.exporter.containers.fake_engine import FakeEngine
from tests.exporter.raw_http import over_unix
from tests.exporter.test_command import ALONE, running

NOBODY = 65534
# The one capability lets it enter a folder that only root may, where the interpreter and this clone may be.
AS_NOBODY = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--bounding-set=-all,+dac_read_search",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody else")
def test_it_serves_what_this_user_may_see_and_says_once_what_is_left_out(tmp_path: Path) -> None:
    roots = [sys.executable, "-c", "print(flush=True); input()", "of-root"]
    with (
        over_unix(tmp_path / "d.sock", FakeEngine()) as socket,
        subprocess.Popen(roots, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
    ):
        socket.chmod(0o600)
        environ = {**os.environ, "DOCKER_HOST": f"unix://{socket}", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [*AS_NOBODY, *ALONE, "--process", "other=of-root$"]
        with running(*command, environ=environ) as (process, url):
            user = Path(f"/proc/{process.pid}").stat().st_uid
            texts = [requests.get(url, timeout=10).text for _ in range(3)]
            process.terminate()
            assert process.wait(timeout=10) == 0
            assert process.stderr is not None
            log = process.stderr.read()
        other.communicate(b"\n", timeout=10)
    assert user == NOBODY
    found = {
        (sample.name, sample.labels.get(names.COLLECTOR, sample.labels.get(names.GROUP, ""))): sample.value
        for family in text_string_to_metric_families(texts[-1])
        for sample in family.samples
    }
    failed = [collector for (name, collector), value in found.items() if name == names.COLLECTOR_SUCCESS and not value]
    assert failed == []
    assert found[names.COLLECTOR_AVAILABLE, "containers"] == 0
    assert log.count("INFO collector containers is left out: this user may not ask Docker: ") == 1
    assert found[names.NODE_LOAD1, ""] >= 0
    assert found[names.PROCESSES, "other"] == 1
    assert found[names.PROCESS_CPU, "other"] >= 0
    assert "ERROR" not in log
