"""Whose network is reported: the host's, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collectors.netns import net_folder
from exporter.collectors.proc import PROC
from exporter.errors import NothingHere


def test_on_a_host_it_is_its_own() -> None:
    assert net_folder(PROC, Path("/sys"), markers=()) == "/proc/net"


def test_of_a_mounted_proc_it_is_that_of_the_hosts_first_process(tmp_path: Path) -> None:
    assert net_folder(tmp_path, None) == f"{tmp_path}/net"
    (tmp_path / "1/net").mkdir(parents=True)
    assert net_folder(tmp_path, None) == f"{tmp_path}/1/net"


def test_in_a_container_with_a_network_of_its_own_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "class/net/eth0").mkdir(parents=True)
    with pytest.raises(NothingHere, match="mount the host's /proc and /sys"):
        net_folder(PROC, tmp_path, markers=["/"])


def test_in_a_container_that_shares_the_hosts_network_it_is_the_hosts(tmp_path: Path) -> None:
    (tmp_path / "class/net/ens5/device").mkdir(parents=True)
    assert net_folder(PROC, tmp_path, markers=["/"]) == "/proc/net"
