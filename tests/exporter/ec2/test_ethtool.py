"""The ioctl itself, asked of real interfaces: a pair of veths in a network namespace made here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from exporter.ec2.ethtool import Ethtool

READ = """
import json
from exporter.ec2.ethtool import Ethtool
tool = Ethtool()
print(json.dumps({name: [tool.driver(name), tool.statistics(name)] for name in [*tool.interfaces(), "gone0"]}))
"""
IN_A_NAMESPACE = 'ip link add left type veth peer name right; exec "$0" "$@"'


def read_beside_veths(*as_whom: str) -> dict[str, Any]:
    """Driver and counters by interface, in a namespace of its own."""
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("making a network namespace takes root, unshare and ip (apt-get install iproute2)")
    command = ["unshare", "--net", "sh", "-c", IN_A_NAMESPACE, *as_whom, sys.executable, "-c", READ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


def test_a_veth_tells_its_driver_and_the_index_of_its_peer() -> None:
    found = read_beside_veths()
    assert found["left"][0] == found["right"][0] == "veth"
    assert {found["left"][1]["peer_ifindex"], found["right"][1]["peer_ifindex"]} == {2, 3}
    assert len(found["left"][1]) > 2


def test_it_is_the_same_without_any_capability() -> None:
    drop = ("setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs")
    if not shutil.which("setpriv"):
        pytest.skip("dropping capabilities takes setpriv (util-linux)")
    assert read_beside_veths(*drop)["left"][1].keys() == read_beside_veths()["left"][1].keys()


def test_an_interface_without_driver_and_one_that_is_gone_have_nothing() -> None:
    found = read_beside_veths()
    assert found["lo"] == [None, {}]
    assert found["gone0"] == [None, {}]


def test_this_machines_own_interfaces_can_be_asked() -> None:
    tool = Ethtool()
    names = tool.interfaces()
    assert "lo" in names
    for name in names:
        assert all(value >= 0 for value in tool.statistics(name).values())
