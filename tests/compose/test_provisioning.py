"""What Grafana reads when it starts, by the rules it is read by: those of 12.4, which 13 has kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import yaml

from tests.grafana import serving

ROOT: Final = Path(__file__).resolve().parents[2]
GRAFANA: Final = ROOT / "compose" / "grafana"
SERVICES: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
BOARDS: Final = sorted((GRAFANA / "dashboards").glob("*.json"))
UID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""Since 12.0 another one of a data source is an error, and Grafana does not start."""
NEWEST_SCHEMA: Final = 42
"""A file with a higher one is taken as it is, without what Grafana would have to add."""


def _provisioned(kind: str) -> dict[str, Any]:
    (file,) = (GRAFANA / "provisioning" / kind).glob("*.yaml")
    read: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    assert read["apiVersion"] == 1
    return read


def _mounts() -> dict[str, Path]:
    """Folder in the container, and here."""
    parts = [volume.split(":") for volume in SERVICES["grafana"]["volumes"] if volume.startswith("./")]
    return {part[1]: ROOT / part[0] for part in parts}


def test_the_data_source_is_one_that_grafana_takes_and_a_service_of_ours() -> None:
    (source,) = _provisioned("datasources")["datasources"]
    assert UID.fullmatch(source["uid"])
    assert (source["type"], source["access"], source["isDefault"]) == ("prometheus", "proxy", True)
    host = re.fullmatch(r"http://([a-z-]+):9090", source["url"])
    assert host is not None
    assert host[1] in SERVICES
    assert "$" not in json.dumps(source)  # Grafana would put a variable there


def test_the_boards_are_where_their_provider_looks_and_nobody_changes_them_there() -> None:
    (provider,) = _provisioned("dashboards")["providers"]
    assert (provider["type"], provider["allowUiUpdates"], provider["disableDeletion"]) == ("file", False, True)
    assert UID.fullmatch(provider["folderUid"])
    assert provider["name"]
    assert _mounts()[provider["options"]["path"]] == GRAFANA / "dashboards"
    assert _mounts()["/etc/grafana/provisioning"] == GRAFANA / "provisioning"


@pytest.mark.parametrize("board", BOARDS, ids=lambda path: path.stem)
def test_a_board_is_one_that_grafana_loads(board: Path) -> None:
    read = json.loads(board.read_text("utf-8"))
    assert UID.fullmatch(read["uid"])
    assert read["title"].strip()
    assert 36 <= read["schemaVersion"] <= NEWEST_SCHEMA
    assert read.get("id") is None  # one of another Grafana's would be overwritten by it
    assert "folderUid" not in read  # one that differs from the provider's is refused


def test_no_two_boards_share_a_uid_or_a_title() -> None:
    read = [json.loads(board.read_text("utf-8")) for board in BOARDS]
    for key in ("uid", "title"):
        assert len({one[key] for one in read}) == len(BOARDS)


def test_health_needs_no_login_and_tells_a_database_that_fails() -> None:
    with serving() as server:
        well = requests.get(f"{server.url}/api/health", timeout=5)
        server.healthy = False
        ill = requests.get(f"{server.url}/api/health", timeout=5)
    assert (well.status_code, well.json()["database"]) == (200, "ok")
    assert (ill.status_code, ill.json()) == (503, {"database": "failing"})
