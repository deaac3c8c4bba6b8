"""``loadline run`` where the generator really has no local port left, in a network namespace with a hundred of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rules.answer import Answer
from tests.real import loadline, wait_for
from tests.site import Site, site

SCRIPT = """
import http from 'k6/http';
import { sleep } from 'k6';
export const options = { stages: [{ duration: '12s', target: 20 }], gracefulRampDown: '0s' };
export default function () { http.get(`${__ENV.SITE}/page`); sleep(0.4); }
"""
PORTS = 100
# Linux otherwise gives ports on loopback again after a second (ip-sysctl: tcp_tw_reuse).
IN_A_NAMESPACE = """
ip link set lo up
echo 0 > /proc/sys/net/ipv4/tcp_tw_reuse
exec "$0" "$@"
"""
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def few_ports(pages: Site) -> None:
    """From the first request on; those who listen took theirs before, or two might have been given the same."""
    wait_for(lambda: pages.served["/page"] > 0, "request", 40)
    RANGE.write_text(f"32768 {32768 + PORTS - 1}")


def run(folder: str) -> None:
    """What runs in the namespace: a server that wants connections closed, and the command, whose output it gives."""
    with site(closing=True) as pages:
        threading.Thread(target=few_ports, args=(pages,), daemon=True).start()
        options = ("--script", f"{folder}/many.js", "--store", f"{folder}/store", "--format", "json")
        done = loadline("run", *options, env={"SITE": pages.url})
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)


def test_requests_that_found_no_port_are_the_generators_limit(tmp_path: Path) -> None:
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("making a network namespace takes root, unshare and ip (apt-get install iproute2)")
    (tmp_path / "many.js").write_text(SCRIPT)
    inside = [sys.executable, "-c", f"from {__name__} import run; run({str(tmp_path)!r})"]
    command = ["unshare", "--net", "sh", "-ec", IN_A_NAMESPACE, *inside]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    answer = Answer.from_json(ran.stdout)
    said = next(one for one in answer.findings if one.rule == "generator")
    assert answer.generator.verdict == "limited"
    assert "of the requests never left it, for want of local ports" in said.because
    assert "net.ipv4.ip_local_port_range" in (said.advice or "")
    assert answer.generator.unsent_requests is not None
    assert answer.generator.unsent_requests > 50
    assert answer.requests is not None
    assert answer.failures is not None
    assert PORTS * 0.7 <= answer.requests.count - answer.failures.count <= PORTS + 40  # some before there were so few
