"""The most VUs of a machine: by its memory, or by its ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadline.limits import USUAL_PORTS, for_vus
from loadline.steering.most_vus import default_max_vus


@pytest.mark.parametrize(
    ("available", "ports", "vus"),
    [
        (2_000_000_000, 28_232, 3_000),
        (16_000_000_000, 28_232, 22_585),
        (100_000_000, 28_232, 1),
        (16_000_000_000, 0, 1),
    ],
)
def test_what_is_scarcer_counts(available: int, ports: int, vus: int) -> None:
    assert default_max_vus(available, ports) == vus


def test_a_machine_tells_its_ports_and_a_container_its_memory(tmp_path: Path) -> None:
    proc, cgroup = tmp_path / "proc", tmp_path / "cgroup"
    ports = proc / "sys" / "net" / "ipv4" / "ip_local_port_range"
    ports.parent.mkdir(parents=True)
    ports.write_text("32768\t60999\n")
    cgroup.mkdir()
    (cgroup / "memory.max").write_text("5000000\n")
    (cgroup / "memory.current").write_text("3000000\n")
    found = for_vus(proc, cgroup)
    assert found.ports == 28_232
    assert found.available_bytes == 2_000_000


def test_a_container_without_a_limit_has_what_the_machine_has(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("3000000\n")
    found = for_vus(tmp_path, tmp_path)
    assert found.available_bytes > 3_000_000
    assert found.ports == USUAL_PORTS
